// A cluster and its members: cards with a line each, or, where they are many, tiles beside one trunk.

import { el, svg, text, attribute, show, reconcile, Sparkline } from "./dom.js";
import { Mark, look, MEMBER_STATES } from "./states.js";
import { Link, curve, elbow, stream, tell, gain, flash } from "./links.js";
import { packets, bits, count, plural } from "./format.js";

const MOST_CARDS = 10;
const MOST_TILES = 60;

/** What names have in common, up to a separator at the beginning and from a dot at the end; null if that is little. */
function sharedEnds(names) {
  const [first, ...others] = names;
  let start = 0;
  while (start < first?.length && others.every((name) => name[start] === first[start])) start += 1;
  start = /^.*[-._]/.exec(first?.slice(0, start) ?? "")?.[0].length ?? 0;
  let end = 0;
  const shortest = Math.min(...names.map((name) => name.length)) - start - 1;
  while (end < shortest && others.every((name) => name.at(-1 - end) === first.at(-1 - end))) end += 1;
  end = end ? /\..*$/.exec(first.slice(-end))?.[0].length ?? 0 : 0;
  return others.length && start + end >= 4 ? [start, end] : null;
}

export class MemberNode {
  constructor(item, open) {
    this.mark = new Mark(item.look);
    this.name = el("span", { class: "name" });
    this.state = el("span", { class: "state", "aria-hidden": "true" });
    this.port = el("span", { class: "port" });
    this.share = el("span", { class: "share-text" });
    this.rate = el("span", { class: "rate" });
    this.fill = el("span", { class: "fill" });
    this.node = el(
      "button", { type: "button", class: "node member", tabindex: -1, onclick: () => open(this.item) },
      this.mark.node, el("span", { class: "head" }, this.name, this.state),
      el("span", { class: "foot" }, this.port, this.share, this.rate),
      el("span", { class: "bar", "aria-hidden": "true" }, this.fill));
    this.node.member = this;
  }

  /** `cut`: how many characters at the beginning and the end all names of the cluster share and a tile leaves out. */
  update(item, share, most, cut) {
    this.item = item;
    const row = item.row;
    this.mark.set(item.look);
    attribute(this.node, "data-state", item.look);
    attribute(this.node, "data-tone", look(item.look).tone);
    const name = String(row.name);
    text(this.name, cut ? `…${name.slice(cut[0], name.length - cut[1])}` : name);
    const leaving = Number(row.leaving_packets_per_second) || 0;
    text(this.state, leaving > 0 ? `${look(item.look).word}, ${count(leaving)} leaving` : look(item.look).word);
    text(this.port, row.port);
    const part = share > 0 ? (Number(row.buckets) || 0) / share : 0;
    text(this.share, `${row.buckets} ${Number(row.buckets) === 1 ? "bucket" : "buckets"}, ${Math.round(part * 100)} %`);
    text(this.rate, packets(item.rate.packets));
    this.fill.style.transform = `scaleX(${most > 0 ? Math.min(1, (Number(row.buckets) || 0) / most).toFixed(3) : 0})`;
    attribute(this.node, "title", `${row.name}: ${look(item.look).word}, ${packets(item.rate.packets)}, ${bits(item.rate.bytes)}`);
  }
}

export class Lane {
  constructor(context) {
    this.context = context;
    this.nodes = new Map();
    this.links = new Map();
    this.mark = new Mark();
    this.name = el("span", { class: "name" });
    this.address = el("span", { class: "address" });
    this.mode = el("span", { class: "mode" });
    this.up = el("span", { class: "up" });
    this.rate = el("span", { class: "rate" });
    this.spark = new Sparkline();
    this.cluster = el(
      "button", { type: "button", class: "node cluster", tabindex: -1, onclick: () => context.open(this.item) },
      this.mark.node, el("span", { class: "head" }, this.name, this.mode), this.address, this.up, this.rate, this.spark.node);
    this.toggleText = el("span");
    this.counts = el("span", { class: "counts" });
    this.toggle = el(
      "button", { type: "button", class: "node toggle", tabindex: -1, onclick: () => this.setCollapsed(!this.isCollapsed, true) },
      el("span", { class: "twist", "aria-hidden": "true" }), this.toggleText, this.counts);
    this.grid = el("div", { class: "members" });
    this.strip = el("div", { class: "strip", "aria-hidden": "true" });
    this.layer = svg("svg", { class: "links", "aria-hidden": "true" });
    this.over = svg("svg", { class: "links over", "aria-hidden": "true" });
    this.hub = el("div", { class: "hub" }, this.cluster, this.toggle);
    this.node = el("div", { class: "lane", role: "group" }, this.layer, this.hub, this.strip, this.grid, this.over);
    this.entry = new Link(this.layer);
    this.trunk = new Link(this.layer);
    this.bracket = svg("path", { class: "bracket" });
    this.layer.append(this.bracket);
    this.isCollapsed = false;
    this.wasToggled = false;
    context.observer.observe(this.node);
    context.observer.observe(this.grid);
  }

