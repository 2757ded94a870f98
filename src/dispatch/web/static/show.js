// From what the page knows to what it shows. An element is made again only when what it shows has changed.

import { $, h, keep } from "./dom.js";
import { getJson } from "./read.js";
import {
  ROUND, S, because, dayMark, fill, format, now, remember, subject, titled, today, where, who, word,
} from "./state.js";
import { EVENTS, RULES } from "./words.js";

export const QUIET = new Set(["RouteChanged", "PlanCommitted", "PlanDirected", "OrderTold", "MessageNoted", "WalkLaidOut"]);
const ALARMS = new Set([
  "OrderUnplanned", "OrderShort", "VisitFailed", "VisitRefused", "PromiseMissed", "ZoneUncovered", "WorkerAbsent", "PlanRefused",
  "PromisesAtRisk",
]);
const STATES = ["opened", "planned", "told", "accepted", "on_the_way", "arrived", "could_not", "done"];
const ONE_BY_ONE = new Set(["on_the_way", "arrived"]);
const ACTIVE = new Set(["planned", "told", "accepted", "on_the_way", "arrived"]);
const COLUMNS = ["when", "order", "what", "where", "who", "state", "promise"];
const KINDS = ["repair", "cleaning", "patrol"];
const SHOWN = 400, WAITING = 100, REASONS = 3, SOON_MS = 10 * 60e3;

// What everything shown depends on beside itself: the language, the names, the area chosen and the day.
const look = (area) => `${S.lang} ${S.version} ${S.area} ${today(area)}`;

// ---- promises, order, search
function promise(row) {
  if (!row.due) return null;
  const due = Date.parse(row.due), start = row.start ? Date.parse(row.start) : null;
  const arrived = row.arrived_at ? Date.parse(row.arrived_at) : null;
  let mark = due < now() ? "late" : due - now() < SOON_MS ? "soon" : "";
  if (start && start > due) mark = "willBeLate";
  if (arrived) mark = "kept";
  if (row.missed || (arrived && arrived > due)) mark = "late";
  return { mark, tone: mark === "willBeLate" ? "late" : mark };
}
const amiss = (row) => (row.walk || []).filter((one) => one.standing && one.standing !== "in_time");
const isLate = (row) => amiss(row).length > 0 || (row.status !== "done" && ["late", "willBeLate"].includes(promise(row)?.mark));

function matches(row) {
  const text = $("#find").value.trim().toLowerCase(), kind = $("#kind").value;
  if (kind && (row.kind || S.orders.get(`${row.area}.${row.id}`)?.kind) !== kind) return false;
  if (!text) return true;
  const workers = row.workers || [];
  const hay = [row.order || row.id, row.request, row.source, row.category, subject(row), ...workers,
    who(row.area, workers), ...where(row.area, row.place || {})];
  return hay.some((part) => part && part.toLowerCase().includes(text));
}

// What could not be done first, then by time; what is done last, the newest of it first.
function sortKey(row) {
  const rank = row.status === "could_not" ? 0 : row.status === "done" ? 2 : 1;
  if (rank === 2) return [rank, -Date.parse(row.done_at || row.start || 0)];
  return [rank, Date.parse(row.start || row.due || row.reported_at)];
}
function inOrder(rows) {
  const keyed = rows.map((row) => [sortKey(row), row]);
  keyed.sort(([[rank, at]], [[otherRank, otherAt]]) => rank - otherRank || at - otherAt);
  return keyed.map(([, row]) => row);
}

// What was promised soonest first; what nobody was promised by when it was reported.
function mostPressing(rows) {
  const at = (row) => Date.parse(row.due || (row.origin === "round" && roundStart(row.id)) || row.reported_at || row.since);
  return rows.sort((one, other) => at(one) - at(other));
}

// ---- the board
const tag = (tone, text) => h("span", { class: `tag ${tone}` }, text);
const moment = (iso, area) => `${dayMark(iso, area)} ${format(iso, area, "clock")}`.trim();

