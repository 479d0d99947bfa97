// Says how many characters a comment still has. The server counts again; nothing is cut off while somebody writes.
const PAUSE = 900;

for (const box of document.querySelectorAll("textarea[data-longest]")) {
  const longest = Number(box.dataset.longest);
  const line = document.getElementById(`${box.id}-longest`);
  const spoken = document.createElement("p");
  spoken.className = "govuk-visually-hidden";
  spoken.setAttribute("role", "status");
  line.after(spoken);
  let waiting;

  const count = () => {
    const left = longest - [...box.value.normalize("NFC").trim()].length;
    const characters = Math.abs(left) === 1 ? "character" : "characters";
    line.textContent = left < 0 ? `${-left} ${characters} too many.` : `${left} ${characters} left.`;
    line.classList.toggle("rt-counter--over", left < 0);
    clearTimeout(waiting);
    // A screen reader would otherwise speak after every letter.
    waiting = setTimeout(() => { spoken.textContent = left < 100 ? line.textContent : ""; }, PAUSE);
  };

  box.addEventListener("input", count);
  if (box.value) count();
}
