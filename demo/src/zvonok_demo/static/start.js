"use strict";
// The page lives on events: each names a part of the page and carries all of it.

const words = document.body.dataset;
const base = `/${words.language}`;
const at = (id) => document.getElementById(id);

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

function filled(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// ---------------------------------------------------------------- copying

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || button === document.body) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = words.copied;
  button.classList.add("done");
  setTimeout(() => {
    button.textContent = words.copy;
    button.classList.remove("done");
  }, 1500);
});

function copyable(label, value) {
  return made("span", { class: "pair" },
    made("span", { class: "label" }, label),
    made("code", {}, value),
    made("button", { type: "button", class: "copy", "data-copy": value, "aria-label": `${words.copy}: ${label} ${value}` }, words.copy));
}

// ---------------------------------------------------------------- parts of the page

let people = [];
let waiting = [];
let rooms = [];
let ready = false;
let playing = false;
const counts = new Map();

function showRooms(tree) {
  rooms = tree;
  if (!tree.length) return;
  at("tree").replaceChildren(...tree.map((room) => branch(room)));
  chooseRooms();
}

// Classes can be folded; on a phone they are until somebody opens them.
const folded = new Map();
const narrow = matchMedia("(max-width: 40rem)").matches;

function branch(room, depth = 0) {
  const before = counts.get(room.key);
  const changed = before !== undefined && before !== room.joined;
  counts.set(room.key, room.joined);
  const share = room.due ? Math.min(1, room.joined / room.due) : 0;
  const size = made("span", { class: changed ? "size changed" : "size", title: room.there ? undefined : words.empty },
    room.there ? `${room.joined}/${room.due}` : "…");
  const bar = made("meter", { class: "bar", min: 0, max: 1, value: share.toFixed(3), "aria-hidden": "true" });
  const line = made("span", { class: room.there ? "room" : "room absent" }, made("span", { class: "name" }, room.name), bar, size);
  if (!room.children.length) return made("li", {}, line);
  const list = made("ul", {}, ...room.children.map((child) => branch(child, depth + 1)));
  if (!depth) return made("li", { class: "space" }, line, list);
  const fold = made("details", { open: !(folded.get(room.key) ?? narrow) }, made("summary", {}, line), list);
  fold.addEventListener("toggle", () => folded.set(room.key, !fold.open));
  return made("li", { class: "space" }, fold);
}

function showStatus(state) {
  ready = state.ready;
  const status = at("status");
  status.classList.toggle("ready", ready);
  at("status-text").textContent = ready ? status.dataset.ready : filled(status.dataset.filling, state);
  at("play").disabled = !ready || playing;
}

function showPeople(list) {
  people = list;
  if (!list.length) return;
  const cards = (some) => some.map((person) => made("li", {},
    made("strong", {}, person.name), made("span", { class: "who" }, person.who),
    copyable(words.user, person.user), copyable(words.password, person.password)));
  const others = list.filter((person) => !person.main);
  at("people-main").replaceChildren(...cards(list.filter((person) => person.main)));
  at("people-others").replaceChildren(...cards(others));
  at("people-more").hidden = !others.length;
  choosePeople();
}

function showWaiting(list) {
  waiting = list;
  offer(at("code-person"), list.map((person) => made("option", { value: person.id },
    person.ready ? `${person.name}, ${person.who}` : `${person.name}, ${person.who} — ${words.unready}`)));
  choosePeople();
}

function showMorning(morning) {
  const transcript = at("transcript");
  const list = morning.lines;
  if (list.length < transcript.childElementCount) transcript.replaceChildren();
  for (const line of list.slice(transcript.childElementCount)) transcript.append(spoken(line));
  transcript.hidden = !list.length;
  transcript.scrollTop = transcript.scrollHeight;
  const play = at("play");
  playing = morning.playing;
  play.disabled = playing || !ready;
  play.dataset.first ??= play.textContent;
  play.textContent = playing ? play.dataset.playing : list.length ? play.dataset.again : play.dataset.first;
}

function spoken(line) {
  const head = made("span", { class: "head" }, made("time", {}, line.time));
  head.append(made("strong", {}, line.who || words.journal));
  if (line.room) head.append(made("span", { class: "in" }, line.room));
  return made("li", { class: line.kind }, head, made("span", { class: "text" }, line.text));
}

// ---------------------------------------------------------------- choosing

function offer(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options);
  if (chosen && [...select.options].some((option) => option.value === chosen)) select.value = chosen;
}

function choosePeople() {
  offer(at("why-person"), [...people, ...waiting].map((person) =>
    made("option", { value: person.id }, `${person.name}, ${person.who}`)));
}

function chooseRooms() {
  const seen = new Set();
  const options = [];
  const walk = (tree, depth) => {
    for (const room of tree) {
      if (!seen.has(room.key)) {
        seen.add(room.key);
        options.push(made("option", { value: room.key }, "\u2003".repeat(depth) + room.name));
      }
      walk(room.children, depth + 1);
    }
  };
  walk(rooms, 0);
  if (options.length !== at("why-room").options.length) offer(at("why-room"), options);
}

async function ask(path, options = {}) {
  const answer = await fetch(base + path, options);
  return answer.json();
}

function post(path, body = {}) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

at("why-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = await ask(`/why?${new URLSearchParams(new FormData(event.target))}`);
  const answer = at("why-answer");
  answer.hidden = false;
  if (found.problem) return answer.replaceChildren(made("p", {}, found.problem));
  const verdict = made("p", { class: found.due ? "yes" : "no" }, found.due ? words.due : words.notDue);
  if (found.due && found.level) verdict.append(` ${filled(words.level, { n: found.level })}`);
  answer.replaceChildren(verdict, made("ol", {}, ...found.reasons.map((reason) => made("li", {}, reason))));
});

at("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = await post("/code", Object.fromEntries(new FormData(event.target)));
  at("code-problem").hidden = !given.problem;
  at("code-problem").textContent = given.problem ?? "";
  at("code-answer").hidden = Boolean(given.problem);
  if (given.problem) return;
  at("code-value").textContent = given.code;
  at("code-copy").dataset.copy = given.code;
  at("code-link").href = given.url;
});

at("play").addEventListener("click", async () => {
  at("play").disabled = true;
  const answer = await post("/morning");
  at("play-problem").hidden = !answer.problem;
  at("play-problem").textContent = answer.problem ?? "";
});

// ---------------------------------------------------------------- events

const source = new EventSource(`${base}/events`);
const parts = { status: showStatus, rooms: showRooms, people: showPeople, waiting: showWaiting, morning: showMorning };
for (const [name, show] of Object.entries(parts)) {
  source.addEventListener(name, (event) => show(JSON.parse(event.data)));
}
source.addEventListener("open", () => { at("lost").hidden = true; });
source.addEventListener("error", () => {
  at("lost").textContent = words.lost;
  at("lost").hidden = false;
});
