// Says how many characters a comment still has. The server counts again; nothing is cut off while somebody writes.
// The words come with the page, in its language, one sentence for each form that a number asks of its noun: "{}" is
// where the number goes.
const PAUSE = 900;
const forms = new Intl.PluralRules(document.documentElement.lang);

for (const box of document.querySelectorAll("textarea[data-longest]")) {
  const longest = Number(box.dataset.longest);
  const line = document.getElementById(`${box.id}-longest`);
  const [left, over] = [JSON.parse(line.dataset.left), JSON.parse(line.dataset.over)];
  const spoken = document.createElement("p");
  spoken.className = "govuk-visually-hidden";
  spoken.setAttribute("role", "status");
  line.after(spoken);
  let waiting;

  const count = () => {
    const rest = longest - [...box.value.normalize("NFC").trim()].length;
    const words = rest < 0 ? over : left;
    line.textContent = (words[forms.select(Math.abs(rest))] ?? words.other).replace("{}", Math.abs(rest));
    line.classList.toggle("rt-counter--over", rest < 0);
    clearTimeout(waiting);
    // A screen reader would otherwise speak after every letter.
    waiting = setTimeout(() => { spoken.textContent = rest < 100 ? line.textContent : ""; }, PAUSE);
  };

  box.addEventListener("input", count);
  if (box.value) count();
}
