// The live board: read all once, then follow the stream and read again only what something happened to.

import { $ } from "./dom.js";
import { getJson, readAreas, readBoard, readChanged, readNames } from "./read.js";
import { NAMED, S, now, remember, setNow } from "./state.js";
import { QUIET, render, showFeed, showLink } from "./show.js";
import { EVENTS } from "./words.js";

const FEED = 120, RECENT = 400, PACE_MS = 250, AGAIN_MS = 2000, TICK_MS = 30000;
const RECORDS = [...NAMED, "zone", "post", "contract", "policy"].flatMap((kind) => ["Registered", "Changed", "Retired", "Set"]
  .map((what) => kind[0].toUpperCase() + kind.slice(1) + what));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// ---- keeping up
let drawing = 0;
function draw() {
  drawing ||= setTimeout(() => { drawing = 0; render(); }, 50);
}

let reading = false, again = false, unknown = new Set();
// One reading at a time; what happens meanwhile is read by the next.
async function refresh() {
  if (reading) return;
  reading = true;
  while (S.link === "live" && (again || S.stale.size || unknown.size)) {
    try {
      if (again) { again = false; await readBoard(); }
      if (S.stale.size) await readChanged();
      draw();
      await readUnknown();
      await pause(PACE_MS);
    } catch (error) {
      console.warn(error.message);
      await pause(AGAIN_MS);
    }
  }
  reading = false;
}

// Orders that ended before the page began: the feed tells of them, so it must know what they were about.
async function readUnknown() {
  const keys = [...unknown].filter((key) => !S.orders.has(key));
  unknown = new Set();
  for (const key of keys) {
    const [area, id] = key.split(".");
    try {
      remember(key, (await getJson(`/orders/${area}/${id}`)).row);
    } catch (error) {
      if (error.code !== "unknown_order") throw error;
    }
  }
  if (keys.length) showFeed();
}

function setLink(state) {
  S.link = state;
  showLink();
  if (state === "live") refresh();
}

// ---- the stream
function listen(after) {
  S.source?.close();
  const areas = S.area ? [["area", S.area], ["area", "all"]] : [];
  const source = (S.source = new EventSource(`/stream?${new URLSearchParams([["after", after], ...areas])}`));
  source.onopen = () => setLink("live");
  source.onerror = () => {
    if (S.source !== source) return;
    setLink("lost");
    // The browser comes back by itself after a broken connection, and gives up after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => S.source === source && comeBack(), AGAIN_MS);
  };
  for (const type of new Set([...Object.keys(EVENTS), ...QUIET, ...RECORDS])) source.addEventListener(type, take);
}

async function comeBack() {
  try {
    const stop = new AbortController(), response = await fetch(`/stream?after=${S.seen}`, { signal: stop.signal });
    stop.abort();
    if (response.status !== 409) return listen(S.seen);
    setLink("reset");
    await start();
  } catch { setTimeout(comeBack, AGAIN_MS); }
}

function take(message) {
  const event = JSON.parse(message.data), key = `${event.area}.${event.id}`;
  S.seen = event.position;
  const at = Date.parse(event.recorded_at);
  if (at > now()) setNow(at);
  if (event.area !== "all" && !S.zones.has(event.area)) S.zones.set(event.area, "UTC");
  if (RECORDS.includes(event.type)) takeRecord(event, key);
  if (event.kind === "order") takeOrder(event, key);
  if (event.kind === "zone") S.stale.set(`${event.area}.zone-${event.id}`, event.position);
  if (EVENTS[event.type] && !QUIET.has(event.type)) {
    S.feed.unshift(event);
    S.feed.length = Math.min(S.feed.length, FEED);
  }
  draw();
  refresh();
}

function takeOrder(event, key) {
  if (event.type === "OrderOpened") remember(key, event.data);
  else if (!S.orders.has(key)) unknown.add(key);
  if (event.position > S.begun) S.stale.set(key, event.position);
}

// The event holds the whole record: nothing needs to be read for it.
function takeRecord(event, key) {
  if (event.kind === "policy") S.zones.set(event.area, event.data.policy.time_zone || "UTC");
  const names = S.names[event.kind];
  if (names && event.type.endsWith("Retired")) names.delete(key);
  else if (names) names.set(key, event.data[event.kind]);
  S.version += 1;
}

// ---- beginning
async function start() {
  const mine = ++S.generation;
  S.source?.close();
  for (const all of [S.rows, S.unplanned, S.stale, S.changed]) all.clear();
  Object.assign(S, { feed: [], seen: 0, state: "", known: false });
  try {
    setNow(Date.parse((await getJson("/health")).now));
    await readAreas();
    await readNames();
    const position = await readBoard();
    if (mine !== S.generation) return;
    render();
    S.begun = position;
    listen(Math.max(0, position - RECENT));
  } catch (error) {
    console.warn(error.message);
    setLink("lost");
    setTimeout(() => mine === S.generation && start(), AGAIN_MS);
  }
}

function choose(key, value) {
  S[key] = value;
  localStorage.setItem(key, value);
}
$("#area").addEventListener("change", (event) => { choose("area", event.target.value); start(); });
$("#language").addEventListener("click", () => { choose("lang", S.lang === "zh" ? "en" : "zh"); render(); });
$("#kind").addEventListener("change", render);
$("#find").addEventListener("input", render);
$("#day").addEventListener("change", () => { again = true; refresh(); });
$("#filters").addEventListener("submit", (event) => event.preventDefault());
setInterval(showLink, 1000);
// Promises run out also when nothing happens.
setInterval(() => document.hidden || render(), TICK_MS);
render();
start();
