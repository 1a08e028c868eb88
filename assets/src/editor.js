// The page of queries: Yasgui's editor over the plain form, which stays for whoever has no JavaScript.
import { Yasqe } from "@zazuko/yasqe";
import { completers } from "./completion.js";
import { html } from "./dom.js";
import { Results, parsed } from "./results.js";

const ACCEPT = "application/sparql-results+json, text/turtle, application/problem+json";
const LONGEST_LINK = 6_000;
const LONGEST_ANSWER = 5_000_000;

const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

/** Marks the first line that is not SPARQL, in the reader's words; Yasqe's own mark is English, with styles inside. */
function checker(editor, words) {
  return () => {
    editor.queryValid = true;
    editor.clearGutter("gutterErrorBar");
    for (let line = 0; line < editor.lineCount(); line += 1) {
      const { state } = editor.getTokenAt({ line, ch: editor.getLine(line).length }, true);
      editor.setOption("queryType", state.queryType);
      if (state.OK !== false) continue;
      editor.queryValid = false;
      editor.setGutterMarker(line, "gutterErrorBar", html("span", { class: "mistake", title: words.mistake, role: "img", "aria-label": words.mistake }, "!"));
      return;
    }
  };
}

/** Classes and properties with their names, from when somebody begins to edit; the editor does without where there are none. */
async function terms(place, site) {
  await new Promise((begun) => place.addEventListener("focusin", begun, { once: true }));
  const nothing = { classes: [], properties: [] };
  return fetch(site.terms).then((response) => (response.ok ? response.json() : nothing), () => nothing);
}

/** Nothing is kept, shared or asked for by the editor itself: it edits. Tab leaves it, as it leaves any field. */
function makeEditor(place, query, site, run, leave) {
  Object.assign(Yasqe.defaults, { autocompleters: completers(site, terms(place, site)) });
  const editor = new Yasqe(place, {
    value: query,
    screenReaderLabel: site.words.query,
    persistenceId: null,
    createShareableLink: null,
    consumeShareLink: null,
    prefixCcApi: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "auto",
    lineWrapping: true,
    requestConfig: { endpoint: site.endpoint },
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false, Esc: leave },
  });
  editor.showNotification = () => {}; // in English, and the page says it already
  editor.checkSyntax = checker(editor, site.words);
  editor.checkSyntax();
  editor.getInputField().setAttribute("aria-describedby", "keys");
  return editor;
}

class Workbench {
  #site;
  #form;
  #editor;
  #button;
  #results;
  #running = null;
  #chosen = null;

  constructor(site, form) {
    this.#site = site;
    this.#form = form;
    this.#button = form.querySelector("button:not([formmethod])");
    this.#results = new Results(site);
    const run = () => this.run();
    const place = html("div", { class: "yasgui" });
    form.query.before(place);
    this.#editor = makeEditor(place, form.query.value.trimEnd(), site, run, () => this.#button.focus());
    form.query.required = false;
    form.query.hidden = true;
    form.querySelector("button[formmethod]").hidden = true;
    document.getElementById("keys").hidden = false;
    document.getElementById("results").append(this.#results.element);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#running) this.#running.abort();
      else this.run();
    });
    document.getElementById("examples").addEventListener("click", (event) => this.#choose(event));
  }

  /** An example's link leads to the form filled; here it fills the editor and runs. */
  async #choose(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#chosen = link;
    const headers = { Accept: "application/sparql-query", "Accept-Language": this.#site.language };
    const query = await fetch(link.href, { headers }).then((response) => (response.ok ? response.text() : null), () => null);
    if (this.#chosen !== link) return; // a later one is on its way
    if (query === null) return this.#results.fail({ title: this.#site.words.unreachable });
    this.#editor.setValue(query.trim());
    this.#editor.scrollTo(0, 0);
    this.run();
  }

  /** Takes the place of the answer that came with the page, which is not asked for again. */
  takeOver(given) {
    document.getElementById("answered").remove();
    const query = this.#editor.getValue();
    this.#results.show(parsed(given.raw, given.kind === "graph"), query, this.#link(query));
  }

  #link(query) {
    const link = `${this.#site.endpoint}?${new URLSearchParams({ query })}`;
    return link.length <= LONGEST_LINK ? link : null;
  }

  /** The address and the switch of language follow the query, so that both can be kept. */
  #follow(link) {
    history.replaceState(null, "", link ?? this.#site.endpoint);
    const other = document.querySelector(".switch a");
    const query = link ? `${new URL(link, location.href).search}&` : "?";
    other.setAttribute("href", `${query}lang=${other.hreflang}`);
  }

  async run() {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const query = this.#editor.getValue();
    for (const id of ["answered", "problem"]) document.getElementById(id)?.remove();
    this.#button.textContent = this.#site.words.stop;
    this.#results.say(this.#site.words.running);
    const begun = performance.now();
    const got = await this.#ask(query, running.signal);
    if (this.#running !== running) return; // a later query is on its way
    this.#running = null;
    this.#button.textContent = this.#site.words.run;
    if (got) this.#receive(got, query, (performance.now() - begun) / 1000);
    else if (running.signal.aborted) this.#results.say(this.#site.words.stopped);
    else this.#results.fail({ title: this.#site.words.unreachable });
  }

  /** The answer with its text, without it where it is too long to be shown; null where there is none. */
  async #ask(query, signal) {
    const headers = { Accept: ACCEPT, "Accept-Language": this.#site.language };
    try {
      const response = await fetch(this.#site.endpoint, { method: "POST", body: new URLSearchParams({ query }), headers, signal });
      const tooLong = response.ok && Number(response.headers.get("Content-Length")) > LONGEST_ANSWER;
      if (tooLong) await response.body.cancel();
      return { response, tooLong, raw: tooLong ? null : await response.text() };
    } catch {
      return null;
    }
  }

  #receive({ response, tooLong, raw }, query, seconds) {
    if (!response.ok) return this.#fail(response, raw);
    const link = this.#link(query);
    const isGraph = response.headers.get("Content-Type").includes("turtle");
    this.#follow(link);
    if (tooLong) this.#results.offer(isGraph ? "graph" : "solutions", query, link);
    else this.#results.show(parsed(raw, isGraph), query, link, seconds);
  }

  #fail(response, raw) {
    const isProblem = response.headers.get("Content-Type")?.includes("json");
    const problem = isProblem ? JSON.parse(raw) : { title: `${response.status} ${response.statusText}` };
    this.#results.fail(problem);
    if (Number.isInteger(problem.line)) this.#editor.setCursor(problem.line - 1, (problem.column ?? 1) - 1);
  }
}

const site = data("site");
const workbench = new Workbench(site, document.getElementById("form"));
const given = data("given");
if (given?.kind) workbench.takeOver(given);
else if (given) workbench.run();
