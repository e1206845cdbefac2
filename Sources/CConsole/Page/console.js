// The console: takes what the switch says each second, and shows it.

import { $, el, text, attribute, show, reconcile, Sparkline } from "./dom.js";
import { Mark, look, MEMBER_STATES } from "./states.js";
import { Feed } from "./feed.js";
import { Model } from "./model.js";
import { Scale } from "./links.js";
import { Lane } from "./lane.js";
import { Edge } from "./edge.js";
import { Events } from "./events.js";
import { Detail } from "./detail.js";
import { Arrows } from "./nav.js";
import { packets, bits, plural, age, clockTime, since } from "./format.js";

/** Data is late after this many milliseconds: a state comes each second. */
const LATE = 3000;
/** Above it, clusters in which all is well begin closed. */
const MOST_MEMBERS_OPEN = 600;

const model = new Model();
const scale = new Scale();
const lanes = new Map();
const shownLooks = new Set();
let terms = [];
let link = { mode: "connecting", error: null, nextTry: null };
let lastData = null;
let lastDataDate = null;

// Layout: read once for each frame, after everything was written.
const waiting = new Set();
function needsLayout(...parts) {
  if (!waiting.size) {
    requestAnimationFrame(() => {
      const all = [...waiting];
      waiting.clear();
      for (const part of all) if (part.node.isConnected) part.layout();
    });
  }
  for (const part of parts) waiting.add(part);
}
const observer = new ResizeObserver(() => needsLayout(...lanes.values(), ...edge.rows.values()));

const events = new Events((subject) => select(subject));
const detail = new Detail(model, events, (subject) => select(subject));
const context = { open: (item) => detail.open(item), needsLayout, observer };
const edge = new Edge(context);
const arrows = new Arrows($("stage"));
const totals = { flow: el("b"), rate: el("span"), drops: el("span", { class: "drops" }), spark: new Sparkline() };
$("totals").append(totals.spark.node, totals.flow, totals.rate, totals.drops);

function matches(item) {
  if (item.kind === "member" && shownLooks.size && !shownLooks.has(item.look)) return false;
  if (!terms.length) return true;
  const row = item.row;
  const words = [row.name, row.cluster, row.pool, row.port, row.address, row.mac, look(item.look).word, row.role];
  const all = words.filter(Boolean).join(" ").toLowerCase();
  return terms.every((term) => all.includes(term));
}

/** Opens the detail of what an event names; false if it is not there any more. */
function select(subject) {
  for (const [kind, items] of Object.entries({ member: model.members, router: model.routers, cluster: model.clusters, port: model.ports })) {
    for (const item of items.values()) {
      const name = kind === "member" ? `${item.row.cluster}/${item.row.name}`
        : kind === "router" ? `${item.row.pool}/${item.row.name}` : item.row.name;
      if (name !== subject) continue;
      detail.open(item);
      nodeOf(item)?.scrollIntoView({ block: "nearest" });
      return true;
    }
  }
  if (subject === model.version?.name) detail.open(model.total);
  return false;
}

function nodeOf(item) {
  if (item.kind === "cluster") return lanes.get(item.key)?.cluster;
  for (const lane of lanes.values()) {
    const node = lane.nodes.get(item.key);
    if (node && item.kind === "member") return node.node;
  }
  return null;
}

function render() {
  const clusters = [...model.clusters.values()].filter((cluster) =>
    shownLooks.size ? cluster.members.some(matches) : matches(cluster) || cluster.members.some(matches));
  const byKey = new Map(clusters.map((it) => [it.key, it]));
  const isLarge = model.members.size > MOST_MEMBERS_OPEN;
  reconcile($("lanes"), lanes, [...byKey.keys()], (key) => {
    const lane = new Lane(context);
    lane.isCollapsed = isLarge && byKey.get(key).look === "operational";
    return lane;
  }, (lane) => lane.remove());
  attribute($("lanes"), "data-many", clusters.length > 12 ? "" : null);
  for (const [key, cluster] of byKey) {
    // A cluster that is found by its own name is shown with all its members.
    const isOwn = !shownLooks.size && terms.length > 0 && matches(cluster) && !cluster.members.some(matches);
    lanes.get(key).update(cluster, scale, isOwn ? () => true : matches);
  }
  edge.update(model, scale, matches);
  renderFound(clusters);
  show($("empty"), !clusters.length);
  text($("empty"), model.clusters.size ? "Nothing fits." : "No clusters are configured.");
  arrows.keep();
}

