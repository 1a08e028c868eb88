// Suggestions while somebody types a name: a combobox with a list (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
// Fields that have no address to ask stay as they are; so does every field without this script.

const PAUSE = 200;
const SETTLED = 1000;
const SHORTEST = 2;
const SHOWN = 8;

/** An element with its attributes, and with texts as what they are: texts. */
function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...inside);
  return element;
}

class Combobox {
  constructor(field) {
    this.field = field;
    this.options = [];
    this.active = -1;
    this.asked = 0;
    this.list = make("ul", { id: `${field.id}-list`, role: "listbox", class: "suggestions", hidden: "" });
    this.list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
    this.status = make("span", { role: "status", class: "visually-hidden" });
    // The field stays where it is: who is writing in it goes on.
    field.after(this.list, this.status);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => this.close());
    // The field keeps the focus, so that a click is not lost with it.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  /** Ask when the typing pauses. */
  wait() {
    clearTimeout(this.timer);
    clearTimeout(this.saying);
    this.asked += 1;
    if (this.field.value.trim().length < SHORTEST) return this.close();
    this.timer = setTimeout(() => this.ask(this.asked), PAUSE);
  }

  /** Show what is suggested, unless something else has been typed meanwhile; who gets no answer sees none. */
  async ask(turn) {
    const address = new URL(this.field.dataset.suggest, location.href);
    address.searchParams.set("prefix", this.field.value.trim());
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(response.statusText);
      const { result } = await response.json();
      if (turn === this.asked) this.show(result.slice(0, SHOWN));
    } catch {
      if (turn === this.asked) this.close();
    }
  }

  show(found) {
    this.options = found.map((each, place) => {
      const kind = make("span", { class: "kind" }, each.description ?? "");
      const attributes = { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false" };
      const option = make("li", attributes, make("span", { class: "name" }, each.name), " ", kind);
      option.dataset.id = each.id;
      return option;
    });
    this.active = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...this.options);
    this.list.hidden = found.length === 0;
    this.field.setAttribute("aria-expanded", String(found.length > 0));
    this.say(found.length > 0 ? this.field.dataset.count.replace("#", String(found.length)) : this.field.dataset.none);
  }

  /** Who hears the page is told once it stays so: not at each key. */
  say(words) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      if (this.status.textContent !== words) this.status.textContent = words;
    }, SETTLED);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.saying);
    this.asked += 1;
    this.options = [];
    this.active = -1;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.status.textContent = "";
  }

  press(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" && !isOpen) this.wait();
    else if (event.key === "ArrowDown") this.move(this.active + 1);
    else if (event.key === "ArrowUp" && isOpen) this.move(this.active < 0 ? this.options.length - 1 : this.active - 1);
    else if (event.key === "Enter" && isOpen && this.active >= 0) this.choose(this.options[this.active]);
    else if (event.key === "Escape" && isOpen) this.close();
    else return;
    event.preventDefault();
  }

  /** To an option, or past the last one back to the field, so that Enter searches for what was typed. */
  move(place) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = place >= this.options.length ? -1 : place;
    const option = this.options[this.active];
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  /** To the page of the thing. */
  choose(option) {
    if (!option) return;
    const address = new URL(this.field.dataset.go, location.href);
    address.searchParams.set("id", option.dataset.id);
    location.assign(address);
  }
}

for (const field of document.querySelectorAll("input[data-suggest]")) new Combobox(field);
