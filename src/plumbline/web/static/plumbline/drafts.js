// What is typed is sent as it is typed (htmx). Each sending carries this page's own count, the button's too, so that one
// that arrives late never overwrites a newer one (no clock: those of two machines differ); and what was typed last is
// sent when the page is left or put away. Files stay here.
// Once a form itself is sent, nothing more is: a draft that came after it would stand there as if it had not been saved.
let sent = 0;

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt.closest("[data-pl-draft]");
  if (!form) return;
  if (form.dataset.plSent) return event.preventDefault();
  for (const field of form.querySelectorAll("input[type=file]")) event.detail.formData.delete(field.name);
  event.detail.formData.set("seq", String(++sent));
});

for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failed, (event) => {
    const form = event.detail.elt.closest("[data-pl-draft]");
    if (!form) return;
    form.dataset.plTyped = "yes";
    const said = form.querySelector(".pl-saved");
    if (said) said.textContent = "Not kept as a draft: no answer came. What you typed is still on this page.";
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const form of document.querySelectorAll("[data-pl-draft][data-pl-typed]")) {
    const address = form.getAttribute("hx-post") || form.querySelector("[hx-post]").getAttribute("hx-post");
    const typed = new FormData(form);
    for (const field of form.querySelectorAll("input[type=file]")) typed.delete(field.name);
    typed.set("seq", String(++sent));
    navigator.sendBeacon(address, typed);
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-pl-draft]");
  if (!form) return;
  form.dataset.plTyped = "yes";
  delete form.dataset.plSent;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-pl-draft]")) return;
  delete form.dataset.plTyped;
  form.dataset.plSent = "yes";
  let count = form.querySelector("input[name=typed_seq]");
  if (!count) {
    count = Object.assign(document.createElement("input"), { type: "hidden", name: "typed_seq" });
    form.append(count);
  }
  count.value = String(++sent);
  form.dispatchEvent(new Event("htmx:abort"));
});

// The page as it was left, shown again by "Back": typing on it is kept again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-pl-sent]")) delete form.dataset.plSent;
});
