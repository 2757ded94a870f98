"use strict";
// The live board. Text from outside only ever becomes text nodes; nothing here parses markup.

const WORDS = {
  title: ["调度板", "Dispatch board"], area: ["调度区", "Area"], all: ["全部", "All"], kind: ["类别", "Kind"], day: ["日期", "Day"],
  find: ["查找", "Find"], feed: ["派工动态", "As it happens"], close: ["关闭", "Close"], skip: ["跳到工单", "Skip to the orders"],
  board: ["工单", "Work orders"], unplanned: ["未排", "Unplanned"], nothing: ["没有未排的工单。", "Everything is planned."],
  empty: ["没有符合条件的工单。", "No orders match."], more: ["只显示前 {0} 条，共 {1} 条；请缩小范围。", "The first {0} of {1}; narrow the search."],
  live: ["实时", "Live"], connecting: ["连接中…", "Connecting…"], lost: ["连接中断，正在重连…", "Connection lost, reconnecting…"],
  reset: ["日志已更换，重新读取。", "The log was replaced; read anew."], other: ["EN", "中文"],
  when: ["时间", "When"], order: ["工单", "Order"], what: ["事项", "What"], where: ["地点", "Where"], who: ["人员", "Who"], state: ["状态", "State"],
  promise: ["时限", "Promise"], urgent: ["紧急", "urgent"], pinned: ["已指定", "pinned"], rework: ["返修", "rework"], nobody: ["无人", "nobody"],
  late: ["超时", "late"], willBeLate: ["将超时", "will be late"], soon: ["即将到时", "due soon"], kept: ["按时到场", "kept"], zone: ["片区", "Zone"],
  reported: ["报修", "reported"], household: ["户", "Household"], due: ["时限", "Promised by"], history: ["经过", "History"], by: ["经办", "by"],
  repair: ["维修", "Repair"], cleaning: ["保洁", "Cleaning"], patrol: ["巡更", "Patrol"],
  opened: ["待派", "open"], planned: ["已排", "planned"], told: ["已通知", "told"], accepted: ["已接单", "accepted"], on_the_way: ["在途", "on the way"],
  arrived: ["已到场", "on site"], done: ["已完工", "done"], could_not: ["未办成", "could not"], closed: ["已结案", "closed"], cancelled: ["已取消", "cancelled"],
};
// What an event says in the feed: {who}, {when}, {what} are filled in.
const EVENTS = {
  OrderOpened: ["新工单：{what}", "New order: {what}"], OrderPlanned: ["派给 {who}，{when}：{what}", "{who} at {when}: {what}"],
  OrderUnplanned: ["未能排上：{what}", "Not planned: {what}"], OrderTold: ["已通知 {who}：{what}", "{who} told: {what}"],
  OrderPinned: ["调度指定 {who}：{what}", "Pinned to {who}: {what}"], OrderUnpinned: ["解除指定：{what}", "Unpinned: {what}"],
  OrderSpecified: ["目录已补：{what}", "Now in the catalogue: {what}"], VisitAccepted: ["{who} 已接单：{what}", "{who} accepted: {what}"],
  VisitRefused: ["{who} 不能去：{what}", "{who} cannot go: {what}"], WorkerOnTheWay: ["{who} 出发：{what}", "{who} on the way: {what}"],
  WorkerArrived: ["{who} 到场：{what}", "{who} on site: {what}"], VisitDone: ["{who} 完工：{what}", "{who} done: {what}"],
  VisitFailed: ["{who} 未办成：{what}", "{who} could not: {what}"], OrderRescheduled: ["改约：{what}", "New time agreed: {what}"],
  OrderClosed: ["回访结案：{what}", "Closed: {what}"], OrderCancelled: ["取消：{what}", "Cancelled: {what}"],
  PromiseMissed: ["超时未到场：{what}", "Promise missed: {what}"], ZoneGiven: ["片区 {id} 由 {who} 负责", "Zone {id} given to {who}"],
  ZoneUncovered: ["片区 {id} 无人负责", "Zone {id} has nobody"], WorkerAbsent: ["{id} 缺勤", "{id} is absent"], WorkerBack: ["{id} 返岗", "{id} is back"],
  PlanRefused: ["方案未通过检查", "A plan failed its check"], RequestAccepted: ["受理报事", "Request accepted"], RequestRepeated: ["重复报事", "Request repeated"],
};
// The rules by the names of `dispatch.solver.rules`, for the reason an order stays out.
const RULES = {
  skill: "技能或证件不符", allowed: "不得派遣", shift: "不在班次内", break: "与休息冲突", overlap: "时间冲突", window: "约定时间段内排不下", visits_cap: "上门次数已满",
  minutes_cap: "工时已满", crew: "人手不够同时到场", pin: "与调度指定冲突", households_cap: "户数已满", zone_minutes_cap: "片区工作量已满", late: "赶不上时限",
  unplanned: "排入代价过高", unknown_category: "目录中没有此类工作", unknown_place: "没有登记的地点", unknown_area: "没有登记的调度区", window_past: "约定时间已过",
  awaits_desk: "未办成，待前台改约", not_yet: "尚未排班",
};
const QUIET = new Set(["RouteChanged", "PlanCommitted", "PlanDirected", "OrderTold"]);
const ALARMS = new Set(["OrderUnplanned", "VisitFailed", "VisitRefused", "PromiseMissed", "ZoneUncovered", "WorkerAbsent", "PlanRefused"]);
const STATES = ["planned", "told", "accepted", "on_the_way", "arrived", "could_not", "done"];
const NAMED = ["worker", "place", "category", "round"];
const ACTIVE = new Set(["planned", "told", "accepted", "on_the_way", "arrived"]);
const KINDS = ["repair", "cleaning", "patrol"];
const SHOWN = 400, FEED = 120, RECENT = 400, SOON_MS = 10 * 60e3;

