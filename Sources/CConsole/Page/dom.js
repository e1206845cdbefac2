// Elements. Text from the switch goes into text nodes and into `title` alone, so no name of the configuration and no
// answer of a probe can become markup; the page's Trusted Types policy refuses the other ways.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const el = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/** Writes only what is different: most of the page is the same from second to second. */
export function text(node, value) {
  const string = String(value);
  if (node.textContent !== string) node.textContent = string;
}

export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/** Holds the children of `parent` against `keys`: makes what is new, removes what is gone, keeps the order. */
export function reconcile(parent, known, keys, make, remove = (item) => item.node.remove()) {
  const wanted = new Set(keys);
  for (const [key, item] of known) {
    if (wanted.has(key)) continue;
    known.delete(key);
    remove(item);
  }
  let place = parent.firstElementChild;
  for (const key of keys) {
    let item = known.get(key);
    if (!item) {
      item = make(key);
      known.set(key, item);
    }
    if (item.node === place) place = place.nextElementSibling;
    else parent.insertBefore(item.node, place);
  }
}

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** An animation that does not outlive its element and is left out where the reader wants none. */
export function animate(node, frames, options) {
  if (calm.matches || document.hidden) return Promise.resolve();
  const animation = node.animate(frames, options);
  return animation.finished.catch(() => {});
}

/** A line of the last values: decoration, what it says stands beside it in figures. */
export class Sparkline {
  constructor(label) {
    this.line = svg("polyline", { points: "", "vector-effect": "non-scaling-stroke" });
    this.area = svg("polygon", { points: "" });
    this.node = svg(
      "svg", { class: "spark", viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
      this.area, this.line);
    if (label) this.node.append(svg("title", {}, label));
  }

  draw(values, capacity) {
    const top = Math.max(1, ...values);
    const step = 100 / (capacity - 1);
    const points = values.map((value, index) => {
      const x = 100 - (values.length - 1 - index) * step;
      return `${x.toFixed(1)},${(22.5 - (value / top) * 20).toFixed(1)}`;
    });
    this.line.setAttribute("points", points.join(" "));
    const left = 100 - (values.length - 1) * step;
    this.area.setAttribute("points", values.length ? `${left.toFixed(1)},24 ${points.join(" ")} 100,24` : "");
  }
}
