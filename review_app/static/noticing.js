// Says, while somebody writes a comment, what in it could tell who wrote it. The server looks again and knows the names.
import { find } from "./identifying.js";

const PAUSE = 900;

for (const line of document.querySelectorAll("[data-known]")) {
  const box = document.getElementById(line.id.replace(/-noted$/, ""));
  let known = JSON.parse(line.dataset.known);
  const spoken = document.createElement("p");
  spoken.className = "govuk-visually-hidden";
  spoken.setAttribute("role", "status");
  line.after(spoken);
  let waiting;

  const look = () => {
    const found = find(box.value).map((passage) => passage.label);
    const named = known.filter((passage) => box.value.includes(passage));
    const passages = [...new Set([...found, ...named])].map((passage) => `“${passage}”`).join(", ");
    line.textContent = passages ? line.dataset.words.replace("{}", () => passages) : "";
    line.hidden = !passages;
    clearTimeout(waiting);
    // A screen reader would otherwise speak after every letter.
    waiting = setTimeout(() => { spoken.textContent = line.textContent; }, PAUSE);
  };

  box.addEventListener("input", look);
  // Each save answers with the names that it found in the text.
  document.addEventListener("saved", (event) => {
    const fresh = (event.detail.telling ?? []).filter((passage) => !known.includes(passage));
    if (!fresh.length) return;
    known = [...known, ...fresh];
    look();
  });
  // Somebody may have typed before this script was there.
  if (box.value !== box.defaultValue) look();
}