const $ = (selector) => document.querySelector(selector);
const S = {
  lang: localStorage.getItem("lang") || (navigator.language.startsWith("zh") ? "zh" : "en"), area: "", zones: new Map(), rows: new Map(),
  unplanned: [], names: Object.fromEntries(NAMED.map((kind) => [kind, new Map()])), state: "", seen: 0, wanted: 0, feed: [], orders: new Map(),
  changed: new Set(), now: 0, nowAt: 0, source: null, link: "connecting", loading: null, again: false, tookMs: 0, generation: 0, begun: 0,
};

const word = (key) => (WORDS[key] ? WORDS[key][S.lang === "zh" ? 0 : 1] : String(key ?? ""));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// ---- names and times
const titled = (kind, area, id) => S.names[kind].get(`${area}.${id}`) || S.names[kind].get(`all.${id}`);
const who = (area, ids) => ids.map((id) => titled("worker", area, id)?.name || id).join(S.lang === "zh" ? "、" : ", ");
// The order of a round is called after it and the minute it falls due.
const ROUND = /-\d{8}t\d{4}$/;
const subject = (row) => (row.origin === "round" && titled("round", row.area, (row.order || row.id).replace(ROUND, ""))?.title)
  || titled("category", row.area, row.category)?.title || (row.category === "round" ? word("patrol") : row.category);
