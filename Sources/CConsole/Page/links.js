// The lines between what sends and what receives: as wide as what flows, moving as fast, broken where nothing can.

import { svg, text, attribute, animate, calm } from "./dom.js";
import { packets, bits } from "./format.js";
import { look } from "./states.js";

const MOST_DOTS = 150;
/** Pixels from dot to dot of what flows; as in the style sheet. */
const DASH = 18;

// What flows is moved ten times a second, all links at once. As a style sheet's animation it would be painted sixty
// times: a third of a core, all day, on a wall without a graphics processor.
const flowing = new Set();
let before = 0;
setInterval(() => {
  const now = performance.now();
  const seconds = Math.min(0.2, (now - before) / 1000);
  before = now;
  if (calm.matches || document.hidden || document.body.classList.contains("stale")) return;
  for (const link of flowing) link.step(seconds);
}, 100);

/** What the widest line stands for: the most that any link carried lately, so that equals look equal. */
export class Scale {
  constructor() {
    this.top = 8000;
  }

  note(items) {
    let most = 8000;
    for (const item of items) most = Math.max(most, item.rate.bytes);
    this.top = Math.max(most, this.top * 0.97);
  }

  /** Area, not width, is what the eye compares: the root. */
  width(bytes) {
    return bytes > 0 ? 1.6 + 9 * Math.sqrt(Math.min(1, bytes / this.top)) : 1.2;
  }
}

const round = (value) => Math.round(value * 10) / 10;

/** Bends in the left half, so that the right one has room for what flows. */
export function curve(x0, y0, x1, y1) {
  const bend = x0 + (x1 - x0) * 0.42;
  const pull = (bend - x0) * 0.62;
  return `M${round(x0)} ${round(y0)}C${round(x0 + pull)} ${round(y0)} ${round(bend - pull)} ${round(y1)} `
    + `${round(bend)} ${round(y1)}H${round(x1)}`;
}

/** Down and to the right: a narrow page has members below their cluster. */
export function elbow(x0, y0, x1, y1) {
  const r = Math.min(10, Math.abs(y1 - y0), Math.abs(x1 - x0));
  return `M${round(x0)} ${round(y0)}V${round(y1 - r)}Q${round(x0)} ${round(y1)} ${round(x0 + r)} ${round(y1)}H${round(x1)}`;
}

export class Link {
  /** `layer`: the SVG element that it is drawn in. `isBack`: what flows goes against the path. */
  constructor(layer, { hasLabel = true, isBack = false } = {}) {
    this.direction = isBack ? 1 : -1;
    this.phase = 0;
    this.base = svg("path", { class: "link-base", pathLength: 100 });
    this.flow = svg("path", { class: isBack ? "link-flow back" : "link-flow" });
    this.cross = svg("path", { class: "link-cross", d: "M-4-4L4 4M4-4L-4 4" });
    this.node = svg("g", { class: "link" }, this.base, this.flow, this.cross);
    if (hasLabel) {
      this.above = svg("text", { class: "link-rate" });
      this.below = svg("text", { class: "link-bits" });
      this.node.append(this.above, this.below);
    }
    layer.append(this.node);
  }

  /** The cross is where the line breaks: in its middle. `label`: where the figures stand: above and below that point, to the left of it. */
  place(path, label, where = 0.5) {
    if (this.path === path) return;
    this.path = path;
    this.base.setAttribute("d", path);
    this.flow.setAttribute("d", path);
    const middle = this.flow.getPointAtLength(this.flow.getTotalLength() * where);
    this.cross.setAttribute("transform", `translate(${round(middle.x)} ${round(middle.y)})`);
    if (!this.above) return;
    for (const [node, y] of [[this.above, label.y - 7], [this.below, label.y + 15]]) {
      attribute(node, "x", round(label.x));
      attribute(node, "y", round(y));
      attribute(node, "text-anchor", label.anchor ?? "end");
    }
  }

