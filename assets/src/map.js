// Points of an answer on a net of meridians and parallels: no tiles, since no other host is asked for anything.
import { drawn, html, say, svg } from "./dom.js";
import { number, text } from "./terms.js";

const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*$/i;
const LATITUDE = /^(lat|latitude|latitudine)$|[_a-z](Lat|_lat)$/;
const LONGITUDE = /^(long?|lng|longitude|longitudine)$|[_a-z](Long?|_long?)$/;
const MOST_NAMES = 25;
const STEPS = [90, 45, 30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

const inRange = ([longitude, latitude]) => Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;

/** How to find a point in a row: a column of WKT points, or two of degrees; null where there is neither. */
function finder({ columns, rows }) {
  const wkt = columns.find((column) => rows.some((row) => row[column]?.datatype === WKT && POINT.test(row[column].value)));
  if (wkt) {
    return (row) => {
      const found = POINT.exec(row[wkt]?.value ?? "");
      return found && [Number(found[1]), Number(found[2])];
    };
  }
  const [latitude, longitude] = [columns.find((column) => LATITUDE.test(column)), columns.find((column) => LONGITUDE.test(column))];
  if (!latitude || !longitude) return null;
  return (row) => {
    const point = [number(row[longitude]), number(row[latitude])];
    return point.includes(null) ? null : point;
  };
}

function points(answer, site) {
  const find = finder(answer);
  if (!find) return [];
  const isName = (term) => term?.type === "literal" && term.value && number(term) === null && term.datatype !== WKT;
  const label = answer.columns.find((column) => answer.rows.some((row) => isName(row[column])));
  return answer.rows.flatMap((row) => {
    const at = find(row);
    if (!at || !inRange(at)) return [];
    return [{ at, name: text(row[label ?? answer.columns[0]], site) }];
  });
}

export function hasMap(answer) {
  return points(answer, { prefixes: {} }).length > 0;
}

function extent(values, least) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high - low) * 0.1, least / 2);
  return [low - margin, high + margin];
}

function lines([low, high]) {
  const step = STEPS.findLast((each) => (high - low) / each <= 6) ?? STEPS[0];
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return Array.from({ length: count }, (_, index) => Number(((Math.ceil(low / step) + index) * step).toFixed(4)));
}

/** A point with its name, which stands beside it where few do, and on the side where there is room. */
function mark(x, y, name, wide, beside) {
  const [at, anchor] = x > wide * 0.7 ? [x - 10, "end"] : [x + 10, "start"];
  const point = svg("circle", { cx: x, cy: y, r: 6, class: "point" }, svg("title", {}, name));
  return beside ? [point, svg("text", { x: at, y: y + 4, "text-anchor": anchor, class: "name" }, name)] : [point];
}

function drawing(found, width, title) {
  const [west, east] = extent(found.map(({ at }) => at[0]), 0.1);
  const [south, north] = extent(found.map(({ at }) => at[1]), 0.1);
  // A degree of longitude is as wide as its parallel makes it.
  const shrink = Math.max(Math.cos((((south + north) / 2) * Math.PI) / 180), 0.1);
  const scale = Math.min(width / ((east - west) * shrink), 480 / (north - south));
  const [wide, high] = [(east - west) * shrink * scale, (north - south) * scale];
  const x = (longitude) => (longitude - west) * shrink * scale;
  const y = (latitude) => (north - latitude) * scale;
  return svg(
    "svg",
    { role: "img", "aria-label": title, width: wide, height: high },
    ...lines([west, east]).flatMap((degree) => [
      svg("line", { x1: x(degree), x2: x(degree), y1: 0, y2: high, class: "net" }),
      svg("text", { x: x(degree) + 3, y: high - 4, class: "degree" }, `${degree}°`),
    ]),
    ...lines([south, north]).flatMap((degree) => [
      svg("line", { x1: 0, x2: wide, y1: y(degree), y2: y(degree), class: "net" }),
      svg("text", { x: 3, y: y(degree) - 3, class: "degree" }, `${degree}°`),
    ]),
    ...found.flatMap(({ at, name }) => mark(x(at[0]), y(at[1]), name, wide, found.length <= MOST_NAMES)),
  );
}

export function map(answer, site) {
  const found = points(answer, site);
  const place = html("div", { class: "map" });
  const title = say(site.words.map_title, { total: found.length });
  drawn(place, (width) => drawing(found, width, title));
  return html("div", {}, html("p", {}, say(site.words.map_points, { total: found.length, rows: answer.rows.length })), place);
}
