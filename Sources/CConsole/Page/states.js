// The states as shape, word and colour. The shapes differ in outline, so that they are told apart without colour.

import { svg, el } from "./dom.js";

/** What a state looks like: `tone` picks the colour, `shape` the mark. `rank` orders what needs attention first. */
const LOOKS = {
  operational: { word: "operational", shape: "disc", tone: "good", rank: 5 },
  primary: { word: "primary", shape: "star", tone: "prime", rank: 4 },
  standby: { word: "standby", shape: "ring", tone: "good", rank: 6 },
  failed: { word: "failed", shape: "cross", tone: "bad", rank: 0 },
  unresolved: { word: "unresolved", shape: "question", tone: "odd", rank: 1 },
  draining: { word: "draining", shape: "half", tone: "warn", rank: 2 },
  drained: { word: "drained", shape: "hollow", tone: "warn", rank: 3 },
  disabled: { word: "disabled", shape: "barred", tone: "off", rank: 3 },
  degraded: { word: "degraded", shape: "triangle", tone: "warn", rank: 2 },
  up: { word: "link up", shape: "disc", tone: "good", rank: 5 },
  down: { word: "link down", shape: "cross", tone: "bad", rank: 0 },
  absent: { word: "absent", shape: "hollow", tone: "bad", rank: 0 },
  damped: { word: "damped", shape: "half", tone: "bad", rank: 1 },
  warning: { word: "warning", shape: "triangle", tone: "warn", rank: 1 },
  notice: { word: "notice", shape: "dot", tone: "off", rank: 5 },
  unknown: { word: "unknown", shape: "question", tone: "odd", rank: 1 },
};

export const look = (name) => LOOKS[name] ?? LOOKS.unknown;
export const MEMBER_STATES =
  ["operational", "primary", "standby", "failed", "unresolved", "draining", "drained", "disabled"];

/** What people want to know of a member or router, out of its state and what the operator wants of it. */
export function memberLook(row) {
  if (row.state === "failed" || row.state === "secondary-failed") return "failed";
  if (row.admin_state === "disabled") return "disabled";
  if (row.state === "unresolved") return "unresolved";
  if (row.admin_state === "draining") {
    const isEmpty = !row.buckets && !row.servers && !row.leaving_packets_per_second && !row.packets_per_second;
    return isEmpty ? "drained" : "draining";
  }
  if (row.state === "secondary-operational") return "standby";
  return row.state in LOOKS ? row.state : "unknown";
}

export const clusterLook = (row) => (row.state in LOOKS ? row.state : "unknown");
export const portLook = (row) => (row.link in LOOKS ? row.link : "unknown");

/** Serving: traffic is given to it. */
export const isServing = (name) => ["operational", "primary", "draining"].includes(name);

const SHAPES = {
  disc: [["circle", { cx: 8, cy: 8, r: 6, class: "full" }]],
  star: [["path", { d: "M8 .8l2.2 4.7 5.1.6-3.8 3.5 1 5.1L8 12.2l-4.5 2.5 1-5.1L.7 6.1l5.1-.6z", class: "full" }]],
  ring: [["circle", { cx: 8, cy: 8, r: 5, class: "line" }]],
  cross: [["rect", { x: 0.5, y: 0.5, width: 15, height: 15, rx: 3, class: "full" }],
    ["path", { d: "M4.5 4.5l7 7m0-7l-7 7", class: "inner" }]],
  question: [["circle", { cx: 8, cy: 8, r: 6.6, class: "dashed" }],
    ["path", { d: "M6 6.2a2 2 0 1 1 2.7 2c-.5.2-.7.5-.7 1.3", class: "line thin" }],
    ["circle", { cx: 8, cy: 11.8, r: 0.9, class: "full" }]],
  half: [["circle", { cx: 8, cy: 8, r: 6, class: "line" }], ["path", { d: "M8 2a6 6 0 0 0 0 12z", class: "full" }]],
  hollow: [["circle", { cx: 8, cy: 8, r: 6, class: "dashed" }]],
  barred: [["circle", { cx: 8, cy: 8, r: 6, class: "line" }], ["path", { d: "M4 12L12 4", class: "line" }]],
  triangle: [["path", { d: "M8 1.2L15.4 14.4H.6z", class: "full" }], ["path", { d: "M8 6v4m0 1.8v.4", class: "inner" }]],
  dot: [["circle", { cx: 8, cy: 8, r: 3, class: "full" }]],
};

/** A mark that can change: the shape, and the word for those who do not see it. */
export class Mark {
  constructor(name = "unknown", hasWord = true) {
    this.picture = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    this.word = el("span", { class: "vh" });
    this.node = el("span", { class: "mark" }, this.picture, hasWord ? this.word : null);
    this.set(name);
  }

  set(name) {
    if (this.name === name) return;
    this.name = name;
    const { word, shape, tone } = look(name);
    this.picture.replaceChildren(...SHAPES[shape].map(([tag, attributes]) => svg(tag, attributes)));
    this.node.dataset.tone = tone;
    this.node.dataset.state = name;
    this.word.textContent = `${word} `;
  }
}