function where(area, ref) {
  const id = ref.unit || ref.site || ref.checkpoint;
  if (!id) return ref.lat === undefined ? ["", ""] : [`${ref.lat.toFixed(4)}, ${ref.lon.toFixed(4)}`, ""];
  const path = [];
  for (let at = titled("place", area, id); at && path.length < 4; at = at.within && titled("place", area, at.within)) path.push(at.title || at.id);
  return [id, path.reverse().join(" · ")];
}
const formats = new Map();
function format(iso, area, style) {
  const timeZone = S.zones.get(area) || [...S.zones.values()][0] || "UTC", key = `${timeZone}/${style}`;
  const styles = { clock: { hour: "2-digit", minute: "2-digit" }, day: { year: "numeric", month: "2-digit", day: "2-digit" },
    short: { month: "2-digit", day: "2-digit" }, full: { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } };
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-CA", { timeZone, hourCycle: "h23", ...styles[style] }));
  return formats.get(key).format(new Date(iso));
}
const now = () => S.now + performance.now() - S.nowAt;
const dayMark = (iso, area) => (format(iso, area, "day") === format(now(), area, "day") ? "" : format(iso, area, "short"));
function sawInstant(iso) {
  const at = Date.parse(iso);
  if (at > now()) { S.now = at; S.nowAt = performance.now(); }
}