  remove() {
    this.context.observer.unobserve(this.node);
    this.context.observer.unobserve(this.grid);
    this.node.remove();
  }

  setCollapsed(isCollapsed, byHand = false) {
    this.wasToggled ||= byHand;
    this.isCollapsed = isCollapsed;
    this.render();
    this.layout();
  }

  update(item, scale, matches) {
    this.item = item;
    this.scale = scale;
    this.matches = matches;
    this.render();
  }

  render() {
    const { item, scale } = this;
    const row = item.row;
    if (item.members.length !== this.cutOf) {
      this.cutOf = item.members.length;
      this.cut = sharedEnds(item.members.map((it) => String(it.row.name)));
    }
    this.mark.set(item.look);
    attribute(this.node, "aria-label", `cluster ${row.name}`);
    attribute(this.cluster, "data-tone", look(item.look).tone);
    attribute(this.cluster, "data-state", item.look);
    text(this.name, row.name);
    text(this.address, row.address);
    text(this.mode, row.mode);
    text(this.up, `${row.members_operational} of ${row.members_total} up`);
    text(this.rate, packets(item.rate.packets));
    this.spark.draw(item.history.slice(-60), 60);
    this.entry.update(item.look === "failed" ? "failed" : "operational", item.rate, scale);

    const members = item.members.filter(this.matches);
    const kind = item.members.length <= MOST_CARDS ? "cards" : item.members.length <= MOST_TILES ? "tiles" : "dense";
    attribute(this.node, "data-kind", kind);
    attribute(this.node, "data-collapsed", this.isCollapsed ? "" : null);
    show(this.toggle, item.members.length > 1);
    attribute(this.toggle, "aria-expanded", String(!this.isCollapsed));
    text(this.toggleText, members.length === item.members.length
      ? plural(item.members.length, "member") : `${members.length} of ${plural(item.members.length, "member")}`);
    this.renderCounts();
    show(this.grid, !this.isCollapsed);
    show(this.strip, this.isCollapsed);
    if (this.isCollapsed) this.renderStrip();

    const most = item.members.reduce((top, it) => Math.max(top, Number(it.row.buckets) || 0), 0);
    const count = this.nodes.size;
    const shown = this.isCollapsed ? [] : members;
    const byKey = new Map(shown.map((it) => [it.key, it]));
    let isNew = false;
    reconcile(this.grid, this.nodes, [...byKey.keys()], (key) => {
      isNew = true;
      return new MemberNode(byKey.get(key), this.context.open);
    }, (node) => node.node.remove());
    for (const member of shown) this.nodes.get(member.key).update(member, item.share, most, kind === "cards" ? null : this.cut);

    this.isCards = kind === "cards" && !this.isCollapsed;
    for (const [key, link] of this.links) {
      if (this.isCards && byKey.has(key)) continue;
      link.remove();
      this.links.delete(key);
    }
    if (this.isCards) {
      for (const member of shown) {
        if (!this.links.has(member.key)) {
          this.links.set(member.key, new Link(this.layer));
          isNew = true;
        }
        this.links.get(member.key).update(member.look, member.rate, scale);
      }
    }
    this.trunk.node.style.display = this.isCards || !members.length ? "none" : "";
    this.trunk.update(item.look === "failed" ? "failed" : "operational", item.rate, scale);
    if (isNew || count !== this.nodes.size) this.context.needsLayout(this);
  }

  renderCounts() {
    const found = new Map();
    for (const member of this.item.members) found.set(member.look, (found.get(member.look) ?? 0) + 1);
    const key = JSON.stringify([...found]);
    if (key === this.countsKey) return;
    this.countsKey = key;
    this.counts.replaceChildren(...MEMBER_STATES.filter((name) => found.has(name)).map((name) =>
      el("span", { class: "count" }, new Mark(name).node, String(found.get(name)))));
  }

