// Reading rows and names over HTTP. What changed is read by its key, all of it only at the beginning.

import { $ } from "./dom.js";
import { NAMED, S, remember } from "./state.js";

const AT_ONCE = 60; // keys asked for together; an address has a length
const MANY = 600; // so many changed rows are read faster with all the others

export async function getJson(path) {
  const response = await fetch(path, { cache: "no-store" });
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.reason), body);
  return body;
}

async function allRows(path, query) {
  const rows = [];
  let position = Infinity, after = "";
  do {
    const page = await getJson(`${path}?${new URLSearchParams({ limit: 1000, after, ...query })}`);
    rows.push(...page.rows);
    position = Math.min(position, page.position);
    after = page.next;
  } while (after);
  return { rows, position };
}

const inArea = () => (S.area ? { area: S.area } : {});
const onDay = () => ($("#day").value ? { day: $("#day").value } : {});
const unplannedKey = (row) => `${row.area}.${row.of === "zone" ? "zone-" : ""}${row.id}`;

function withStatus(row) {
  row.status ||= "opened";
  return row;
}

export async function readAreas() {
  const areas = await getJson("/areas");
  S.zones = new Map(areas.map((one) => [one.area, one.time_zone]));
  if (S.area && !S.zones.has(S.area)) S.area = "";
}

export async function readNames() {
  for (const kind of NAMED) {
    const { rows } = await allRows(`/register/${kind}`, {});
    S.names[kind] = new Map(rows.map((row) => [`${row.area}.${row.id}`, row.item]));
  }
  S.version += 1;
}

export async function readBoard() {
  const generation = S.generation;
  const [board, unplanned] = await Promise.all([
    allRows("/board", { ...inArea(), ...onDay() }),
    allRows("/unplanned", inArea()),
  ]);
  if (generation !== S.generation) return 0;
  S.rows = new Map(board.rows.map((row) => [`${row.area}.${row.order}`, withStatus(row)]));
  for (const [key, row] of S.rows) remember(key, row);
  S.unplanned = new Map(unplanned.rows.map((row) => [unplannedKey(row), row]));
  S.known = true;
  const position = Math.min(board.position, unplanned.position);
  for (const [key, wanted] of S.stale) if (wanted <= position) S.stale.delete(key);
  return position;
}

// Read the rows that something happened to; those the read models do not show yet stay stale.
export async function readChanged() {
  if (S.stale.size > MANY) return readBoard();
  const keys = [...S.stale.keys()].slice(0, AT_ONCE), generation = S.generation;
  const named = new URLSearchParams(keys.map((key) => ["key", key]));
  const [board, unplanned] = await Promise.all([
    getJson(`/board?${named}&${new URLSearchParams(onDay())}`),
    getJson(`/unplanned?${named}`),
  ]);
  if (generation !== S.generation) return 0;
  const rows = new Map(board.rows.map((row) => [`${row.area}.${row.order}`, withStatus(row)]));
  const waiting = new Map(unplanned.rows.map((row) => [unplannedKey(row), row]));
  const position = Math.min(board.position, unplanned.position);
  for (const key of keys) {
    if (put(S.rows, key, rows.get(key))) S.changed.add(key);
    put(S.unplanned, key, waiting.get(key));
    if (rows.has(key)) remember(key, rows.get(key));
    if (S.stale.get(key) <= position) S.stale.delete(key);
  }
  return position;
}

// Whether it is shown otherwise now. A row that is as it was stays the same object: nothing is drawn again for it.
function put(shown, key, row) {
  if (row === undefined) return shown.delete(key);
  if (shown.get(key)?.position === row.position) return false;
  shown.set(key, row);
  return true;
}
