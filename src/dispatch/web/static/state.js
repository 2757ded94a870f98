// What the page knows, and how it calls things: names, places, times.

import { RULES, WORDS } from "./words.js";

export const NAMED = ["worker", "place", "category", "round"];
const ORDERS_KEPT = 5000;

export const S = {
  lang: localStorage.getItem("lang") || (navigator.language.startsWith("zh") ? "zh" : "en"),
  area: localStorage.getItem("area") || "",
  state: "", // the chip that is pressed
  zones: new Map(), // time zones by area
  names: Object.fromEntries(NAMED.map((kind) => [kind, new Map()])),
  version: 0, // of the names; what was written with older ones is written anew
  rows: new Map(), // the board by `<area>.<order>`
  unplanned: new Map(), // the same for what is not in the plan, and `<area>.zone-<zone>`
  orders: new Map(), // what orders are about, also of some that have ended
  feed: [],
  stale: new Map(), // keys of rows to be read again, with the position the reading must have reached
  changed: new Set(), // keys of rows to be lit up
  seen: 0, // the position of the last event
  begun: 0, // the position the page began at
  generation: 0, // of the whole: what was asked for by an earlier one is not shown
  now: 0,
  nowAt: 0,
  known: false, // whether all rows were read
  link: "connecting",
};

// ---- words
export const word = (key) => (WORDS[key] ? WORDS[key][S.lang === "zh" ? 0 : 1] : String(key ?? ""));
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
export const because = (reason) => (S.lang === "zh" && RULES[reason.rule]) || reason.message;

// ---- names
export const titled = (kind, area, id) => S.names[kind].get(`${area}.${id}`) || S.names[kind].get(`all.${id}`);
export const who = (area, ids) =>
  ids.map((id) => titled("worker", area, id)?.name || id).join(S.lang === "zh" ? "、" : ", ");

// The order of a round is called after it and the minute it falls due.
export const ROUND = /-\d{8}t\d{4}$/;
export function subject(row) {
  const round = row.origin === "round" && titled("round", row.area, (row.order || row.id).replace(ROUND, ""));
  const fallback = row.category === "round" ? word("patrol") : row.category;
  return (round && round.title) || titled("category", row.area, row.category)?.title || fallback;
}

export function where(area, ref) {
  const id = ref.unit || ref.site || ref.checkpoint;
  if (!id) return ref.lat === undefined ? ["", ""] : [`${ref.lat.toFixed(4)}, ${ref.lon.toFixed(4)}`, ""];
  const path = [];
  for (let at = titled("place", area, id); at && path.length < 4; at = at.within && titled("place", area, at.within)) {
    path.push(at.title || at.id);
  }
  return [id, path.reverse().join(" · ")];
}

export function remember(key, order) {
  S.orders.delete(key);
  S.orders.set(key, order);
  if (S.orders.size <= 2 * ORDERS_KEPT + S.rows.size) return;
  for (const old of S.orders.keys()) {
    if (S.orders.size <= ORDERS_KEPT + S.rows.size) break;
    if (!S.rows.has(old)) S.orders.delete(old);
  }
}

// ---- times
const STYLES = {
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { year: "numeric", month: "2-digit", day: "2-digit" },
  short: { month: "2-digit", day: "2-digit" },
  full: { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
const formats = new Map();
export function format(iso, area, style) {
  const timeZone = S.zones.get(area) || [...S.zones.values()][0] || "UTC", key = `${timeZone}/${style}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-CA", { timeZone, hourCycle: "h23", ...STYLES[style] }));
  }
  return formats.get(key).format(new Date(iso));
}
export const now = () => S.now + performance.now() - S.nowAt;
export const today = (area) => format(now(), area, "day");
export const dayMark = (iso, area) => (format(iso, area, "day") === today(area) ? "" : format(iso, area, "short"));
export function setNow(at) {
  S.now = at;
  S.nowAt = performance.now();
}
