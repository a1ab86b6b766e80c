// Says some minutes before it happens that the session ends, lets it go on, and says when it has ended. The tabs of a
// browser share one session, and tell each other when it was used.
const bar = document.querySelector("[data-pl-session]");
const LONGEST_WARNING = 5 * 60_000;
// The server writes down the last use once a minute.
const lasts = Number(bar.dataset.plSession) * 1000 - 60_000;
const warning = Math.min(LONGEST_WARNING, lasts / 3);
const tabs = new BroadcastChannel("plumbline-session");
const ending = bar.querySelector("[data-pl-session-ending]");
const ended = bar.querySelector("[data-pl-session-ended]");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
let ends = 0;

function look() {
  const left = ends - Date.now();
  ended.hidden = left > 0;
  ending.hidden = left > warning || left <= 0;
  bar.hidden = ended.hidden && ending.hidden;
  const at = clock.format(ends);
  const said = bar.querySelector("[data-pl-session-at]");
  if (said.textContent !== at) said.textContent = at;
}

function used() {
  ends = Date.now() + lasts;
  tabs.postMessage(ends);
  look();
}

tabs.addEventListener("message", (event) => {
  ends = event.data;
  look();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && !event.detail.xhr.getResponseHeader("HX-Trigger")) used();
});
document.addEventListener("pl-signed-out", () => {
  ends = 0;
  look();
});
document.addEventListener("visibilitychange", look);
setInterval(look, 15_000);
used();
