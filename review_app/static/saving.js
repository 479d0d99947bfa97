// Saves a page while it is filled in, and before it is left. It posts the page's own form to the page's own address, as
// the button does, and never to anywhere else. Nothing is kept in the browser: what cannot be saved stays on the page.
const form = document.querySelector("form[data-saves]");
const line = document.getElementById("saved");
// Milliseconds from a change to its saving, which ends with a pause.
const PAUSE = { radio: 250, textarea: 1200 };
// Milliseconds before a request counts as lost, and from one try to the next.
const PATIENCE = 25000;
const WAITS = [2000, 4000, 8000, 15000, 30000];
// What mends itself; with the others somebody has to do something first.
const PASSING = new Set(["unreached", "unavailable", "expired"]);
const FINAL = new Set(["closed", "already_sent"]);

const spoken = document.createElement("p");
spoken.className = "govuk-visually-hidden";
spoken.setAttribute("role", "status");
line.after(spoken);

// What the form holds: now, or as the server sent it.
const state = (isNow) => JSON.stringify([...form.elements].flatMap((field) => {
  if (field.type === "radio") return (isNow ? field.checked : field.defaultChecked) ? [[field.name, field.value]] : [];
  return field.type === "textarea" ? [[field.name, isNow ? field.value : field.defaultValue]] : [];
}));
// Whether there is anything to fill in; the check has only its button.
const asks = form.querySelector("input[type=radio]") !== null;

let kept = "unsaved" in form.dataset ? null : state(false);
let outcome = "saved";
let isPosting = false;
let isLeaving = false;
let isGoing = false;
let tries = 0;
let timer;
let queue = Promise.resolve();

const isUnsaved = () => isPosting || state(true) !== kept;

function tell(text, isFault) {
  line.textContent = text;
  line.classList.toggle("rt-saved--not", isFault);
  // Spoken when things change, and not after every answer.
  if (text !== line.dataset.saving && spoken.textContent !== text) spoken.textContent = text;
}

function request(button, options) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  const headers = { Accept: "application/json" };
  return fetch(location.href, { method: "POST", body, headers, redirect: "error", ...options });
}

async function post(button) {
  const lost = new AbortController();
  const patience = setTimeout(() => lost.abort(), PATIENCE);
  try {
    return await (await request(button, { signal: lost.signal })).json();
  } catch {
    return { state: "unreached" };
  } finally {
    clearTimeout(patience);
  }
}

// Resolves to what became of it, and never rejects.
async function attempt(button) {
  const now = state(true);
  if (!button && now === kept) return { state: "saved" };
  isPosting = true;
  // A line that comes and goes within a moment only disturbs.
  const slow = setTimeout(() => tell(line.dataset.saving, false), 400);
  let answer = await post(button);
  if (answer.state === "expired") {
    form.elements.csrf_token.value = answer.token;
    answer = await post(button);
  }
  clearTimeout(slow);
  isPosting = false;
  outcome = answer.state;
  if (outcome === "saved") {
    kept = now;
    tries = 0;
    if (state(true) === now) tell(line.dataset.saved, false);
    document.dispatchEvent(new CustomEvent("saved", { detail: answer }));
  } else {
    tell(answer.words ?? line.dataset.unsaved, true);
    if (asks && PASSING.has(outcome)) schedule(WAITS[Math.min(tries++, WAITS.length - 1)]);
  }
  return answer;
}

// One request at a time, so that the last state is the one that is kept.
function save(button) {
  clearTimeout(timer);
  queue = queue.then(() => attempt(button));
  return queue;
}

function schedule(pause) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

function leaveFor(address) {
  isLeaving = true;
  location.assign(address);
}

// Saves, and goes where the button leads. Where that fails, the page stays and says so.
async function go(button) {
  if (isGoing) return;
  isGoing = true;
  const answer = await save(button);
  isGoing = false;
  if (answer.state === "saved") {
    leaveFor(answer.next);
  } else if (answer.state === "faults" || (!asks && !PASSING.has(answer.state))) {
    // The server has a page for it.
    isLeaving = true;
    form.requestSubmit(button);
  }
}

if (asks) {
  form.addEventListener("input", (event) => {
    if (FINAL.has(outcome)) return;
    if (outcome === "saved") line.textContent = "";
    schedule(PAUSE[event.target.type] ?? PAUSE.textarea);
  });
  const again = () => {
    if (isUnsaved() && !isPosting && !FINAL.has(outcome) && outcome !== "faults") save();
  };
  addEventListener("online", again);
  // Perhaps the link was opened in another tab meanwhile.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") again(); });
  addEventListener("focus", again);
  addEventListener("beforeunload", (event) => { if (!isLeaving && isUnsaved()) event.preventDefault(); });
  // Who leaves all the same leaves the last state behind, if it can still be taken.
  addEventListener("pagehide", () => {
    if (!isLeaving && state(true) !== kept && !FINAL.has(outcome)) request(null, { keepalive: true }).catch(() => {});
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const isOnPage = link?.hash && link.pathname === location.pathname;
    if (!link || !isPlain || isOnPage || link.target || event.defaultPrevented) return;
    // A second click goes, after the browser's warning.
    if (!isUnsaved() || outcome !== "saved") return;
    event.preventDefault();
    save().then((answer) => { if (answer.state === "saved") leaveFor(link.href); });
  });
  if (kept !== null && isUnsaved()) schedule(PAUSE.radio);
}

form.addEventListener("submit", (event) => {
  if (isLeaving) return;
  // An older browser does not say which button it was, nor can one be pressed for somebody.
  if (!form.requestSubmit) {
    isLeaving = true;
    return;
  }
  event.preventDefault();
  go(event.submitter);
});
addEventListener("pageshow", (event) => { if (event.persisted) isLeaving = false; });