  renderStrip() {
    const members = this.item.members;
    while (this.strip.childElementCount > members.length) this.strip.lastElementChild.remove();
    while (this.strip.childElementCount < members.length) this.strip.append(el("i"));
    members.forEach((member, index) => {
      attribute(this.strip.children[index], "data-tone", look(member.look).tone);
      attribute(this.strip.children[index], "data-state", member.look);
    });
  }

  /** Where the lines go. Reads the page's layout, so it is done after everything was written. */
  layout() {
    const origin = this.node.getBoundingClientRect();
    if (!origin.width) return;
    const of = (node) => {
      const box = node.getBoundingClientRect();
      return { left: box.left - origin.left, right: box.right - origin.left, top: box.top - origin.top,
        bottom: box.bottom - origin.top, y: (box.top + box.bottom) / 2 - origin.top };
    };
    const hub = of(this.cluster);
    const grid = of(this.isCollapsed ? this.strip : this.grid);
    const isTree = grid.left < hub.right;
    this.entry.place(`M0 ${round(hub.y)}H${round(hub.left)}`,
      { x: hub.left - 10, y: hub.y });
    this.entry.node.classList.toggle("unlabelled", hub.left < 90);
    this.entry.node.style.display = isTree ? "none" : "";
    const from = isTree ? { x: hub.left + 14, y: hub.bottom } : { x: hub.right, y: hub.y };
    const path = isTree ? elbow : curve;
    this.ways = new Map();
    for (const [key, link] of this.links) {
      const card = of(this.nodes.get(key).node);
      const way = path(from.x, from.y, card.left, card.y);
      this.ways.set(key, { x: card.left, y: card.y });
      link.place(way, { x: card.left - 8, y: card.y }, isTree ? 0.97 : 0.5);
      link.node.classList.toggle("unlabelled", isTree || card.left - from.x < 120);
    }
    this.from = from;
    this.isTree = isTree;
    if (!this.isCards) {
      const y = isTree ? grid.top + 16 : Math.min(Math.max(from.y, grid.top), grid.bottom);
      const end = grid.left - (isTree ? 2 : 10);
      this.trunk.place(path(from.x, from.y, end, y), { x: end - 8, y });
      this.trunk.node.classList.toggle("unlabelled", isTree || end - from.x < 100);
      attribute(this.bracket, "d",
        isTree || grid.bottom - grid.top < 4 ? "" : `M${round(end + 5)} ${round(grid.top)}h-5V${round(grid.bottom)}h5`);
    } else {
      attribute(this.bracket, "d", "");
    }
  }

  /** Shows what has just changed. */
  changed(member, was) {
    const node = this.nodes.get(member.key);
    const tone = look(member.look).tone;
    flash(this.cluster, tone);
    if (!node) return;
    flash(node.node, tone);
    if (was) this.links.get(member.key)?.node.setAttribute("data-was", was);
  }

  moved(move) {
    const [from, to] = [this.nodes.get(move.from.key), this.nodes.get(move.to.key)];
    if (!from || !to) return;
    const [a, b] = [this.ways?.get(move.from.key), this.ways?.get(move.to.key)];
    let path;
    if (a && b) {
      // Back along the line of the one to the cluster, and out along that of the other.
      const x = this.from.x + (a.x - this.from.x) * 0.42;
      path = this.isTree
        ? `M${a.x} ${a.y}H${this.from.x + 8}Q${this.from.x} ${a.y} ${this.from.x} ${(a.y + b.y) / 2}`
          + `Q${this.from.x} ${b.y} ${this.from.x + 8} ${b.y}H${b.x}`
        : `M${a.x} ${a.y}H${x}C${this.from.x} ${a.y} ${this.from.x} ${b.y} ${x} ${b.y}H${b.x}`;
    } else {
      const origin = this.node.getBoundingClientRect();
      const [p, q] = [from.node, to.node].map((node) => {
        const box = node.getBoundingClientRect();
        return { x: box.left - origin.left + box.width / 2, y: box.top - origin.top + box.height / 2 };
      });
      path = `M${p.x} ${p.y}Q${(p.x + q.x) / 2} ${Math.min(p.y, q.y) - 40} ${q.x} ${q.y}`;
    }
    stream(this.over, path, this.isCards ? move.buckets : 1, look(move.to.look).tone);
  }

  tellMoves() {
    for (const [key, node] of this.nodes) {
      const moved = this.item.members.find((it) => it.key === key)?.moved;
      // One more for each of a hundred says nothing in figures.
      if (moved < 0 || (moved && this.isCards)) tell(node.node, moved);
      else if (moved) gain(node.node);
    }
  }
}

const round = (value) => Math.round(value * 10) / 10;
