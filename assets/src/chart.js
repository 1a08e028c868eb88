// A bar for each row: one column of names, one of numbers.
import { choice, drawn, html, say, svg } from "./dom.js";
import { harmless, isNumeric, number, text } from "./terms.js";

const MOST = 50;
const ROW = 44;
const BAR = 18;

const numericColumns = ({ columns, rows }) => columns.filter((column) => isNumeric(rows, column));

/** Columns of names: literals first, since an IRI says less. */
function nameColumns({ columns, rows }) {
  const names = columns.filter((column) => !isNumeric(rows, column) && rows.some((row) => row[column]));
  const isIri = (column) => rows.some((row) => row[column]?.type === "uri");
  return [...names.filter((column) => !isIri(column)), ...names.filter(isIri)];
}

export function hasChart(answer) {
  return answer.rows.length > 0 && numericColumns(answer).length > 0 && nameColumns(answer).length > 0;
}

function bars(rows, name, figure, width, site) {
  const values = rows.map((row) => number(row[figure]) ?? 0);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const figures = new Intl.NumberFormat(site.language, { maximumFractionDigits: 4 });
  const room = width - 80;
  const at = (value) => (high === low ? 0 : ((value - low) / (high - low)) * room);
  return rows.flatMap((row, index) => {
    const [value, top] = [values[index], index * ROW];
    const [left, right] = [at(Math.min(0, value)), at(Math.max(0, value))];
    const words = row[figure] ? figures.format(value) : "–";
    return [
      svg("text", { x: 0, y: top + 16, class: "name" }, shortened(text(row[name], site) || "–", width)),
      svg("rect", { x: left, y: top + 22, width: Math.max(right - left, 1), height: BAR, class: "length" }),
      svg("text", { x: right + 6, y: top + 36, class: "figure" }, words),
    ];
  });
}

function shortened(words, width) {
  const most = Math.floor(width / 8);
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

/** Drawn again when its place grows or shrinks; the table beside it has the same figures for whoever does not see it. */
export function chart(answer, site) {
  const [names, figures] = [nameColumns(answer), numericColumns(answer)];
  // What is counted in all stands last, as a rule.
  let [name, figure] = [0, figures.length - 1];
  const rows = answer.rows.slice(0, MOST);
  const place = html("div", { class: "chart" });

  const redraw = drawn(place, (width) => {
    const title = say(site.words.chart_title, { figure: harmless(figures[figure]), name: harmless(names[name]), total: rows.length });
    const attributes = { role: "img", "aria-label": title, width, height: rows.length * ROW };
    return svg("svg", attributes, ...bars(rows, names[name], figures[figure], width, site));
  });
  const choices = html(
    "p",
    { class: "choices" },
    choice(site.words.chart_name, names.map(harmless), name, (index) => ((name = index), redraw())),
    choice(site.words.chart_figure, figures.map(harmless), figure, (index) => ((figure = index), redraw())),
  );
  const cut = answer.rows.length > MOST ? html("p", {}, say(site.words.chart_cut, { first: MOST, total: answer.rows.length })) : null;
  return html("div", {}, choices, cut, place, html("p", { class: "hint" }, site.words.chart_table));
}
