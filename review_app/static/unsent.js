// Keeps what somebody types in the boxes for notes until the server has it: in this window's own memory, which goes with the
// window. Everything else that is typed in Roundtable stays on its page alone.
const PREFIX = "note ";

const boxes = () => [...document.querySelectorAll("form[data-topic] textarea:not([readonly])")];
const nameOf = (box) => `${PREFIX}${box.form.dataset.topic} ${box.name}`;

function remember(box) {
  if (box.value === box.dataset.saved) sessionStorage.removeItem(nameOf(box));
  else sessionStorage.setItem(nameOf(box), box.value);
}

// Before a form is posted. `isKept` is called when the server has taken what it held then.
export function keep(form) {
  const sent = [...form.querySelectorAll("textarea")].filter((box) => form.dataset.topic && !box.readOnly)
    .map((box) => [nameOf(box), box.value]);
  return {
    isKept() {
      for (const [name, text] of sent) if (sessionStorage.getItem(name) === text) sessionStorage.removeItem(name);
    },
  };
}

// Puts what the server does not have yet back into its box; what has no box any more is shown below the page.
export function restore() {
  const own = new Map(boxes().map((box) => [nameOf(box), box]));
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  for (const [name, box] of own) {
    const text = sessionStorage.getItem(name);
    if (text !== null && text !== box.value) box.value = text;
  }
  // The page of the room knows which topics still take notes: their boxes are on pages of their own.
  const section = document.getElementById("unsent");
  if (!section) return;
  const open = section.dataset.open.split(" ");
  const left = names.filter((name) => !own.has(name) && !open.includes(name.split(" ")[1]))
    .map((name) => [name, sessionStorage.getItem(name)]).filter(([, text]) => text.trim());
  section.querySelector("ul").replaceChildren(...left.map(([, text]) => {
    const item = document.createElement("li");
    item.className = "rt-note";
    item.textContent = text;
    return item;
  }));
  section.hidden = left.length === 0;
  section.querySelector("button").onclick = () => {
    for (const [name] of left) sessionStorage.removeItem(name);
    restore();
  };
}

document.addEventListener("input", (event) => {
  if (event.target.matches("form[data-topic] textarea")) remember(event.target);
});