// ---- reading
async function getJson(path) {
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
async function readNames() {
  for (const kind of NAMED) {
    const { rows } = await allRows(`/register/${kind}`, kind === "category" ? {} : inArea());
    S.names[kind] = new Map(rows.map((row) => [`${row.area}.${row.id}`, row.item]));
  }
}
async function readAreas() {
  const areas = await getJson("/areas");
  S.zones = new Map(areas.map((one) => [one.area, one.time_zone]));
  if (S.area && !S.zones.has(S.area)) S.area = "";
  if (areas.length === 1) S.area = areas[0].area;
  $("#area").replaceChildren(...["", ...S.zones.keys()].map((name) => h("option", { value: name, selected: name === S.area }, name || word("all"))));
}
async function readBoard() {
  const began = performance.now(), generation = S.generation;
  const day = $("#day").value;
  const [board, unplanned] = await Promise.all([allRows("/board", { ...inArea(), ...(day && { day }) }), allRows("/unplanned", inArea())]);
  if (generation !== S.generation) return Infinity;
  S.rows = new Map(board.rows.map((row) => [`${row.area}.${row.order}`, row]));
  for (const [key, row] of S.rows) {
    row.status ||= "opened";
    S.orders.set(key, row);
  }
  S.unplanned = unplanned.rows;
  S.tookMs = performance.now() - began;
  return Math.min(board.position, unplanned.position);
}
// One reading at a time; what happens meanwhile leads to another, the later the longer the last one took.
function refresh() {
  S.again = true;
  S.loading ??= (async () => {
    while (S.again) {
      S.again = false;
      try {
        const position = await readBoard();
        if (position < S.wanted) S.again = true;
        render();
      } catch (error) { S.again = S.link === "live"; console.warn(error); }
      await new Promise((resolve) => setTimeout(resolve, Math.max(400, 5 * S.tookMs)));
    }
    S.loading = null;
  })();
}

// ---- the stream
function listen(after) {
  S.source?.close();
  const source = (S.source = new EventSource(`/stream?${new URLSearchParams({ after, ...inArea() })}`));
  source.onopen = () => setLink("live");
  source.onerror = () => {
    setLink("lost");
    // The browser comes back by itself after a broken connection, and gives up after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => S.source === source && comeBack(), 2000);
  };
  for (const type of [...Object.keys(EVENTS), ...QUIET, "WorkerRegistered", "WorkerChanged", "PlaceRegistered", "PlaceChanged", "CategoryRegistered", "CategoryChanged", "PolicySet"]) source.addEventListener(type, take);
}
async function comeBack() {
  try {
    const stop = new AbortController(), response = await fetch(`/stream?after=${S.seen}`, { signal: stop.signal });
    stop.abort();
    if (response.status !== 409) return listen(S.seen);
    setLink("reset");
    await start();
  } catch { setTimeout(comeBack, 2000); }
}
let namesTimer = 0;
function take(message) {
  const event = JSON.parse(message.data);
  S.seen = event.position;
  sawInstant(event.recorded_at);
  if (/Registered|Changed|Set$/.test(event.type) && event.kind !== "schedule") {
    clearTimeout(namesTimer);
    namesTimer = setTimeout(async () => { await readAreas(); await readNames(); render(); }, 1000);
    return;
  }
  S.wanted = Math.max(S.wanted, event.position);
  if (event.kind === "order" && event.position > S.begun) S.changed.add(`${event.area}.${event.id}`);
  if (event.type === "OrderOpened") S.orders.set(`${event.area}.${event.id}`, event.data);
  if (!QUIET.has(event.type)) {
    S.feed.unshift(event);
    S.feed.length = Math.min(S.feed.length, FEED);
    feedSoon();
  }
  refresh();
}

// ---- showing
function told(event, brief) {
  const data = event.data, order = S.orders.get(`${event.area}.${event.id}`);
  const ids = data.workers || (data.worker && typeof data.worker === "string" ? [data.worker] : data.helper ? [data.helper] : []);
  const what = order ? [subject({ order: event.id, ...order, area: event.area }), where(event.area, order.place)[0]].filter(Boolean).join(" · ") : event.id;
  const when = data.start && typeof data.start === "string" ? `${dayMark(data.start, event.area)} ${format(data.start, event.area, "clock")}`.trim() : "";
  const pattern = EVENTS[event.type]?.[S.lang === "zh" ? 0 : 1];
  const text = pattern ? fill(brief ? pattern.replace(/[:：] ?\{what\}/, "") : pattern, { who: who(event.area, ids), when, what, id: titled("worker", event.area, event.id)?.name || event.id }) : event.type;
  return { text, reasons: data.reasons || (data.reason ? [{ message: data.reason }] : []) };
}
let feedTimer = 0;
function feedSoon() { feedTimer ||= setTimeout(() => { feedTimer = 0; renderFeed(); }, 150); }
function renderFeed() {
  $("#feed ol").replaceChildren(...S.feed.map((event) => {
    const { text, reasons } = told(event);
    return h("li", {}, h("time", { datetime: event.recorded_at }, format(event.recorded_at, event.area, "clock")),
      h("span", { class: ALARMS.has(event.type) ? "late" : null }, text, ...reasons.slice(0, 1).map((one) => h("small", {}, because(one)))));
  }));
}
function promise(row) {
  if (!row.due) return null;
  const due = Date.parse(row.due), start = row.start ? Date.parse(row.start) : null;
  const arrived = row.arrived_at ? Date.parse(row.arrived_at) : null;
  const mark = row.missed || (arrived && arrived > due) ? "late" : arrived ? "kept" : start && start > due ? "willBeLate"
    : due < now() ? "late" : due - now() < SOON_MS ? "soon" : "";
  return { mark, tone: { willBeLate: "late" }[mark] || mark };
}
const isLate = (row) => row.status !== "done" && ["late", "willBeLate"].includes(promise(row)?.mark);
function matches(row) {
  const text = $("#find").value.trim().toLowerCase(), kind = $("#kind").value;
  if (kind && row.kind !== kind) return false;
  if (!text) return true;
  const hay = [row.order || row.id, row.request, row.source, row.category, subject(row), ...where(row.area, row.place || {}),
    ...(row.workers || []), who(row.area, row.workers || [])];
  return hay.some((part) => part && part.toLowerCase().includes(text));
}
function sortKey(row) {
  const rank = row.status === "could_not" ? 0 : row.status === "done" ? 2 : 1;
  return [rank, rank === 2 ? -Date.parse(row.done_at || row.start || 0) : Date.parse(row.start || row.due || row.reported_at)];
}
function orderButton(row, id) {
  const key = `${row.area}.${id}`;
  return h("button", { type: "button", class: "link", "data-key": key, onclick: () => showHistory(row.area, id) }, row.request || id.replace(ROUND, ""));
}
function boardRow(row) {
  const key = `${row.area}.${row.order}`, place = where(row.area, row.place), due = promise(row), workers = row.workers || [];
  const people = workers.map((id) => h("span", {}, who(row.area, [id]), ACTIVE.has(row.status) && row.stages?.[id] && row.stages[id] !== row.status ? ` (${word(row.stages[id])})` : "", h("br")));
  const cells = {
    when: row.start ? [`${format(row.start, row.area, "clock")}–${format(row.end, row.area, "clock")}`, h("small", {}, dayMark(row.start, row.area))] : "—",
    order: [orderButton(row, row.order), h("small", {}, [row.area !== S.area ? row.area : "", word(row.kind), row.rework_of ? word("rework") : ""].filter(Boolean).join(" · "))],
    what: [subject(row), row.urgency === "urgent" ? [" ", h("span", { class: "tag urgent" }, word("urgent"))] : ""],
    where: [place[0], h("small", {}, place[1])],
    who: people.length ? people : h("span", { class: "reason" }, word("nobody")),
    state: [h("span", { class: `tag ${row.status}` }, word(row.status)), row.pinned ? h("small", {}, word("pinned")) : ""],
    promise: due ? [`${dayMark(row.due, row.area)} ${format(row.due, row.area, "clock")} `, due.mark ? h("span", { class: `tag ${due.tone}` }, word(due.mark)) : ""] : "",
  };
  return h("tr", { role: "row", class: [row.status === "done" ? "done" : "", S.changed.has(key) ? "changed" : ""].join(" ") },
    Object.entries(cells).map(([name, content]) => h("td", { role: "cell", class: `at-${name}` }, ...[content].flat(3))));
}
const because = (reason) => (S.lang === "zh" && RULES[reason.rule]) || reason.message;
function unplannedRow(row) {
  const place = where(row.area, row.place || {}), due = promise(row);
  return h("li", {}, row.of === "zone" ? `${word("zone")} ${row.id}` : orderButton({ ...row, request: S.orders.get(`${row.area}.${row.id}`)?.request }, row.id),
    ` ${subject(row)} · ${place[0]} `, due ? h("span", { class: `tag ${due.tone || "opened"}` }, `${word("promise")} ${format(row.due, row.area, "clock")}`) : "",
    ...(row.reasons || []).slice(0, 3).map((reason) => [h("span", { class: "reason" }, because(reason)), S.lang === "zh" && RULES[reason.rule] ? h("span", { class: "hint" }, reason.message) : "", reason.hint ? h("span", { class: "hint" }, `→ ${reason.hint}`) : ""]).flat());
}
function render() {
  const focused = document.activeElement?.dataset?.key;
  document.documentElement.lang = S.lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  $("#language").textContent = word("other");
  const within = [...S.rows.values()].filter(matches), counts = Map.groupBy ? Map.groupBy(within, (row) => row.status) : new Map(STATES.map((one) => [one, within.filter((row) => row.status === one)]));
  const chip = (key, count, alarm) => h("button", { type: "button", "aria-pressed": String(S.state === key), class: alarm && count ? "alarm" : null, onclick: () => { S.state = S.state === key ? "" : key; render(); } }, word(key || "all"), h("b", {}, String(count)));
  $("#chips").replaceChildren(chip("", within.length), chip("late", within.filter(isLate).length, true), ...STATES.map((one) => chip(one, counts.get(one)?.length || 0, one === "could_not")));
  const unplanned = S.unplanned.filter(matches);
  $("#unplanned").className = unplanned.length ? "" : "none";
  $("#unplanned-title").textContent = `${word("unplanned")} ${unplanned.length}`;
  $("#unplanned ul").replaceChildren(...(unplanned.length ? unplanned.slice(0, 100).map(unplannedRow) : [h("li", { class: "empty" }, word(S.unplanned.length ? "empty" : "nothing"))]));
  // What nobody is planned for stands above, with its reasons.
  const chosen = within.filter((row) => (S.state === "late" ? isLate(row) : S.state ? row.status === S.state : row.status !== "opened" || row.start));
  chosen.sort((one, other) => { const a = sortKey(one), b = sortKey(other); return a[0] - b[0] || a[1] - b[1]; });
  $("#board-title").textContent = `${word("board")} ${chosen.length}`;
  $("#board thead").replaceChildren(h("tr", { role: "row" }, ["when", "order", "what", "where", "who", "state", "promise"].map((one) => h("th", { role: "columnheader", scope: "col" }, word(one)))));
  $("#board tbody").replaceChildren(...chosen.slice(0, SHOWN).map(boardRow));
  $("#more").textContent = !chosen.length ? word("empty") : chosen.length > SHOWN ? fill(word("more"), [SHOWN, chosen.length]) : "";
  S.changed.clear();
  renderFeed();
  renderLink();
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
function setLink(state) { S.link = state; renderLink(); if (state === "live") refresh(); }
function renderLink() {
  $("#link").className = S.link;
  $("#link").textContent = word(S.link);
  if (S.now) $("#clock").textContent = `${format(now(), S.area, "day")} ${format(now(), S.area, "clock")}`;
}
async function showHistory(area, id) {
  const { row, history } = await getJson(`/orders/${encodeURIComponent(area)}/${encodeURIComponent(id)}`), place = where(area, row.place);
  S.orders.set(`${area}.${id}`, row);
  $("#history-title").textContent = `${word("order")} ${row.request || id}`;
  const facts = { order: id, what: subject({ ...row, area }), where: place.filter(Boolean).join(" · "), household: row.household, reported: format(row.reported_at, area, "full"),
    due: row.due && format(row.due, area, "full"), who: who(area, row.workers || []), state: word(row.status || "opened") };
  $("#history dl").replaceChildren(...Object.entries(facts).filter(([, value]) => value).flatMap(([key, value]) => [h("dt", {}, word(key)), h("dd", {}, value)]));
  $("#history ol").replaceChildren(...history.map((event) => {
    const { text, reasons } = told(event, true);
    return h("li", {}, h("time", { datetime: event.happened_at }, format(event.happened_at, area, "full")),
      h("span", { class: ALARMS.has(event.type) ? "reason" : null }, text, h("small", {}, `${event.type} · ${word("by")} ${event.by} · ${event.position}`), ...reasons.map((one) => h("small", {}, because(one)))));
  }));
  $("#history").showModal();
}

// ---- beginning
async function start() {
  S.generation += 1;
  Object.assign(S, { rows: new Map(), unplanned: [], feed: [], wanted: 0, seen: 0, state: "" });
  try {
    S.now = Date.parse((await getJson("/health")).now);
    S.nowAt = performance.now();
    await readAreas();
    await readNames();
    const position = await readBoard();
    render();
    S.begun = position;
    listen(Math.max(0, position - RECENT));
  } catch (error) {
    console.warn(error);
    setLink("lost");
    setTimeout(start, 2000);
  }
}
function choose() {
  const words = [["", "all"], ...KINDS.map((one) => [one, one])], kind = $("#kind").value;
  $("#kind").replaceChildren(...words.map(([value, key]) => h("option", { value, selected: value === kind }, word(key))));
}
$("#area").addEventListener("change", (event) => { S.area = event.target.value; localStorage.setItem("area", S.area); start(); });
$("#language").addEventListener("click", () => { S.lang = S.lang === "zh" ? "en" : "zh"; localStorage.setItem("lang", S.lang); choose(); render(); });
$("#kind").addEventListener("change", render);
$("#find").addEventListener("input", render);
$("#day").addEventListener("change", refresh);
$("#filters").addEventListener("submit", (event) => event.preventDefault());
setInterval(renderLink, 1000);
// Promises run out also when nothing happens.
setInterval(() => document.hidden || render(), 30000);
S.area = localStorage.getItem("area") || "";
choose();
render();
start();
