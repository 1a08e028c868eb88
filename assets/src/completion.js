// What the editor offers while somebody writes: our prefixes, classes and properties, and nothing from elsewhere.
import { Yasqe } from "@zazuko/yasqe";

/** The completers that Yasqe brings ask prefix.cc and LOV; ours take their rules for where a term fits, and our own terms. */
export function completers(site, terms) {
  const labels = new Map();
  terms.then(({ classes, properties }) => [...classes, ...properties].forEach(([iri, label]) => labels.set(iri, label)));
  const named = (yasqe, hints) => hints.map((hint) => ({ ...hint, displayText: described(hint.text, yasqe, labels) }));
  const shared = { bulk: true, autoShow: false, persistenceId: undefined };
  Yasqe.forkAutocompleter("prefixes", { ...shared, name: "our-prefixes", get: Object.entries(site.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`) }, false);
  Yasqe.forkAutocompleter("class", { ...shared, name: "our-classes", get: () => terms.then(({ classes }) => classes.map(([iri]) => iri)), postprocessHints: named }, false);
  Yasqe.forkAutocompleter("property", { ...shared, name: "our-properties", get: () => terms.then(({ properties }) => properties.map(([iri]) => iri)), postprocessHints: named }, false);
  return ["our-prefixes", "variables", "our-classes", "our-properties"];
}

function described(written, yasqe, labels) {
  const [prefix, local] = written.split(/:(.*)/);
  const iri = written.startsWith("<") ? written.slice(1, -1) : `${yasqe.getPrefixesFromQuery()[prefix] ?? ""}${local}`;
  const label = labels.get(iri);
  return label ? `${written} – ${label}` : written;
}
