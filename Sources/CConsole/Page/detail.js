// Everything about one thing: its fields, its probes, what happened to it.

import { $, el, text, show, Sparkline } from "./dom.js";
import { Mark, look } from "./states.js";
import { subjectOf, HISTORY } from "./model.js";
import { packets, bits, count, si, localTime, since } from "./format.js";

const KINDS = { member: "Member", cluster: "Cluster", router: "Router", port: "Port", switch: "Switch" };
/** What people look for first; the rest in the order in which it comes. */
const FIRST = ["cluster", "pool", "name", "state", "admin_state", "role", "link", "mode", "address", "mac", "port", "buckets"];
const TIMES = new Set(["last_change", "started_at", "changed_at"]);
const BYTES = /bytes_per_second$/;

function value(name, given) {
  if (given === null || given === undefined || given === "") return "–";
  if (TIMES.has(name)) return `${localTime(given)} (${since(given)} ago)`;
  if (BYTES.test(name)) return bits(given);
  if (/packets_per_second$/.test(name)) return packets(given);
  if (typeof given === "number" && /packets|bytes|dropped/.test(name)) return /bytes/.test(name) ? `${si(given)}B` : count(given);
  return String(given);
}

/** A list of names and values that writes only what is different. */
class Fields {
  constructor() {
    this.node = el("dl", { class: "fields" });
    this.known = new Map();
  }

  set(pairs) {
    for (const [name, shown, exact] of pairs) {
      let field = this.known.get(name);
      if (!field) {
        field = el("dd");
        this.known.set(name, field);
        this.node.append(el("dt", {}, name.replace("bytes_per", "bits_per").replaceAll("_", " ")), field);
      }
      text(field, shown);
      if (exact !== undefined && field.title !== String(exact)) field.title = String(exact);
    }
  }
}