function renderFound(clusters) {
  if (!terms.length && !shownLooks.size) {
    text($("found"), "");
    return;
  }
  const found = clusters.reduce((sum, cluster) => sum + cluster.members.filter(matches).length, 0);
  text($("found"), `${found} of ${plural(model.members.size, "member")}`);
}

const chips = new Map();
function renderChips() {
  const found = new Map(MEMBER_STATES.map((name) => [name, 0]));
  for (const member of model.members.values()) found.set(member.look, (found.get(member.look) ?? 0) + 1);
  const wanted = MEMBER_STATES.filter((name) => found.get(name) || shownLooks.has(name));
  reconcile($("chips"), chips, wanted, (name) => {
    const chip = { number: el("b") };
    chip.node = el("button", { type: "button", class: "chip", "aria-pressed": "false", onclick: () => {
      if (!shownLooks.delete(name)) shownLooks.add(name);
      attribute(chip.node, "aria-pressed", String(shownLooks.has(name)));
      render();
    } }, new Mark(name, false).node, chip.number, el("span", {}, look(name).word));
    return chip;
  });
  for (const [name, chip] of chips) text(chip.number, found.get(name));
}

function renderHead() {
  const failed = [...model.members.values(), ...model.routers.values()].filter((it) => it.look === "failed").length;
  const dead = [...model.clusters.values()].filter((it) => it.look === "failed").length;
  const name = model.version?.name ?? "FlowSwitch";
  const trouble = [dead ? plural(dead, "cluster") + " failed" : "", failed ? `${failed} failed` : ""].filter(Boolean);
  const title = `${isLate() ? "✕ no data" : trouble.length ? `✕ ${trouble.join(", ")}` : "●"} ${name} · FlowSwitch`;
  if (document.title !== title) document.title = title;
  text(totals.flow, packets(model.total.rate.packets));
  text(totals.rate, bits(model.total.rate.bytes));
  text(totals.drops, `${packets(model.dropped)} dropped`);
  attribute(totals.drops, "data-tone", model.dropped >= 0.5 ? "warn" : null);
  totals.spark.draw(model.total.history.slice(-60), 60);
}

function onState(state) {
  lastData = performance.now();
  lastDataDate = new Date();
  const { changes, moves } = model.apply(state, lastData);
  scale.note([...model.members.values(), ...model.clusters.values(), ...model.ports.values()]);
  renderChips();
  render();
  renderHead();
  detail.update();
  tick();
  for (const { item, from } of changes) {
    if (item.kind === "member") lanes.get(JSON.stringify([item.row.cluster]))?.changed(item, from);
    else if (item.kind === "router" || item.kind === "port") edge.changed(item);
  }
  if (changes.length) feed.extras().then(() => detail.update(), () => {});
  const touched = new Set();
  for (const move of moves) {
    if (move.group.kind === "pool") edge.moved(move);
    else lanes.get(move.group.key)?.moved(move);
    touched.add(move.group.key);
  }
  for (const [key, lane] of lanes) if (touched.has(key) || lane.item.members.some((it) => it.moved)) lane.tellMoves();
}

function onVersion(row) {
  model.version = row;
  text($("switch-name"), row.name);
  text($("bus-text"), `${row.name} · ${row.datapath}`);
  const about = `${row.version} · ${row.datapath} · kernel ${row.kernel} · up ${since(row.started_at)}`;
  text($("about"), about);
  $("about").title = `${row.datapath_reason}; started ${row.started_at} (UTC)${row.adopted ? ", took over a running datapath" : ""}`;
}