function orderButton(area, id, called) {
  const show = () => showHistory(area, id), text = called || id.replace(ROUND, "");
  return h("button", { type: "button", class: "link", "data-key": `${area}.${id}`, onclick: show }, text);
}

function person(row, id) {
  // An order has come as far as the first of its crew: of the others it is said how far they have.
  const still = ONE_BY_ONE.has(row.status) && (row.told?.[0].includes(id) ? "told" : "planned");
  const stage = ACTIVE.has(row.status) && (row.stages?.[id] || still);
  return h("span", {}, who(row.area, [id]), stage && stage !== row.status ? ` (${word(stage)})` : "", h("br"));
}

function scans(row) {
  const walk = row.walk || [];
  if (!walk.length) return "";
  const wrong = amiss(row).map((one) => h("span", { class: "reason" }, Object.values(scan({ area: row.area, data: one })).join(" ")));
  return [h("small", {}, fill(word("scanned"), [walk.filter((one) => one.seen).length, walk.length])), wrong];
}

function boardRow(row) {
  const [place, path] = where(row.area, row.place), due = promise(row), workers = row.workers || [];
  const aside = [S.zones.size > 1 && !S.area && row.area, word(row.kind), row.rework_of && word("rework")];
  const span = () => `${format(row.start, row.area, "clock")}–${format(row.end, row.area, "clock")}`;
  const cells = {
    when: row.start ? [span(), h("small", {}, dayMark(row.start, row.area))] : "—",
    order: [orderButton(row.area, row.order, row.request), h("small", {}, aside.filter(Boolean).join(" · "))],
    what: [subject(row), row.urgency === "urgent" ? [" ", tag("urgent", word("urgent"))] : ""],
    where: [place, h("small", {}, path)],
    who: workers.length ? workers.map((id) => person(row, id)) : h("span", { class: "reason" }, word("nobody")),
    state: [tag(row.status, word(row.status)), row.pinned ? h("small", {}, word("pinned")) : "", scans(row)],
    promise: due && [`${moment(row.due, row.area)} `, due.mark && tag(due.tone, word(due.mark))],
  };
  const key = `${row.area}.${row.order}`, lit = S.changed.delete(key);
  const marks = [row.status === "done" && "done", lit && "changed"].filter(Boolean).join(" ");
  const element = h("tr", { role: "row", "data-row": key, class: marks },
    COLUMNS.map((name) => h("td", { role: "cell", class: `at-${name}` }, cells[name])));
  element.addEventListener("animationend", () => element.classList.remove("changed"));
  return element;
}

// ---- what is not in the plan
function roundStart(id) {
  const [, year, month, day, hour, minute] = id.match(/-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)$/) || [];
  return year ? `${year}-${month}-${day}T${hour}:${minute}:00Z` : null;
}

function reasonLines(reason) {
  const own = because(reason);
  const hints = [own !== reason.message && reason.message, reason.hint && `→ ${reason.hint}`].filter(Boolean);
  return [h("span", { class: "reason" }, own), hints.map((hint) => h("span", { class: "hint" }, hint))];
}

function unplannedRow(row) {
  const [place, path] = where(row.area, row.place || {}), due = promise(row);
  const round = row.origin === "round" && roundStart(row.id);
  const request = S.orders.get(`${row.area}.${row.id}`)?.request;
  return h("li", { "data-row": `${row.area}.${row.id}` },
    row.of === "zone" ? `${word("zone")} ${row.id}` : orderButton(row.area, row.id, request), " ",
    round ? h("b", {}, `${moment(round, row.area)} `) : "",
    [row.of === "zone" ? "" : subject(row), place].filter(Boolean).join(" · "), " ",
    due ? tag(due.tone || "opened", `${word("promise")} ${moment(row.due, row.area)}`) : "",
    path ? h("small", {}, path) : "",
    (row.reasons || []).slice(0, REASONS).map(reasonLines));
}

