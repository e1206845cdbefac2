// The routers' side: each port with what is behind it, and the ports where members are, as a list.

import { el, svg, text, attribute, show, reconcile, $ } from "./dom.js";
import { Mark, look } from "./states.js";
import { Link, stream, tell, flash } from "./links.js";
import { keyOf } from "./model.js";
import { packets, speed, plural } from "./format.js";

class RouterNode {
  constructor(open) {
    this.mark = new Mark();
    this.name = el("span", { class: "name" });
    this.address = el("span", { class: "address" });
    this.state = el("span", { class: "state", "aria-hidden": "true" });
    this.rate = el("span", { class: "rate" });
    this.node = el(
      "button", { type: "button", class: "node router", tabindex: -1, onclick: () => open(this.item) },
      this.mark.node, this.name, this.state, this.address, this.rate);
  }

  update(item) {
    this.item = item;
    const row = item.row;
    this.mark.set(item.look);
    attribute(this.node, "data-state", item.look);
    attribute(this.node, "data-tone", look(item.look).tone);
    text(this.name, row.name);
    text(this.address, `${row.address}, ${row.pool}`);
    text(this.state, look(item.look).word);
    const share = item.isPerServer ? plural(row.servers, "server") : plural(row.buckets, "bucket");
    text(this.rate, `${packets(item.rate.packets)}, ${share}`);
    attribute(this.node, "title", `${row.pool}/${row.name}: ${look(item.look).word}`);
  }
}

class PortNode {
  constructor(context, hasLinks) {
    this.context = context;
    this.routers = new Map();
    this.mark = new Mark();
    this.name = el("span", { class: "name" });
    this.role = el("span", { class: "role" });
    this.rate = el("span", { class: "rate" });
    this.button = el(
      "button", { type: "button", class: "node port-node", tabindex: -1, onclick: () => context.open(this.item) },
      this.mark.node, this.name, this.role, this.rate);
    if (!hasLinks) {
      this.node = this.button;
      return;
    }
    this.list = el("div", { class: "router-list" });
    this.layer = svg("svg", { class: "links", "aria-hidden": "true" });
    this.card = el("div", { class: "port-card" }, this.button, this.list);
    this.node = el("div", { class: "port-row", role: "group" }, this.card, this.layer);
    this.inward = new Link(this.layer);
    this.outward = new Link(this.layer, { isBack: true });
    context.observer.observe(this.node);
  }

  remove() {
    if (this.layer) this.context.observer.unobserve(this.node);
    this.node.remove();
  }

  update(item, routers, scale, matches) {
    this.item = item;
    const row = item.row;
    this.mark.set(item.look);
    attribute(this.button, "data-state", item.look);
    attribute(this.button, "data-tone", look(item.look).tone);
    text(this.name, row.name);
    text(this.role, row.speed_mbps ? `${row.role} port, ${speed(row.speed_mbps)}` : `${row.role} port`);
    text(this.rate, item.look !== "up" ? look(item.look).word : this.layer ? "" : packets(item.rate.packets));
    if (!this.layer) return;
    attribute(this.node, "aria-label", `port ${row.name}`);
    this.inward.update(item.look, item.received, scale);
    this.outward.update(item.look, item.sent, scale);
    const byKey = new Map(routers.filter(matches).map((it) => [it.key, it]));
    reconcile(this.list, this.routers, [...byKey.keys()], () => new RouterNode(this.context.open),
      (node) => node.node.remove());
    for (const [key, router] of byKey) this.routers.get(key).update(router);
  }

  layout() {
    if (!this.layer) return;
    const box = this.node.getBoundingClientRect();
    const card = this.card.getBoundingClientRect();
    const [x0, x1] = [card.right - box.left, box.width];
    const middle = box.height / 2;
    const space = Math.min(26, box.height * 0.26);
    this.node.classList.toggle("unlinked", x1 - x0 < 40);
    for (const [link, y] of [[this.inward, middle - space], [this.outward, middle + space]]) {
      link.place(`M${x0} ${y}H${x1}`, { x: (x0 + x1) / 2, y, anchor: "middle" });
    }
  }
}

export class Edge {
  constructor(context) {
    this.context = context;
    this.rows = new Map();
    this.list = new Map();
    this.listNode = $("server-ports");
    this.listNode.addEventListener("toggle", () => this.model && this.renderList());
  }

  update(model, scale, matches) {
    this.model = model;
    this.matches = matches;
    const behind = new Map();
    for (const router of model.routers.values()) {
      const key = keyOf(router.row.port);
      if (!behind.has(key)) behind.set(key, []);
      behind.get(key).push(router);
    }
    const withMembers = new Set([...model.members.values()].map((it) => keyOf(it.row.port)));
    const isEdge = (port) => port.row.role === "router" || behind.has(port.key)
      || (port.row.role !== "server" && !withMembers.has(port.key));
    const edge = new Map([...model.ports.values()].filter(isEdge).map((it) => [it.key, it]));
    this.others = [...model.ports.values()].filter((it) => !edge.has(it.key));
    const before = this.rows.size;
    reconcile($("routers"), this.rows, [...edge.keys()], () => new PortNode(this.context, true), (row) => row.remove());
    for (const [key, port] of edge) this.rows.get(key).update(port, behind.get(key) ?? [], scale, matches);
    if (before !== this.rows.size) this.context.needsLayout(...this.rows.values());
    this.renderList();
  }

  renderList() {
    show(this.listNode, this.others.length > 0);
    const down = this.others.filter((it) => it.look !== "up").length;
    text(this.listNode.firstElementChild,
      `${plural(this.others.length, "server port")}, ${down ? `${down} down` : "all up"}`);
    attribute(this.listNode, "data-tone", down ? "bad" : null);
    const shown = this.listNode.open ? this.others.filter(this.matches) : [];
    reconcile(this.listNode.lastElementChild, this.list, shown.map((it) => it.key),
      () => new PortNode(this.context, false), (row) => row.remove());
    for (const port of shown) this.list.get(port.key).update(port, [], null, this.matches);
  }

  changed(item) {
    const tone = look(item.look).tone;
    if (item.kind === "port") {
      const node = this.rows.get(item.key) ?? this.list.get(item.key);
      if (node) flash(node.button, tone);
      return;
    }
    for (const row of this.rows.values()) {
      const node = row.routers.get(item.key);
      if (node) flash(node.node, tone);
    }
  }

  /** Servers, or buckets, that have another router now. */
  moved(move) {
    const find = (key) => [...this.rows.values()].map((row) => [row, row.routers.get(key)]).find(([, node]) => node);
    const [from, to] = [find(move.from.key), find(move.to.key)];
    if (!from || !to) return;
    tell(from[1].node, move.from.moved);
    tell(to[1].node, move.to.moved);
    const origin = from[0].node.getBoundingClientRect();
    const [a, b] = [from[1].node, to[1].node].map((node) => node.getBoundingClientRect());
    const [x, p, q] = [a.right - origin.left, a.top + a.height / 2 - origin.top, b.top + b.height / 2 - origin.top];
    stream(from[0].layer, `M${x} ${p}C${x + 70} ${p} ${x + 70} ${q} ${x} ${q}`, Math.abs(move.buckets),
      look(move.to.look).tone);
  }

  layout() {
    for (const row of this.rows.values()) row.layout();
  }
}
