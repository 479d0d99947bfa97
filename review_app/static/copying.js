// A copy of one's own answers, made from what is on the page. Nothing is asked of the server for it.
const group = document.getElementById("copy");

const wordsOf = (element) => element.innerText.replace(/\s+/g, " ").trim();

function text() {
  const parts = [...document.querySelectorAll("main > .rt-caption, main > h1")].map(wordsOf);
  for (const list of document.querySelectorAll(".rt-check")) {
    parts.push("", wordsOf(list.previousElementSibling), "");
    for (const row of list.querySelectorAll(".govuk-summary-list__row")) {
      const comment = row.querySelector(".rt-check__comment");
      const choice = row.querySelector(".govuk-hint");
      parts.push(wordsOf(row.querySelector("dt")));
      if (comment) parts.push(`    ${comment.innerText.trim().replace(/\n/g, "\n    ")}`, `    (${wordsOf(choice)})`);
      else parts.push(`    ${wordsOf(row.querySelector("dd"))}`);
    }
  }
  return `${parts.join("\r\n")}\r\n`;
}

group.hidden = false;
document.getElementById("copy-print").addEventListener("click", () => print());
document.getElementById("copy-download").addEventListener("click", () => {
  const link = document.createElement("a");
  // The mark at the beginning tells old editors which letters these are.
  link.href = URL.createObjectURL(new Blob(["\ufeff", text()], { type: "text/plain;charset=utf-8" }));
  link.download = group.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
});
