// Live updates, filter, copy, ages, the number line. The page can be read without this file.
"use strict";
const $ = (id) => document.getElementById(id);
const live = $("live");
$("keys").hidden = false;
let version = document.body.dataset.version;

function say(text, stale) {
  live.textContent = text;
  live.classList.add("on");
  live.classList.toggle("stale", Boolean(stale));
}

// Changes, as the server sends them to all tabs (feed.js).
const heard = {
  hello(data) { say("live"); if (data.version !== version) loadBoard(); },
  cells: replaceCells,
  board: loadBoard,
  trouble(data) { say(data.text, true); },
  lost(data) { say(data.failures < 3 ? "reconnecting" : "not live: start portman dashboard again", true); },
};
function listen() {
  const take = (message) => heard[message.name](message.data);
  if (typeof SharedWorker === "function") {
    const worker = new SharedWorker("/assets/feed.js");
    worker.port.onmessage = (event) => take(event.data);
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    return;
  }
  const script = document.createElement("script");
  script.src = "/assets/feed.js";
  script.onload = () => join({ postMessage: take });
  document.head.append(script);
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

function replaceCells(update) {
  for (const [key, cell] of Object.entries(update.cells)) {
    const place = $(key);
    if (!place) continue;
    const focused = place.contains(document.activeElement);
    place.innerHTML = cell.html;
    const state = "cell state-" + cell.state;
    if (place.className.replace(" changed", "") !== state) {
      place.className = state;
      void place.offsetWidth; // restarts the animation
      place.classList.add("changed");
    }
    if (focused) place.querySelector("a, button")?.focus();
  }
  version = update.version;
  if (!$("q").value) $("summary").innerHTML = update.summary;
  setAttention(update.attention);
}

function setAttention(html) {
  const place = $("attention");
  if (place.dataset.last === html) return; // a live region is read out again when it changes
  place.dataset.last = html;
  place.innerHTML = html;
  showCopies();
}

async function loadBoard() {
  const answer = await fetch("/?q=" + encodeURIComponent($("q").value));
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["board", "summary", "log", "facts"]) $(id).replaceChildren(...fresh.getElementById(id).childNodes);
  svg.replaceChildren(...fresh.querySelector(".line svg").childNodes);
  readLine();
  setAttention(fresh.getElementById("attention").innerHTML);
  version = fresh.body.dataset.version;
}

// Filter.
let pause = 0;
$("q").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const words = $("q").value;
    history.replaceState(null, "", words ? "/?q=" + encodeURIComponent(words) : "/");
    loadBoard();
  }, 120);
});
$("search").addEventListener("submit", (event) => event.preventDefault());

// Keys.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea");
  if (event.key === "Escape" && event.target.id === "q") {
    $("q").value = "";
    $("q").dispatchEvent(new Event("input"));
    $("q").blur();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    $("q").focus();
  } else if (event.key === "e" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    $("address").focus();
  }
});

// Copying a command; explaining; checks; QR codes; actions.
function showCopies() {
  if (navigator.clipboard) for (const one of document.querySelectorAll(".copy[hidden]")) one.hidden = false;
}
document.addEventListener("click", async (event) => {
  const target = event.target;
  if (target.dataset.copy) {
    await navigator.clipboard.writeText(target.dataset.copy);
    target.textContent = "copied";
    setTimeout(() => { target.textContent = "copy"; }, 1200);
  } else if (target.id === "run-doctor") {
    event.preventDefault();
    target.textContent = "Checking…";
    $("doctor").innerHTML = await (await fetch("/doctor")).text();
  } else if (target.dataset.qr) {
    event.preventDefault();
    const picture = Object.assign(document.createElement("img"), { src: target.href, alt: "QR code of " + target.dataset.qr });
    show("For another device", [picture, line(target.dataset.qr)]);
  } else if (target.dataset.action) {
    const { action, key, command } = target.dataset;
    if (action === "free") act(action, { key }); // its answer is a plan
    else confirmed("Run this command?", [line(command, "code")], () => act(action, { key }));
  } else if (target.dataset.close) {
    $("dialog").close();
  }
});
$("explain-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = $("address").value;
  $("explained").innerHTML = await (await fetch("/explain?address=" + encodeURIComponent(asked))).text();
});