// ---- as it happens
function told(event, brief) {
  const data = event.data, order = S.orders.get(`${event.area}.${event.id}`);
  const ids = data.workers || (typeof data.worker === "string" ? [data.worker] : data.helper ? [data.helper] : []);
  const round = titled("round", event.area, event.id.replace(ROUND, ""));
  const known = () => [subject({ order: event.id, ...order, area: event.area }), where(event.area, order.place)[0]];
  const what = order ? known().filter(Boolean).join(" · ") : round?.title || event.id;
  const when = typeof data.start === "string" ? moment(data.start, event.area) : "";
  const id = titled("worker", event.area, event.id)?.name || event.id;
  const whole = EVENTS[event.type]?.[S.lang === "zh" ? 0 : 1] || event.type;
  const pattern = brief ? whole.replace(/[:：] ?\{what\}/, "") : whole;
  const text = fill(pattern, { who: who(event.area, ids), when, what, id, ...scan(event) });
  const said = [data.remark?.text, data.round && event.type === "OrderCancelled" && word("notWalked")];
  return { text, reasons: [...(data.reasons || []), ...said.filter(Boolean).map((message) => ({ message }))] };
}

// Which checkpoint was scanned, and how it stands.
const STANDINGS = { late: "checkpointLate", missed: "checkpointMissed" };
function scan({ area, data: { checkpoint, standing } }) {
  return { where: checkpoint ? where(area, { checkpoint })[0] : "", standing: standing ? word(STANDINGS[standing] || standing) : "" };
}

function feedItem(event) {
  const { text, reasons } = told(event);
  const why = reasons.slice(0, 1).map((one) => h("small", {}, because(one)));
  return h("li", {}, h("time", { datetime: event.recorded_at }, format(event.recorded_at, event.area, "clock")),
    h("span", { class: ALARMS.has(event.type) ? "late" : null }, text, why));
}

// ---- all of it
function chips(within) {
  const chip = (key, count, alarm) => {
    const pressed = S.state === key, press = () => { S.state = S.state === key ? "" : key; render(); };
    const props = { type: "button", "data-key": `chip-${key}`, "aria-pressed": String(pressed), onclick: press };
    if (alarm && count) props.class = "alarm";
    const shown = S.known ? String(count) : "";
    return [key, [S.lang, shown, pressed], () => h("button", props, word(key || "all"), h("b", {}, shown))];
  };
  const numberOf = (state) => within.filter((row) => row.status === state).length;
  return [chip("", within.length), chip("late", within.filter(isLate).length, true),
    ...STATES.map((state) => chip(state, numberOf(state), state === "could_not"))];
}

// Before all was read nobody can say how many there are, least of all that there are none.
const counted = (name, count) => (S.known ? `${word(name)} ${count}` : word(name));

function showUnplanned() {
  const rows = mostPressing([...S.unplanned.values()].filter(matches));
  $("#unplanned").className = rows.length ? "" : S.known ? "none" : "unknown";
  $("#unplanned-title").textContent = counted("unplanned", rows.length);
  const items = rows.slice(0, WAITING).map((row) => {
    const key = `${row.area}.${row.of}.${row.id}`, request = S.orders.get(`${row.area}.${row.id}`)?.request;
    return [key, [row, look(row.area), promise(row)?.mark, request], () => unplannedRow(row)];
  });
  const nothing = word(!S.known ? "connecting" : S.unplanned.size ? "empty" : "nothing");
  const more = fill(word("more"), [WAITING, rows.length]);
  if (!rows.length) items.push(["", [nothing], () => h("li", { class: "empty" }, nothing)]);
  if (rows.length > WAITING) items.push(["", [more], () => h("li", { class: "empty" }, more)]);
  keep($("#unplanned ul"), items);
}

