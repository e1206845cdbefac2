// What happened, the newest first.

import { $, el, show, calm } from "./dom.js";
import { Mark } from "./states.js";
import { localTime } from "./format.js";

const KEPT = 500;

export class Events {
  /** `select`: opens the detail of a subject, false if there is none. */
  constructor(select) {
    this.select = select;
    this.rows = [];
    this.said = [];
    this.list = $("event-list");
    $("event-filter").addEventListener("input", () => this.filter());
    $("event-warnings").addEventListener("change", () => this.filter());
    this.filter();
  }

  add(row, isOld) {
    const node = this.make(row);
    const entry = { row, node, words: [row.kind, row.subject, row.cause, row.effect].join(" ").toLowerCase() };
    this.rows.unshift(entry);
    while (this.rows.length > KEPT) this.rows.pop().node.remove();
    show(node, this.matches(entry));
    this.list.prepend(node);
    if (isOld) return;
    if (!calm.matches) node.classList.add("new");
    if (row.severity === "warning") this.say(`${row.kind} ${row.subject}: ${row.cause}. ${row.effect ?? ""}`);
  }

  make(row) {
    const utc = String(row.time);
    const moved = Number(row.buckets_moved) || 0;
    return el(
      "li", { "data-severity": row.severity },
      new Mark(row.severity === "warning" ? "warning" : "notice").node,
      el("time", { datetime: utc, title: `${utc} (UTC), event ${row.number}` }, localTime(utc)),
      el("b", { class: "kind" }, String(row.kind)),
      el("button", { type: "button", class: "subject", onclick: () => this.select(String(row.subject)) },
        String(row.subject)),
      moved ? el("span", { class: "moved" }, `${moved} moved`) : null,
      el("span", { class: "cause" }, String(row.cause ?? "")),
      row.effect ? el("span", { class: "effect" }, String(row.effect)) : null);
  }

  /** To those who listen: at most a sentence in two seconds, however much happens. */
  say(sentence) {
    this.said.push(sentence);
    if (this.sayTimer) return;
    this.sayTimer = setTimeout(() => {
      this.sayTimer = null;
      const [first, ...more] = this.said.splice(0).reverse();
      $("say").textContent = more.length ? `${first} And ${more.length} more.` : first;
    }, 600);
  }

  matches({ row, words }) {
    if (this.onlyWarnings && row.severity !== "warning") return false;
    return this.terms.every((term) => words.includes(term));
  }

  filter() {
    this.terms = $("event-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    this.onlyWarnings = $("event-warnings").checked;
    for (const entry of this.rows) show(entry.node, this.matches(entry));
  }

  of(subject, limit = 8) {
    const [parent] = subject.split("/");
    return this.rows.filter(({ row }) => row.subject === subject || (subject.includes("/") && row.subject === parent))
      .slice(0, limit).map(({ row }) => row);
  }
}