const isLate = () => lastData !== null && performance.now() - lastData > LATE;

let wasShown = false;
/** Each half second: how old what is shown is. */
function tick() {
  const late = isLate();
  const isDown = link.mode === "down" && lastData === null;
  const quiet = lastData === null ? 0 : performance.now() - lastData;
  document.body.classList.toggle("stale", late || isDown);
  const words = late || isDown ? "no data" : { stream: "live", poll: "live, polled", connecting: "connecting", down: "connecting" }[link.mode];
  text($("link-text"), words);
  attribute($("link"), "data-link", late || isDown ? "down" : link.mode === "down" ? "connecting" : link.mode);
  const isShown = (late || isDown) && !$("token-dialog").open;
  show($("banner"), isShown);
  if (isShown !== wasShown) {
    // For those who listen once, not with each second that passes.
    wasShown = isShown;
    text($("alarm"), isShown ? "No data from the switch. What is shown is old." : "Data from the switch again.");
  }
  if (!late && !isDown) return;
  renderHead();
  text($("banner-title"), late ? `No data for ${age(quiet)}.` : "The switch does not answer.");
  const next = link.nextTry ? Math.max(0, Math.ceil((link.nextTry - Date.now()) / 1000)) : null;
  const parts = [];
  if (link.error) parts.push(`The daemon does not answer: ${link.error}.`);
  if (late) parts.push(`What is shown is of ${clockTime(lastDataDate)}, not of now.`);
  if (late && String(model.version?.datapath).startsWith("xdp")) parts.push("The datapath may well forward on without the daemon.");
  if (next !== null) parts.push(next > 0 ? `Next try in ${next} s.` : "Trying…");
  text($("banner-text"), parts.join(" "));
}

const feed = new Feed({
  state: onState,
  version: onVersion,
  extras: (extras) => {
    const list = (value) => (Array.isArray(value) ? value : []);
    model.probes = list(extras.probes);
    model.drops = list(extras.drops);
    model.stations = list(extras.stations);
  },
  event: (row, isOld) => events.add(row, isOld),
  link: (now) => {
    link = { error: null, nextTry: null, ...now };
    show($("forget"), Boolean(feed.token));
    tick();
  },
  token: (why) => {
    text($("token-why"), why ? `It refused: ${why}.` : "");
    if (!$("token-dialog").open) $("token-dialog").showModal();
  },
});

$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = $("token").value.trim();
  $("token").value = "";
  $("token-dialog").close();
  feed.token = given;
});
$("forget").addEventListener("click", () => {
  feed.token = null;
  location.reload();
});
$("retry").addEventListener("click", () => feed.retryNow());
$("bus").addEventListener("click", () => {
  model.total.name = model.version?.name;
  detail.open(model.total);
});
$("tools").addEventListener("submit", (event) => event.preventDefault());
$("search").addEventListener("input", () => {
  terms = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  render();
});
$("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && $("search").value) {
    $("search").value = "";
    terms = [];
    render();
  }
});

// Light, dark, or as the system has it.
const THEMES = ["auto", "dark", "light"];
let theme = "auto";
try { theme = localStorage.getItem("flowswitch-theme") ?? "auto"; } catch { /* not kept then */ }
function setTheme(next) {
  theme = THEMES.includes(next) ? next : "auto";
  document.documentElement.dataset.theme = theme;
  text($("theme-text"), { auto: "System colours", dark: "Dark", light: "Light" }[theme]);
  try { localStorage.setItem("flowswitch-theme", theme); } catch { /* not kept then */ }
}
$("theme").addEventListener("click", () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]));
setTheme(theme);

setInterval(tick, 500);
setInterval(() => model.version && !isLate() && onVersion(model.version), 5000);
feed.run();