function showBoard(within) {
  // What nobody is planned for stands above, with its reasons.
  const chosen = inOrder(within.filter((row) =>
    S.state === "late" ? isLate(row) : S.state ? row.status === S.state : row.status !== "opened" || row.start));
  $("#board-title").textContent = counted("board", chosen.length);
  keep($("#board thead tr"), COLUMNS.map((one) =>
    [one, [S.lang], () => h("th", { role: "columnheader", scope: "col", class: `at-${one}` }, word(one))]));
  keep($("#board tbody"), chosen.slice(0, SHOWN).map((row) => {
    const key = `${row.area}.${row.order}`;
    return [key, [row, look(row.area), promise(row)?.mark], () => boardRow(row)];
  }));
  const more = chosen.length > SHOWN ? fill(word("more"), [SHOWN, chosen.length]) : "";
  $("#more").textContent = chosen.length ? more : word(!S.known ? "connecting" : S.rows.size ? "empty" : "noOrders");
  S.changed.clear();
}

export function showFeed() {
  keep($("#feed ol"), S.feed.map((event) =>
    [event.position, [look(event.area), S.orders.has(`${event.area}.${event.id}`)], () => feedItem(event)]));
}

export function showLink() {
  $("#link").className = S.link;
  $("#link").textContent = word(S.link);
  if (S.now) $("#clock").textContent = `${today(S.area)} ${format(now(), S.area, "clock")}`;
}

export function showChoices() {
  document.documentElement.lang = S.lang;
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  $("#language").textContent = word("other");
  const options = (select, names, chosen) => keep(select, names.map(([value, text]) => {
    const selected = value === chosen;
    return [value, [text, selected], () => h("option", { value, selected }, text)];
  }));
  options($("#area"), ["", ...S.zones.keys()].map((name) => [name, name || word("all")]), S.area);
  options($("#kind"), ["", ...KINDS].map((kind) => [kind, word(kind || "all")]), $("#kind").value);
  $("#area").parentElement.hidden = S.zones.size < 2;
}

export function render() {
  showChoices();
  const within = [...S.rows.values()].filter(matches);
  keep($("#chips"), chips(within));
  showUnplanned();
  showBoard(within);
  showFeed();
  showLink();
}

// ---- one order
async function showHistory(area, id) {
  const dialog = $("#history");
  try {
    const path = `/orders/${encodeURIComponent(area)}/${encodeURIComponent(id)}`;
    const [{ row }, { events }] = await Promise.all([getJson(path), getJson(`${path}/history?remarks=true`)]);
    remember(`${area}.${id}`, row);
    fillHistory(area, id, row, events);
  } catch (error) {
    $("#history-title").textContent = error.message;
    dialog.querySelector("dl").replaceChildren();
    dialog.querySelector("ol").replaceChildren();
  }
  dialog.showModal();
}

function fillHistory(area, id, row, history) {
  const place = where(area, row.place), at = (iso) => iso && format(iso, area, "full");
  const facts = {
    order: id, source: row.source, what: subject({ ...row, area }), where: place.filter(Boolean).join(" · "),
    household: row.household, reported: at(row.reported_at), due: at(row.due),
    when: row.start && `${at(row.start)} – ${format(row.end, area, "clock")}`,
    who: who(area, row.workers || []), state: word(row.status || "opened"),
  };
  $("#history-title").textContent = `${word("order")} ${row.request || id}`;
  $("#history dl").replaceChildren(...Object.entries(facts).filter(([, value]) => value)
    .flatMap(([key, value]) => [h("dt", {}, word(key)), h("dd", {}, value)]));
  $("#history ol").replaceChildren(...history.map((event) => {
    const { text, reasons } = told(event, true);
    const origin = `${event.type} · ${word("by")} ${event.by} · ${event.position}`;
    return h("li", {}, h("time", { datetime: event.happened_at }, at(event.happened_at)),
      h("span", { class: ALARMS.has(event.type) ? "reason" : null }, text, h("small", {}, origin),
        reasons.map((one) => h("small", {}, RULES[one.rule] ? because(one) : one.message))));
  }));
}
