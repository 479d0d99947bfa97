// Small comforts for people with a script. Every page works without this file.

// Someone who sent a page with faults is taken to the list of them.
const summary = document.querySelector(".govuk-error-summary");
if (summary) {
  summary.setAttribute("tabindex", "-1");
  summary.addEventListener("blur", () => summary.removeAttribute("tabindex"), { once: true });
  summary.focus();
}
