// The rows of an answer, to be read and sorted.
import { html, say } from "./dom.js";
import { harmless, isNumeric, number, shown, text } from "./terms.js";

const FIRST = 1000;

/** The rows in the order of one column: numbers by their value, the rest by the reader's alphabet. */
function sorted(rows, column, descending, site) {
  const collator = new Intl.Collator(site.language, { numeric: true });
  const numeric = isNumeric(rows, column);
  const order = (a, b) => (numeric ? number(a[column]) - number(b[column]) : collator.compare(text(a[column], site), text(b[column], site)));
  const bound = rows.filter((row) => row[column]).sort(order);
  if (descending) bound.reverse();
  return [...bound, ...rows.filter((row) => !row[column])];
}

export function table({ columns, rows }, site) {
  const numeric = new Set(columns.filter((column) => isNumeric(rows, column)));
  let [sort, descending, limit] = [null, false, FIRST];
  const head = html("tr");
  const body = html("tbody");
  const more = html("button", { type: "button", click: showAll });
  const note = html("p", { hidden: rows.length <= FIRST }, `${say(site.words.first_rows, { first: FIRST, total: rows.length })} `, more);
  more.textContent = site.words.all_rows;

  function showAll() {
    limit = rows.length;
    note.hidden = true;
    draw();
    region.focus();
  }

  function by(column) {
    [sort, descending] = [column, sort === column && !descending];
    drawHead();
    draw();
    head.querySelector("[aria-sort] button")?.focus();
  }

  function drawHead() {
    head.replaceChildren(
      ...columns.map((column) => {
        const direction = sort === column ? (descending ? "descending" : "ascending") : null;
        const button = html("button", { type: "button", class: "sort", title: site.words.sort, click: () => by(column) }, harmless(column));
        return html("th", { scope: "col", "aria-sort": direction, class: numeric.has(column) ? "number" : null }, button);
      }),
    );
  }

  function draw() {
    const ordered = sort === null ? rows : sorted(rows, sort, descending, site);
    body.replaceChildren(
      ...ordered.slice(0, limit).map((row) =>
        html("tr", {}, ...columns.map((column) => html("td", { class: numeric.has(column) ? "number" : null }, shown(row[column], site)))),
      ),
    );
  }

  drawHead();
  draw();
  const grid = html("table", {}, html("thead", {}, head), body);
  const region = html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": site.words.table }, grid);
  return html("div", {}, note, region);
}
