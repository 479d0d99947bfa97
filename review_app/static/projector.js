// The keys of the projector, also those of a clicker: each presses the button that says the same.
const KEYS = {
  ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "previous", PageUp: "previous", n: "topic", N: "topic",
};

document.addEventListener("keydown", (event) => {
  const name = KEYS[event.key];
  const isElsewhere = event.target.closest("button, a, input, select, textarea");
  if (!name || event.repeat || event.ctrlKey || event.altKey || event.metaKey || (isElsewhere && event.key === " ")) return;
  const button = document.querySelector(`[data-key="${name}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
