// Terms of an answer (https://www.w3.org/TR/sparql11-results-json/), as readers see them.
import { html } from "./dom.js";

const NUMBERS = new Set(
  [
    "integer decimal float double int long short byte nonNegativeInteger positiveInteger",
    "nonPositiveInteger negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte",
  ]
    .join(" ")
    .split(" ")
    .map((name) => `http://www.w3.org/2001/XMLSchema#${name}`),
);
// Characters that turn the reading direction, and controls that no text needs: a name must not dress as another.
// eslint-disable-next-line no-control-regex
const TREACHEROUS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LANGUAGE_TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/;
const NO_PLACE = /[\\]|\/\/|(^|\/)\.{1,2}(\/|$)|^\//;

export const harmless = (text) => text.replace(TREACHEROUS, "");

/** The number that a term is; null for all others. */
export function number(term) {
  if (!term || !NUMBERS.has(term.datatype)) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

/** Whether there is a number in the column, and nothing else. */
export function isNumeric(rows, column) {
  const terms = rows.map((row) => row[column]).filter(Boolean);
  return terms.length > 0 && terms.every((term) => number(term) !== null);
}

function compact(iri, prefixes) {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const local = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && local && !/[/#:]/.test(local)) return `${prefix}:${local}`;
  }
  return iri;
}

/** Where an IRI leads: our things to their documents on this site, other web addresses to themselves, the rest nowhere. */
function place(iri, site) {
  for (const [namespace, path] of site.places) {
    const rest = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && !NO_PLACE.test(rest)) return { href: path + encodeURI(rest), external: false };
  }
  if (!/^https?:\/\/[^\s]+$/i.test(iri) || !URL.canParse(iri)) return null;
  return { href: new URL(iri).href, external: true };
}

/** The text of a term: quoted triples are written as they come. */
export function text(term, site) {
  if (!term) return "";
  if (term.type === "triple") return JSON.stringify(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  return harmless(term.type === "uri" ? compact(term.value, site.prefixes) : term.value);
}

/** An element for a term; null for an unbound variable. */
export function shown(term, site) {
  if (!term) return null;
  const words = text(term, site);
  if (term.type === "uri") {
    const leads = place(term.value, site);
    if (!leads) return html("span", { title: harmless(term.value) }, words);
    const outside = leads.external ? { rel: "external nofollow ugc" } : {};
    return html("a", { href: leads.href, title: harmless(term.value), ...outside }, words);
  }
  const tag = term["xml:lang"];
  if (tag) {
    const lang = LANGUAGE_TAG.test(tag) ? tag : null;
    return html("span", {}, html("span", { lang }, words), " ", html("span", { class: "language" }, `(${harmless(tag)})`));
  }
  return html("span", { title: term.datatype ? harmless(term.datatype) : null }, words);
}
