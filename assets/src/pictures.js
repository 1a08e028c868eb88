// The map and the network of a page, for mouse and keyboard. Both are whole without this: it only makes them answer.
import { html, say } from "./dom.js";

const STEP = 1.3;
const [LEAST, MOST] = [1, 8];
const MOST_NAMES = 20;
// Letters: as the drawing has them, and on the screen at least, in pixels.
const [DRAWN, SMALLEST, FAR] = [13, 11, 8];
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// -- the map: a territory and its row in the table light up together --------------------------------------------------

function light(section) {
  const same = (code) => [...section.querySelectorAll("[data-code]")].filter((each) => each.dataset.code === code);
  const mark = (event, isOn) => {
    const code = event.target.closest?.("[data-code]")?.dataset.code;
    if (code) for (const each of same(code)) each.classList.toggle("lit", isOn);
  };
  for (const name of ["pointerover", "focusin"]) section.addEventListener(name, (event) => mark(event, true));
  for (const name of ["pointerout", "focusout"]) section.addEventListener(name, (event) => mark(event, false));
}

// -- the network -------------------------------------------------------------------------------------------------------

/** The drawing that the picture shows, as elements of this page; null where it does not come. */
async function fetched(address) {
  const response = await fetch(address, { headers: { Accept: "image/svg+xml" } });
  if (!response.ok || new URL(response.url).origin !== location.origin) return null;
  const root = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  return root.localName === "svg" ? document.importNode(root, true) : null;
}

/** What is shown of the drawing: a box that the wheel, the buttons and the keys make smaller, and the mouse moves. */
class View {
  constructor(drawing) {
    this.drawing = drawing;
    const { x, y, width, height } = drawing.viewBox.baseVal;
    this.whole = { x, y, width, height };
    this.show(this.whole);
    new ResizeObserver(() => this.letter()).observe(drawing);
  }

  get scale() {
    return this.whole.width / this.box.width;
  }

  show(box) {
    this.box = box;
    // A finger moves what is enlarged, and the page where nothing is.
    this.drawing.classList.toggle("near", this.scale > LEAST);
    this.drawing.setAttribute("viewBox", [box.x, box.y, box.width, box.height].map((each) => each.toFixed(1)).join(" "));
    this.letter();
  }

  /** Letters as small as they can be read: where they are larger than drawn, only the clusters have room for theirs. */
  letter() {
    const { clientWidth, clientHeight } = this.drawing;
    const unit = Math.max(this.box.width / clientWidth, this.box.height / clientHeight);
    if (!Number.isFinite(unit)) return;
    this.drawing.setAttribute("font-size", Math.max(DRAWN, SMALLEST * unit).toFixed(1));
    this.drawing.classList.toggle("far", DRAWN < FAR * unit);
  }

  zoom(factor, [x, y] = [this.box.x + this.box.width / 2, this.box.y + this.box.height / 2]) {
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    const shrink = this.scale / scale;
    const [width, height] = [this.whole.width / scale, this.whole.height / scale];
    if (scale === LEAST) this.show(this.whole);
    else this.show({ x: x - (x - this.box.x) * shrink, y: y - (y - this.box.y) * shrink, width, height });
  }

  move(dx, dy) {
    this.show({ ...this.box, x: this.box.x + dx, y: this.box.y + dy });
  }