function line(text, tag = "p") {
  return Object.assign(document.createElement(tag), { textContent: text });
}
function show(title, parts, buttons = []) {
  const heading = line(title, "h2");
  heading.id = "dialog-title";
  const close = line("Close", "button");
  close.dataset.close = "1";
  close.autofocus = true; // Enter alone changes nothing
  const foot = document.createElement("p");
  foot.append(...buttons, " ", close);
  $("dialog").replaceChildren(heading, ...parts, foot);
  if (!$("dialog").open) $("dialog").showModal();
}
async function act(name, fields) {
  const body = new URLSearchParams({ ...fields, form: document.body.dataset.form });
  const answer = await fetch("/actions/" + name, { method: "POST", body, headers: { accept: "application/json" } });
  const done = answer.headers.get("content-type")?.includes("json") ? await answer.json() : { error: await answer.text() };
  if (done.error) return show("Not done", [line(done.error), ...(done.hints || []).map((hint) => line(hint, "code"))]);
  const parts = [line(done.command, "code"), ...done.steps.map((one) => line(one)), ...done.problems.map((one) => line(one))];
  if (!done.token) return show(done.ok ? "Done" : "Not done", parts);
  confirmed("This would end", parts, () => act("consent", { token: done.token }));
}
function confirmed(title, parts, then) {
  const agree = line("Do exactly this", "button");
  agree.addEventListener("click", then);
  show(title, parts, [agree]);
}

// How long something has been running.
function age(seconds) {
  for (const [size, word] of [[604800, "week"], [86400, "day"], [3600, "hour"], [60, "minute"]]) {
    const count = Math.floor(seconds / size);
    if (count >= 2) return `${count} ${word}s`;
  }
  return `${Math.max(0, Math.floor(seconds))} seconds`;
}
setInterval(() => {
  if (document.hidden) return;
  for (const one of document.querySelectorAll("[data-since]")) one.textContent = age(Date.now() / 1000 - Number(one.dataset.since));
}, 5000);

// The number line: what a number means when pointed at.
const svg = document.querySelector(".line svg");
let stretches = [], marks = new Map();
function readLine() {
  stretches = [...svg.querySelectorAll("rect")].map((one) => one.querySelector("title").textContent);
  marks = new Map([...svg.querySelectorAll(".mark title")].map((one) => one.textContent.split(/: (.*)/s).slice(0, 2)));
  meaning(Number($("number").value));
}
const zones = [[0, 1023, 0, 120], [1024, 49151, 120, 600], [49152, 65535, 600, 1000]];
function meaning(port) {
  const here = stretches.filter((text) => {
    const [, first, last] = text.match(/ (\d+)-(\d+): /);
    return port >= Number(first) && port <= Number(last);
  });
  const text = [marks.get(String(port)), ...here].filter(Boolean).join("; ");
  $("meaning").textContent = text;
  const [first, last, from, to] = zones.find((zone) => port <= zone[1]);
  const x = from + ((to - from) * (port - first)) / (last - first + 1);
  for (const end of ["x1", "x2"]) $("needle").setAttribute(end, x);
  $("needle").classList.add("shown");
}
svg.addEventListener("pointermove", (event) => {
  const box = svg.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * 1000;
  const [first, last, from, to] = zones.find((zone) => x <= zone[3]) || zones[2];
  let port = Math.round(first + ((x - from) / (to - from)) * (last - first));
  for (const known of marks.keys()) if (Math.abs(Number(known) - port) < 60) port = Number(known);
  $("number").value = Math.min(65535, Math.max(0, port));
  meaning(Number($("number").value));
});
$("number").addEventListener("input", () => meaning(Math.min(65535, Math.max(0, Number($("number").value) || 0))));
document.querySelector(".pointer").hidden = false;
readLine();

// The machines of a shared ledger: its server may be slow, so the page does not wait for it.
async function askMachines() {
  const place = $("team");
  if (!place || document.hidden) return;
  const text = await (await fetch("/machines")).text();
  if (place.dataset.last === text) return;
  const open = new Set([...place.querySelectorAll("[open] b:first-child")].map((one) => one.textContent));
  place.dataset.last = text;
  place.innerHTML = text;
  for (const one of place.querySelectorAll("details")) one.open ||= open.has(one.querySelector("b").textContent);
}
if ($("team")) {
  askMachines();
  setInterval(askMachines, 30000);
}

showCopies();
listen();
