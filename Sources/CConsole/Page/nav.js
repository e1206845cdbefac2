// The drawing is one stop of the tab key; in it the arrow keys go to what is nearest in their direction.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const centre = (node) => {
  const box = node.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2, box };
};

export class Arrows {
  constructor(root) {
    this.root = root;
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusin", (event) => {
      if (event.target.classList.contains("node")) this.stop(event.target);
    });
  }

  nodes() {
    return [...this.root.querySelectorAll(".node")].filter((node) => node.offsetParent !== null);
  }

  /** Makes sure that one node, and one alone, can be reached by the tab key. */
  keep() {
    if (this.current?.isConnected && this.current.offsetParent !== null) return;
    const [first] = this.nodes();
    if (first) this.stop(first);
  }

  stop(node) {
    if (this.current && this.current !== node) this.current.tabIndex = -1;
    this.current = node;
    node.tabIndex = 0;
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = event.target.closest?.(".node");
    if (!from) return;
    let to = null;
    if (event.key in STEPS) to = this.nearest(from, ...STEPS[event.key]);
    else if (event.key === "Home") [to] = this.nodes();
    else if (event.key === "End") to = this.nodes().at(-1);
    else return;
    event.preventDefault();
    to?.focus();
    to?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  nearest(from, dx, dy) {
    const here = centre(from);
    let best = null;
    let least = Infinity;
    for (const node of this.nodes()) {
      if (node === from) continue;
      const there = centre(node);
      // From edge to edge in that direction; what is off to the side costs more.
      const along = dx > 0 ? there.box.left - here.box.right : dx < 0 ? here.box.left - there.box.right
        : dy > 0 ? there.box.top - here.box.bottom : here.box.top - there.box.bottom;
      if (along < -4) continue;
      const overlap = dx
        ? Math.min(here.box.bottom, there.box.bottom) > Math.max(here.box.top, there.box.top)
        : Math.min(here.box.right, there.box.right) > Math.max(here.box.left, there.box.left);
      const aside = dx ? Math.abs(there.y - here.y) : Math.abs(there.x - here.x);
      const side = dx && node.classList.contains("toggle") ? 60 : 0;
      const cost = along + side + (overlap ? aside * 0.2 : aside * 3 + 200);
      if (cost < least) [least, best] = [cost, node];
    }
    return best;
  }
}
