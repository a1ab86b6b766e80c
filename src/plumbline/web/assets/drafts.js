// What is typed is sent as it is typed (htmx). Each sending carries the moment of typing, so that one that arrives late
// never overwrites a newer one; and what was typed last is sent when the page is left or put away. Once a form itself is
// sent, nothing more is: a draft that came after it would stand there as if it had not been saved.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt.closest("[data-pl-draft]");
  if (!form) return;
  if (form.dataset.plSent) event.preventDefault();
  else event.detail.parameters.seq = String(Date.now());
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
  const form = event.target;
  delete form.dataset.plTyped;
  if (!form.matches("[data-pl-draft]")) return;
  form.dataset.plSent = "yes";
  htmx.trigger(form, "htmx:abort");
});

// The page as it was left, shown again by "Back": typing on it is kept again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-pl-sent]")) delete form.dataset.plSent;
});