  /** Where in the drawing a point of the screen is. */
  at({ clientX, clientY }) {
    const point = new DOMPoint(clientX, clientY).matrixTransform(this.drawing.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  /** Brings a node into view where it is outside. */
  reveal([x, y]) {
    const { x: left, y: top, width, height } = this.box;
    const isIn = x > left && x < left + width && y > top && y < top + height;
    if (!isIn) this.show({ ...this.box, x: x - width / 2, y: y - height / 2 });
  }
}

class Network {
  constructor(place, drawing) {
    this.words = place.dataset;
    this.drawing = drawing;
    this.nodes = [...drawing.querySelectorAll("[data-node]")];
    this.lines = [...drawing.querySelectorAll("[data-ends]")];
    this.said = html("p", { role: "status", class: "said" }, this.words.keys);
    this.current = null;
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", this.words.label);
    for (const each of this.nodes) this.prepare(each);
    this.nodes[0]?.setAttribute("tabindex", "0");
    const button = (label, text, action) => html("button", { type: "button", class: "btn btn-outline-primary btn-sm", "aria-label": label, click: action }, text);
    const tools = html(
      "div",
      { class: "tools" },
      button(this.words.in, "+", () => this.view.zoom(STEP)),
      button(this.words.out, "−", () => this.view.zoom(1 / STEP)),
      button(this.words.whole, this.words.whole, () => this.release()),
    );
    place.replaceChildren(tools, html("div", { class: "stage" }, drawing), this.said);
    this.view = new View(drawing);
    this.listen();
  }

  prepare(node) {
    node.setAttribute("tabindex", "-1");
    node.setAttribute("aria-label", this.called(node));
    if (node.localName !== "a") node.setAttribute("role", "img");
    node.querySelector("title")?.remove();
  }

  /** The name, with what is written there where that is something else: who speaks to a browser reads it aloud. */
  called(node) {
    const { name, type } = node.dataset;
    const written = [...node.querySelectorAll("text")].map((each) => each.textContent).join(" ").replace("…", "");
    return [...(name.includes(written) ? [] : [written]), name, type].join(", ");
  }

  linked(node) {
    return node.dataset.linked ? node.dataset.linked.split(" ").map((number) => this.nodes[Number(number)]) : [];
  }

  sentence(node) {
    const { name, type } = node.dataset;
    const linked = this.linked(node);
    const names = linked.slice(0, MOST_NAMES).map((each) => each.dataset.name);
    if (linked.length > MOST_NAMES) names.push("…");
    return say(linked.length === 1 ? this.words.one : this.words.many, { name, type, count: linked.length, linked: names.join(", ") });
  }

  place(node) {
    const { e, f } = node.transform.baseVal.consolidate().matrix;
    return [e, f];
  }

  /** Marks a node and its neighbours; the others fade. */
  pick(node) {
    const near = new Set(this.linked(node));
    this.drawing.classList.add("chosen");
    for (const each of this.nodes) {
      each.classList.toggle("picked", each === node);
      each.classList.toggle("near", near.has(each));
    }
    for (const line of this.lines) line.classList.toggle("near", line.dataset.ends.split(" ").includes(node.dataset.node));
    this.said.textContent = this.sentence(node);
  }

  unpick() {
    this.drawing.classList.remove("chosen");
    for (const each of [...this.nodes, ...this.lines]) each.classList.remove("picked", "near");
    this.said.textContent = this.words.keys;
  }

  release() {
    this.unpick();
    this.view.show(this.view.whole);
  }

  focus(node) {
    for (const each of this.nodes) each.setAttribute("tabindex", each === node ? "0" : "-1");
    this.view.reveal(this.place(node));
    node.focus({ preventScroll: this.view.scale > LEAST });
  }

  /** Which node is next in a direction: a neighbour where there is one, else whatever is nearest there. */
  next(node, [right, down]) {
    const [x, y] = this.place(node);
    const cost = (other) => {
      const [u, v] = this.place(other);
      const along = (u - x) * right + (v - y) * down;
      const across = Math.abs((u - x) * down - (v - y) * right);
      return along > 1 && across < along * 2 ? along + 2 * across : Infinity;
    };
    const best = (among) => among.reduce((found, each) => (cost(each) < cost(found ?? each) || !found ? each : found), null);
    for (const among of [this.linked(node), this.nodes]) {
      const found = best(among.filter((each) => each !== node && cost(each) < Infinity));
      if (found) return found;
    }
    return null;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const node = event.target.closest("[data-node]");
    if (event.key in ARROWS && node) this.go(this.next(node, ARROWS[event.key]));
    else if (event.key === "Home") this.go(this.nodes[0]);
    else if (event.key === "End") this.go(this.nodes.at(-1));
    else if (event.key === "+" || event.key === "=") this.view.zoom(STEP, node ? this.place(node) : undefined);
    else if (event.key === "-") this.view.zoom(1 / STEP, node ? this.place(node) : undefined);
    else if (event.key === "Escape") this.release();
    else return;
    event.preventDefault();
  }

  go(node) {
    if (node) this.focus(node);
  }

  listen() {
    const nodeOf = (event) => event.target.closest?.("[data-node]");
    this.drawing.addEventListener("keydown", (event) => this.key(event));
    // Chromium gives the focus to a drawing that listens to it itself.
    const stage = this.drawing.parentElement;
    stage.addEventListener("focusin", (event) => nodeOf(event) && this.pick(nodeOf(event)));
    stage.addEventListener("focusout", () => this.unpick());
    this.drawing.addEventListener("pointerover", (event) => nodeOf(event) && this.pick(nodeOf(event)));
    this.drawing.addEventListener("pointerout", () => this.leave());
    // The wheel alone scrolls the page, as everywhere.
    this.drawing.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.drag();
  }

  /** The mouse goes: what has the focus is marked again. */
  leave() {
    const focused = document.activeElement?.closest("[data-node]");
    if (focused && this.drawing.contains(focused)) this.pick(focused);
    else this.unpick();
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.view.zoom(event.deltaY < 0 ? STEP : 1 / STEP, this.view.at(event));
  }

  /** A drawing that is moved is not clicked: a link under the mouse leads on only where the mouse stood still. */
  drag() {
    let [from, moved] = [null, false];
    const end = () => {
      from = null;
      this.drawing.classList.remove("moving");
      // The click that belongs to this comes at once, or not at all, as where the mouse has left the drawing.
      setTimeout(() => {
        moved = false;
      });
    };
    this.drawing.addEventListener("dragstart", (event) => event.preventDefault());
    this.drawing.addEventListener("pointerdown", (event) => {
      const moves = event.pointerType === "mouse" || this.view.scale > LEAST;
      if (event.button === 0 && moves) [from, moved] = [this.view.at(event), false];
    });
    addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = this.view.at(event);
      moved ||= Math.hypot(x - from[0], y - from[1]) * this.view.scale > 5;
      if (!moved) return;
      this.drawing.classList.add("moving");
      this.view.move(from[0] - x, from[1] - y);
    });
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
    this.drawing.addEventListener("click", (event) => moved && event.preventDefault(), { capture: true });
  }
}

for (const section of document.querySelectorAll("[data-map]")) light(section);
for (const place of document.querySelectorAll("[data-drawing]")) {
  const drawing = await fetched(place.dataset.drawing);
  if (drawing) new Network(place, drawing);
}
