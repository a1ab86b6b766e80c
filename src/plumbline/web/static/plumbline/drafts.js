// What is typed is sent as it is typed (htmx). Each sending carries the moment of typing, so that one that arrives late
// never overwrites a newer one; and what was typed last is sent when the page is left or put away.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.closest("[data-pl-draft]")) event.detail.parameters.seq = String(Date.now());
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const form of document.querySelectorAll("[data-pl-draft][data-pl-typed]")) {
    const typed = new FormData(form);
    typed.set("seq", String(Date.now()));
    navigator.sendBeacon(form.getAttribute("hx-post"), typed);
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-pl-draft]");
  if (form) form.dataset.plTyped = "yes";
});

document.addEventListener("submit", (event) => {
  delete event.target.dataset.plTyped;
});