export class Detail {
  constructor(model, events, select) {
    this.model = model;
    this.events = events;
    this.select = select;
    this.node = $("detail");
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  open(item, from = document.activeElement) {
    this.item = item;
    this.from = from;
    this.mark = new Mark(item.look ?? "up");
    this.title = el("h2", { id: "detail-title", tabindex: -1 });
    this.spark = item.history ? new Sparkline() : null;
    this.figures = el("p", { class: "figures" });
    this.fields = new Fields();
    this.parts = el("div");
    this.partsKey = null;
    this.node.replaceChildren(
      el("div", { class: "detail-head" }, this.mark.node, this.title,
        el("button", { type: "button", class: "quiet close", "aria-label": "Close the detail", onclick: () => this.close() }, "✕")),
      this.figures, ...(this.spark ? [this.spark.node, el("p", { class: "hint" }, `the last ${HISTORY / 60} minutes`)] : []),
      this.fields.node, this.parts);
    for (const old of document.querySelectorAll(".node[aria-current]")) old.removeAttribute("aria-current");
    if (from?.classList?.contains("node")) from.setAttribute("aria-current", "true");
    show(this.node, true);
    document.body.classList.add("has-detail");
    this.update();
    this.title.focus({ preventScroll: true });
    this.node.scrollTop = 0;
  }

  close() {
    show(this.node, false);
    document.body.classList.remove("has-detail");
    this.item = null;
    for (const old of document.querySelectorAll(".node[aria-current]")) old.removeAttribute("aria-current");
    if (this.from?.isConnected) this.from.focus();
  }

  update() {
    const { item, model } = this;
    if (!item) return;
    const isSwitch = item.kind === "switch";
    const lookName = isSwitch ? "up" : item.look;
    this.mark.set(lookName);
    const isGone = !isSwitch && !model[`${item.kind}s`].has(item.key);
    text(this.title, isSwitch ? `Switch ${model.version?.name ?? ""}` : `${KINDS[item.kind]} ${subjectOf(item)}`);
    const word = isSwitch ? "" : `${look(lookName).word} · `;
    text(this.figures, isGone ? "no longer configured" : `${word}${packets(item.rate.packets)} · ${bits(item.rate.bytes)}`);
    this.spark?.draw(item.history, HISTORY);
    const row = isSwitch ? model.version ?? {} : item.row;
    const place = ([name]) => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
    const pairs = Object.entries(row).filter(([, given]) => typeof given !== "object" || given === null)
      .sort((a, b) => place(a) - place(b))
      .map(([name, given]) => [name, value(name, given), given ?? ""]);
    if (item.kind === "port") {
      pairs.push(["receives", `${packets(item.received.packets)}, ${bits(item.received.bytes)}`]);
      pairs.push(["sends", `${packets(item.sent.packets)}, ${bits(item.sent.bytes)}`]);
      pairs.push(["drops", packets(item.dropped)]);
    }
    if (isSwitch) {
      pairs.push(["stations", count(model.stations.length)]);
      pairs.push(["drops", packets(model.dropped)]);
    }
    this.fields.set(pairs);
    this.updateParts(isSwitch ? String(model.version?.name ?? "") : subjectOf(item));
  }

  updateParts(subject) {
    const { item, model } = this;
    const probes = model.probesOf(subject);
    const drops = item.kind === "port" ? model.drops.filter((row) => row.port === item.row.name)
      : item.kind === "switch" ? model.drops : [];
    const stations = item.kind === "port" ? model.stations.filter((row) => row.port === item.row.name) : [];
    const happened = this.events.of(subject);
    const key = JSON.stringify([probes, drops, stations.length, happened.map((row) => row.number),
      (item.members ?? []).map((it) => [it.key, it.look])]);
    if (key === this.partsKey) return;
    this.partsKey = key;
    const parts = [];
    if (item.members?.length) {
      parts.push(el("h3", {}, "Members"), el("ul", { class: "plain" }, ...item.members.slice(0, 300).map((it) =>
        el("li", {}, new Mark(it.look).node, el("button", { type: "button", class: "subject", onclick: () => this.select(subjectOf(it)) },
          it.row.name), ` ${look(it.look).word}`))));
    }
    for (const row of probes) {
      const fields = new Fields();
      fields.set([["kind", value("", row.kind)], ["last result", value("", row.last_result)],
        ["latency", typeof row.latency_ms !== "number" ? "–" : `${row.latency_ms.toFixed(2)} ms`],
        ["successes", value("", row.successes)], ["failures", value("", row.failures)],
        ["changed", value("changed_at", row.changed_at), row.changed_at],
        ...((row.targets ?? []).length > 1 ? [["targets", row.targets.join(", ")]] : [])]);
      parts.push(el("h3", {}, new Mark(row.state).node, `Probe: ${row.state}`), fields.node);
    }
    if (drops.length) {
      const shown = [...drops].sort((a, b) => b.packets - a.packets).slice(0, 40);
      parts.push(el("h3", {}, "Drops, by reason"), el("ul", { class: "plain drops" }, ...shown.map((row) =>
        el("li", {}, el("b", {}, count(row.packets)), ` ${row.reason}`, item.kind === "switch" ? ` at ${row.port}` : ""))));
    }
    if (stations.length) {
      parts.push(el("h3", {}, `Stations: ${stations.length}`), el("ul", { class: "plain" }, ...stations.slice(0, 20).map((row) =>
        el("li", {}, el("code", {}, row.mac), row.vlan ? ` VLAN ${row.vlan}` : "", ` ${row.kind}`))));
    }
    parts.push(el("h3", {}, "Last events"));
    parts.push(happened.length ? el("ul", { class: "plain" }, ...happened.map((row) =>
      el("li", {}, el("time", { datetime: row.time, title: `${row.time} (UTC)` }, localTime(row.time)), " ",
        el("b", {}, String(row.kind)), ` ${row.cause ?? ""}`, row.effect ? `; ${row.effect}` : "")))
      : el("p", { class: "hint" }, "none that are kept"));
    this.parts.replaceChildren(...parts);
  }
}
