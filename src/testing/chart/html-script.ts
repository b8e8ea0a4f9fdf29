/**
 * What the page around a chart does: written for browsers alone, and put into the page as it stands. All it knows is in the page's elements: no message is ever a
 * part of it.
 */
export const pageScript: string = String.raw`
"use strict";
const byId = (id) => document.getElementById(id);
const search = byId("search"), place = byId("place"), whole = byId("whole"), chart = byId("chart"), heads = byId("heads");
const svg = chart.querySelector("svg");
const lines = [...byId("events").children];
const rows = lines.map((line) => ({
  line,
  mark: svg.querySelector('[data-row="' + line.dataset.row + '"]'),
  y: Number(line.dataset.y),
  x: Number(line.dataset.x),
  to: Number(line.dataset.to),
  actors: (line.dataset.actors || "").split(" "),
  text: line.textContent.toLowerCase(),
  elided: line.classList.contains("elided"),
  seen: true,
}));
const buttons = [...document.querySelectorAll("[data-actor]")];
let now = -1;

const cursor = document.createElementNS(svg.namespaceURI, "rect");
cursor.setAttribute("class", "cursor");
cursor.setAttribute("width", svg.getAttribute("width"));
cursor.setAttribute("height", "26");
cursor.setAttribute("visibility", "hidden");
const firstRow = svg.querySelector("[data-row]");
if (firstRow) svg.insertBefore(cursor, firstRow);

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = buttons.filter((each) => each.getAttribute("aria-pressed") === "true").map((each) => each.dataset.actor);
  const all = words.length === 0 && chosen.length === 0;
  for (const row of rows) {
    row.seen = all || (!row.elided && words.every((word) => row.text.includes(word)) &&
      (chosen.length === 0 || row.actors.some((actor) => chosen.includes(actor))));
    row.line.hidden = !row.seen;
    if (row.mark) row.mark.classList.toggle("out", !row.seen);
  }
  tell();
}

function tell() {
  const seen = rows.filter((row) => row.seen && !row.elided);
  const at = seen.indexOf(rows[now]);
  place.textContent = (at >= 0 ? at + 1 + " of " : "") + seen.length + (seen.length === 1 ? " event" : " events");
}

function leave() {
  if (rows[now]) {
    rows[now].line.removeAttribute("aria-current");
    rows[now].mark.classList.remove("now");
  }
  now = -1;
}

function go(index, scroll = true) {
  leave();
  now = index;
  for (let i = 0; i < rows.length; i++) if (rows[i].mark) rows[i].mark.classList.toggle("ahead", now >= 0 && i > now);
  cursor.setAttribute("visibility", now >= 0 ? "visible" : "hidden");
  whole.replaceChildren();
  if (now >= 0) {
    const row = rows[now];
    row.line.setAttribute("aria-current", "step");
    row.mark.classList.add("now");
    cursor.setAttribute("y", String(row.y - 15));
    const when = row.line.querySelector(".when");
    say("step " + when.textContent + ", " + when.title, "soft");
    say(row.line.querySelector("b").textContent, "who");
    say(row.line.querySelector(".text").textContent, "");
    if (scroll) {
      row.line.scrollIntoView({ block: "nearest" });
      chart.scrollTop = Math.min(Math.max(chart.scrollTop, row.y - chart.clientHeight + 60), Math.max(0, row.y - 70));
      // Both ends when there is room for them, else where it begins.
      const wide = Math.abs(row.to - row.x) + 240 > chart.clientWidth;
      const left = (wide ? row.x : Math.min(row.x, row.to)) - 90, right = (wide ? row.x : Math.max(row.x, row.to)) + 150;
      chart.scrollLeft = Math.min(Math.max(chart.scrollLeft, right - chart.clientWidth), Math.max(0, left));
    }
  } else say("Choose an event to see all of it.", "soft");
  tell();
}

function say(text, kind) {
  const p = document.createElement("p");
  p.className = kind;
  p.textContent = text;
  whole.append(p);
}

function step(by) {
  let index = now;
  do index += by; while (rows[index] && (!rows[index].seen || rows[index].elided));
  if (rows[index]) go(index);
}

function all() {
  search.value = "";
  for (const each of buttons) each.setAttribute("aria-pressed", "false");
  filter();
  go(-1);
}

search.addEventListener("input", filter);
byId("back").addEventListener("click", () => step(-1));
byId("on").addEventListener("click", () => step(1));
for (const each of buttons) each.addEventListener("click", () => {
  each.setAttribute("aria-pressed", String(each.getAttribute("aria-pressed") !== "true"));
  filter();
});
document.addEventListener("click", (event) => {
  const at = event.target.closest && event.target.closest("#events li, svg .row");
  if (at && !at.classList.contains("elided")) go(rows.findIndex((row) => row.line.dataset.row === at.dataset.row), false);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target === search;
  if (event.key === "Escape") all();
  else if (event.key === "/" && !typing) search.focus();
  else if (event.key === "ArrowDown" || (event.key === "j" && !typing) || (event.key === "Enter" && typing)) step(1);
  else if (event.key === "ArrowUp" || (event.key === "k" && !typing)) step(-1);
  else if (event.key === "Home" && !typing) { leave(); step(1); }
  else if (event.key === "End" && !typing) { leave(); now = rows.length; step(-1); }
  else return;
  event.preventDefault();
});

// Names stay in view: of those whose lanes cross the upper border.
const lives = [...svg.querySelectorAll(".head")].map((head) => {
  const box = head.querySelector("rect"), text = head.querySelector(".who");
  return {
    x: Number(text.getAttribute("x")), top: Number(box.getAttribute("y")), end: Number(head.dataset.end),
    name: text.textContent, hue: head.getAttribute("class").replace("head", ""),
  };
});
function names() {
  const y = chart.scrollTop;
  heads.replaceChildren(...lives.filter((life) => life.top < y && life.end > y + 24).map((life) => {
    const span = document.createElement("span");
    span.className = life.hue;
    span.style.left = life.x + "px";
    span.textContent = life.name;
    return span;
  }));
}
chart.addEventListener("scroll", names, { passive: true });
filter();
names();
`;
