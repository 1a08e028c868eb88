// What came back, as a table, a chart, a map or as it came; and where to download it.
import { chart, hasChart } from "./chart.js";
import { html, say } from "./dom.js";
import { hasMap, map } from "./map.js";
import { table } from "./table.js";

const LONGEST_RAW = 200_000;

/** An answer of the endpoint: its kind is known by what is in it. */
export function parsed(raw, isGraph) {
  if (isGraph) return { kind: "graph", raw };
  const document = JSON.parse(raw);
  if ("boolean" in document) return { kind: "boolean", value: document.boolean, raw };
  // A variable may be called `constructor`: rows inherit nothing.
  const rows = document.results.bindings.map((row) => Object.assign(Object.create(null), row));
  return { kind: "solutions", columns: document.head.vars, rows, raw };
}

function raw(answer, site) {
  const cut = answer.raw.length > LONGEST_RAW;
  return html(
    "div",
    {},
    cut ? html("p", {}, site.words.raw_cut) : null,
    html("pre", { tabindex: "0", "aria-label": site.words.raw }, answer.raw.slice(0, LONGEST_RAW)),
  );
}

const VIEWS = {
  truth: { fits: ({ kind }) => kind === "boolean", draw: ({ value }, { words }) => html("p", { class: "truth" }, value ? words.yes : words.no) },
  table: { fits: ({ kind }) => kind === "solutions", draw: table },
  chart: { fits: (answer) => answer.kind === "solutions" && hasChart(answer), draw: chart },
  map: { fits: (answer) => answer.kind === "solutions" && hasMap(answer), draw: map },
  raw: { fits: () => true, draw: raw },
};

/** The views that fit, as tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/); a view is drawn when it is first seen. */
function tabs(answer, wished, site, chosen) {
  const names = Object.keys(VIEWS).filter((name) => VIEWS[name].fits(answer));
  const panels = names.map((name) => html("div", { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}`, hidden: true }));
  const buttons = names.map((name, index) =>
    html(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}`, click: () => select(index, true) },
      site.words[name],
    ),
  );

  function select(index, asked) {
    buttons.forEach((button, each) => {
      button.setAttribute("aria-selected", each === index);
      button.tabIndex = each === index ? 0 : -1;
      panels[each].hidden = each !== index;
    });
    if (!panels[index].firstChild) panels[index].append(VIEWS[names[index]].draw(answer, site));
    if (asked) chosen(names[index]);
  }

  function move(event) {
    const now = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to % buttons.length].focus();
    select(to % buttons.length, true);
  }

  select(Math.max(names.indexOf(wished), 0), false);
  return [html("div", { role: "tablist", "aria-label": site.words.views, keydown: move }, ...buttons), ...panels];
}

/** A form like that of the page without JavaScript: a button for each format. */
function downloads(kind, query, link, site) {
  const buttons = site.formats[kind].map(([suffix, name]) => html("button", { name: "format", value: suffix }, name));
  const asked = html("input", { type: "hidden", name: "query", value: query });
  return html(
    "form",
    { action: site.endpoint, method: link ? "get" : "post", "accept-charset": "utf-8", class: "downloads" },
    asked,
    html("p", {}, `${site.words.download} `, ...buttons.flatMap((button) => [button, " "])),
    link ? html("p", {}, html("a", { href: link }, site.words.link)) : null,
  );
}

/** The part of the page that holds the answer: it says aloud what happens. */
export class Results {
  #site;
  #view = "table";
  #status = html("p", { role: "status" });
  #alert = html("div", { role: "alert" });
  #body = html("div");
  #heading;
  #section;

  constructor(site) {
    this.#site = site;
    this.#heading = html("h2", { id: "answer", hidden: true }, site.words.answer);
    // What is to be said aloud has to be there, and not hidden, before it is filled.
    this.#section = html("section", { class: "results", "aria-labelledby": "answer" }, this.#heading, this.#status, this.#alert, this.#body);
  }

  get element() {
    return this.#section;
  }

  say(words) {
    this.#heading.hidden = false;
    this.#alert.replaceChildren();
    this.#status.textContent = words;
  }

  show(answer, query, link, seconds = null) {
    const { words } = this.#site;
    this.#body.replaceChildren(...tabs(answer, this.#view, this.#site, (name) => (this.#view = name)), downloads(answer.kind, query, link, this.#site));
    const figures = answer.kind === "solutions" ? [answer.rows.length === 1 ? words.row : say(words.rows, { total: answer.rows.length })] : [];
    if (seconds !== null) figures.push(say(words.seconds, { seconds: seconds.toLocaleString(this.#site.language, { maximumFractionDigits: 2 }) }));
    this.say(figures.join(" · "));
    this.#section.scrollIntoView({ block: "nearest" });
  }

  /** An answer that is too long for a page: only its downloads are shown. */
  offer(kind, query, link) {
    this.#body.replaceChildren(downloads(kind, query, link, this.#site));
    this.say(this.#site.words.too_long);
  }

  /** Problem details (https://www.rfc-editor.org/rfc/rfc9457); what the engine says stays in its own language. */
  fail({ title, detail, detail_language: language, line, column }) {
    const place = line ? ` ${say(this.#site.words.place, { line, column })}` : "";
    this.#body.replaceChildren();
    this.say("");
    const words = html("p", {}, html("strong", {}, title), place);
    this.#alert.replaceChildren(html("div", { class: "notice" }, words, detail ? html("p", { lang: language }, detail) : null));
    this.#section.scrollIntoView({ block: "nearest" });
  }
}
