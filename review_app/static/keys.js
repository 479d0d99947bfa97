// On an answer, the keys 1 to 5 choose one of the five and lead on to the next statement, 6 to 8 the ways not to answer.
// They work only while an answer has the focus, so that they are in nobody's way.
const cards = [...document.querySelectorAll(".rt-card__question")];
const hint = document.getElementById("keys");
// Whether somebody goes through the pages by these keys: then the first statement of the next page has the focus too.
const MARK = "answers-by-keys";

function choose(card, number) {
  const radio = card.querySelectorAll("input[type=radio]")[number - 1];
  radio.focus({ preventScroll: true });
  if (!radio.checked) radio.click();
}

function show(card, options) {
  const radio = card.querySelector("input[type=radio]:checked") ?? card.querySelector("input[type=radio]");
  radio.focus({ preventScroll: true });
  if (options !== "still") card.parentElement.scrollIntoView({ block: "nearest" });
}

if (cards.length) {
  hint.hidden = false;
  // The style hides it where there is no keyboard to speak of.
  if (getComputedStyle(hint).display !== "none") {
    const described = [cards[0].getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" ");
    cards[0].setAttribute("aria-describedby", described);
  }
}

for (const [place, card] of cards.entries()) {
  card.addEventListener("keydown", (event) => {
    const number = "12345678".indexOf(event.key) + 1;
    if (event.key.length !== 1 || !number || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.type !== "radio" || event.repeat) return;
    event.preventDefault();
    choose(card, number);
    sessionStorage.setItem(MARK, "yes");
    if (cards[place + 1]) show(cards[place + 1]);
  });
}

addEventListener("pointerdown", () => sessionStorage.removeItem(MARK));
if (sessionStorage.getItem(MARK) && cards.length && !location.hash && !document.querySelector(".govuk-error-summary")) {
  show(cards[0], "still");
}
