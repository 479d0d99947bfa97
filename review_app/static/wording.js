// Shows each wording as its reader will see it, while it is typed. The server shows it after each save.
const form = document.getElementById("statement");
const names = form ? form.dataset : {};

for (const box of document.querySelectorAll("textarea[data-shown-in]")) {
  const shown = document.getElementById(box.dataset.shownIn);
  box.addEventListener("input", () => {
    const text = box.value.trim().replace(/\s+/g, " ");
    shown.textContent = text.replace(/\{(prime|chain|partner)\}/g, (_, name) => names[name]) || shown.dataset.blank;
  });
}
