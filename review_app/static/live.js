// Keeps a page of a workshop in step with the room. It is told only that something changed, and then fetches the page itself.
// Nothing that somebody is typing is ever put aside for it: what is new waits until it is saved, or shown on demand.
import { keep, restore } from "./unsent.js";

// Milliseconds from one try to the next, and before a closed line is opened again.
const AGAIN = 2000;

let version;
let source;
let isFetching = false;
let isLooking = false;
let later;

const place = () => document.getElementById("live");
const leave = () => location.assign(place()?.dataset.page ?? location.href);
const say = (text) => {
  const line = place()?.querySelector("[role=status]");
  if (line && line.textContent !== text) line.textContent = text;
};

// Whether the page holds something that the server does not have: a text, a tick, a choice.
function isBusy() {
  return [...document.querySelectorAll("main textarea, main input, main select")].some((field) => {
    if (field.type === "hidden" || field.readOnly) return false;
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== (field.defaultChecked && field.dataset.saved !== "no");
    }
    if (field.tagName === "SELECT") {
      return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
    }
    return field.value !== (field.dataset.saved ?? field.defaultValue);
  });
}

// While somebody is typing the page stays. If its sentence of what to do now is not so any more, the top says that instead.
function keepStill(html) {
  say(place().dataset.news);
  const told = (main) => [...main?.querySelectorAll("h1, .rt-todo") ?? []].map((one) => one.textContent.trim()).join();
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  const hasMoved = told(fresh) !== told(document.querySelector("main"));
  const notice = document.getElementById("moved-on");
  if (notice) notice.hidden = !hasMoved;
  for (const sentence of document.querySelectorAll(".rt-todo")) sentence.hidden = hasMoved;
}

// Puts the main part of a fetched page into the place of this one's.
function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const main = fresh.querySelector("main");
  // An error, or the way in because the link is no longer open: those are pages of their own.
  if (!main?.querySelector("#live, form[data-live]")) return false;
  const focused = document.activeElement?.closest("main") ? document.activeElement : null;
  const known = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.getAttribute("aria-label")
    && `[aria-label="${CSS.escape(focused.getAttribute("aria-label"))}"]`);
  const opened = [...document.querySelectorAll("main details[open][id]")].map((one) => one.id);
  document.querySelector("main").replaceWith(document.adoptNode(main));
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  document.title = fresh.title;
  version = place()?.dataset.version ?? version;
  if (place() && !source) listen();
  restore();
  count();
  const again = known && document.querySelector(`main ${known}`);
  if (again && !again.disabled) again.focus({ preventScroll: true });
  return true;
}

async function refresh() {
  if (isFetching || !place()) return;
  isFetching = true;
  try {
    const answer = await fetch(place().dataset.page, { headers: { Accept: "text/html" } });
    const html = await answer.text();
    // Somebody may have begun to type meanwhile.
    if (isBusy() && answer.status < 500) keepStill(html);
    else if (!isBusy() && answer.status < 500 && !swap(html)) leave();
  } catch {
    clearTimeout(later);
    later = setTimeout(refresh, AGAIN);
  } finally {
    isFetching = false;
  }
}

function hear(event) {
  if (!place()) return;
  if (event.data === version) say("");
  else {
    if (isBusy()) say(place().dataset.news);
    refresh();
  }
}

function listen() {
  source = new EventSource(place().dataset.events);
  source.addEventListener("message", hear);
  source.addEventListener("error", () => {
    // While it comes back by itself nothing is wrong: where there is no room to wait, that is how it works.
    if (source.readyState !== EventSource.CLOSED) return;
    say(place()?.dataset.lost ?? "");
    setTimeout(() => {
      if (!place()) return;
      // Perhaps the link is no longer open, or nobody is signed in any more: then the page says so.
      if (!isBusy()) refresh();
      listen();
    }, AGAIN);
  });
}

// A form of the page is posted without leaving it, so that a lost connection loses nothing.
async function post(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  const line = form.querySelector("[data-line]");
  const slow = setTimeout(() => { if (line) line.textContent = form.dataset.saving; }, 400);
  const typed = keep(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const html = await answer.text();
    if (answer.status >= 500) throw new Error("not now");
    if (answer.ok) typed.isKept();
    // What was typed while it was on its way stays in its box.
    if (!swap(html)) leave();
    return true;
  } catch {
    if (line) line.textContent = form.dataset.waiting ?? "";
    return false;
  } finally {
    clearTimeout(slow);
  }
}

async function send(form, button) {
  if (form.dataset.isSending) return;
  form.dataset.isSending = "yes";
  let isDone = await post(form, button);
  while (!isDone && form.dataset.live === "notes" && form.isConnected) {
    await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
    isDone = form.isConnected && await post(form, button);
  }
  delete form.dataset.isSending;
}

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.live || event.defaultPrevented) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

// The time that is left, as minutes and seconds.
function count() {
  for (const time of document.querySelectorAll("[data-countdown]")) {
    const rest = Math.round((new Date(time.dateTime) - Date.now()) / 1000);
    const minutes = Math.floor(Math.abs(rest) / 60);
    const text = `${minutes}:${String(Math.abs(rest) % 60).padStart(2, "0")}`;
    time.textContent = rest > 0 ? text : time.dataset.over;
  }
}

// The dots of one's own organisation, which no event tells of: others must not learn that it votes. An ordinary request of
// this page brings them while it is looked at, and the page changes only where they did.
async function lookAgain() {
  const form = document.querySelector("form[data-again]");
  const isIdle = document.visibilityState === "visible" && !form?.dataset.isSending && !isFetching && !isLooking;
  if (!form || !isIdle || !place()) return;
  isLooking = true;
  try {
    const answer = await fetch(place().dataset.page, { headers: { Accept: "text/html" } });
    const html = await answer.text();
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("form[data-again] [name=seen]");
    const here = form.isConnected && !form.dataset.isSending;
    if (here && answer.ok && fresh && fresh.value !== form.elements.seen.value) swap(html);
  } catch {
    // The line of events says when there is no connection.
  } finally {
    isLooking = false;
  }
}

restore();
count();
setInterval(lookAgain, 5000);
setInterval(count, 500);
if (place()) {
  version = place().dataset.version;
  listen();
}
// A phone that was asleep, or a page that is gone back to, has missed what was told.
const wake = () => {
  if (source?.readyState === EventSource.CLOSED && document.visibilityState === "visible") listen();
};
document.addEventListener("visibilitychange", wake);
addEventListener("pageshow", wake);
addEventListener("pagehide", () => source?.close());
