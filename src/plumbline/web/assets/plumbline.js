import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend";

// On a narrow screen the filters of a list are folded away behind one button; CSS decides which screens those are,
// so that nothing moves after the page is drawn.
function foldFilters(root) {
  for (const filters of root.querySelectorAll("[data-pl-filters]")) {
    const button = filters.querySelector(".pl-filters__toggle");
    if (!button || button.dataset.ready) continue;
    button.dataset.ready = "yes";
    button.addEventListener("click", () => {
      const open = filters.classList.toggle("pl-filters--open");
      button.setAttribute("aria-expanded", String(open));
    });
  }
}

function printButtons(root) {
  for (const button of root.querySelectorAll("[data-pl-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// A question that an answer asks follows its radio, and is read next. ARIA lets no radio say whether it is expanded.
class RevealingRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

function start(root) {
  for (const Component of [
    Button,
    CharacterCount,
    Checkboxes,
    ErrorSummary,
    FileUpload,
    NotificationBanner,
    PasswordInput,
    RevealingRadios,
    ServiceNavigation,
    SkipLink,
  ]) {
    createAll(Component, undefined, root);
  }
  foldFilters(root);
  printButtons(root);
}

start(document);
// What htmx brings in later needs the same.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) start(event.target);
});