  update(state, rate, scale) {
    attribute(this.node, "data-state", state);
    attribute(this.node, "data-tone", look(state).tone);
    const width = Math.max(look(state).tone === "bad" ? 2.4 : 0, scale.width(rate.bytes));
    // In half pixels, and only when it is another: each change is a transition, and rates are never quite the same.
    if (Math.abs(width - (this.width ?? -1)) >= 0.5) {
      this.width = Math.round(width * 2) / 2;
      this.base.style.strokeWidth = `${this.width}px`;
      this.flow.style.strokeWidth = `${Math.max(1.2, this.width * 0.42).toFixed(1)}px`;
    }
    const isFlowing = rate.packets > 0 && !["failed", "unresolved", "down", "absent"].includes(state);
    attribute(this.node, "data-flowing", isFlowing ? "" : null);
    this.speed = DASH * Math.min(3.5, 0.35 + Math.log10(1 + rate.packets) * 0.5);
    if (isFlowing) flowing.add(this);
    else flowing.delete(this);
    if (!this.above) return;
    const isIdle = !rate.packets && !isFlowing;
    text(this.above, isIdle && state !== "operational" && state !== "up" ? look(state).word : packets(rate.packets));
    text(this.below, isIdle ? "" : bits(rate.bytes));
  }

  step(seconds) {
    if (!this.node.isConnected) {
      flowing.delete(this);
      return;
    }
    this.phase = (this.phase + this.direction * this.speed * seconds) % DASH;
    this.flow.style.strokeDashoffset = this.phase.toFixed(1);
  }

  remove() {
    flowing.delete(this);
    this.node.remove();
  }
}

/** Dots that run along a path, for what moved from one to another. */
export function stream(layer, path, amount, tone) {
  if (calm.matches || document.hidden) return;
  const way = svg("path", { d: path, class: "way" });
  layer.append(way);
  const length = way.getTotalLength();
  const frames = [];
  for (let step = 0; step <= 24; step += 1) {
    const point = way.getPointAtLength((length * step) / 24);
    frames.push({ transform: `translate(${round(point.x)}px, ${round(point.y)}px)` });
  }
  way.remove();
  if (layer.childElementCount > MOST_DOTS) return;
  const dots = Math.max(1, Math.min(10, Math.round(Math.log2(1 + amount) * 1.2)));
  for (let index = 0; index < dots; index += 1) {
    const dot = svg("circle", { class: "moving", r: 4, "data-tone": tone, opacity: 0 });
    layer.append(dot);
    const timing = { duration: 1500, delay: index * 110, easing: "cubic-bezier(.5,0,.4,1)", fill: "none" };
    dot.animate([{ opacity: 0 }, { opacity: 1, offset: 0.1 }, { opacity: 1, offset: 0.85 }, { opacity: 0 }], timing);
    animate(dot, frames, timing).then(() => dot.remove());
  }
}

/** "+85" beside what gained it; without motion it stands there as long. */
export function tell(node, moved) {
  node.querySelector(":scope > .told")?.remove();
  const told = document.createElement("span");
  told.className = "told";
  told.dataset.tone = moved > 0 ? "good" : "bad";
  told.setAttribute("aria-hidden", "true");
  told.textContent = `${moved > 0 ? "+" : "−"}${Math.abs(moved)}`;
  node.append(told);
  setTimeout(() => told.remove(), 5000);
}

/** It has a little more than before. */
export function gain(node) {
  animate(node, [{ backgroundColor: "color-mix(in srgb, var(--good) 45%, var(--card))" }, {}],
    { duration: 2500, delay: 900, easing: "ease-out" });
}

/** A mark that has just changed. */
export function flash(node, tone) {
  node.dataset.flash = tone;
  clearTimeout(node.flashTimer);
  node.flashTimer = setTimeout(() => delete node.dataset.flash, 4000);
}
