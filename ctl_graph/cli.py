"""The command `ctl-graph`: a thin caller of the same functions that a test calls.

Exit codes: 0 well; 1 the data, the query or the release is not as it should be; 2 a setting or an argument is wrong;
3 a release is published and served, but what it changes could not be written.
"""

import csv
import html
import io
import locale
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

import click

from ctl_graph import __version__, changes, feed, loading, logs, release
from ctl_graph import build as building
from ctl_graph.changes import Changes
from ctl_graph.config import PREFIX, Config
from ctl_graph.errors import (
    BadQuery,
    BrokenRelease,
    ConfigError,
    Finding,
    GraphError,
    InvalidData,
    Message,
    NoFormat,
    NoRelease,
    NotWritten,
    QueryTimeout,
    QueryTooLarge,
    Severity,
    SourceError,
    StoreUnavailable,
    Unfollowed,
)
from ctl_graph.formats import BY_SUFFIX, CSV, GRAPHS, TABLES, TURTLE
from ctl_graph.remote import GraphStore, RemoteStore
from ctl_graph.sandbox import prove_confinement
from ctl_graph.spool import Caps
from ctl_graph.store import Choices, written

PASSWORD: Final = PREFIX + "STORE_PASSWORD"
COUNTING_SECONDS: Final = 120  # for all statements of a large store
STEPS: Final = {
    "read": ("leggo le tabelle", "reading the tables"),
    "reason": ("ricavo quello che ne segue", "drawing what follows"),
    "validate": ("confronto con le regole", "holding it against the shapes"),
    "write": ("scrivo la release", "writing the release"),
    "publish": ("pubblico", "publishing"),
}
_KINDS: Final[dict[type[GraphError], str]] = {
    ConfigError: "un'impostazione manca o non va",
    NoRelease: "la release non c'è",
    BrokenRelease: "la release è danneggiata",
    NotWritten: "la release non si può scrivere",
    Unfollowed: "la release è pubblicata e si serve, ma manca che cosa cambia",
    BadQuery: "la domanda non è scritta come si deve",
    QueryTimeout: "la domanda dura troppo",
    QueryTooLarge: "la domanda chiede troppo",
    NoFormat: "la risposta non si può avere in questo formato",
    StoreUnavailable: "il servizio non risponde come deve",
    GraphError: "non si può fare",
}
_SEVERITIES: Final = {
    Severity.VIOLATION: (("errore", "errori"), ("error", "errors")),
    Severity.WARNING: (("avviso", "avvisi"), ("warning", "warnings")),
    Severity.INFO: (("nota", "note"), ("note", "notes")),
}
_ENCODINGS: Final = {"csv": "utf-8-sig", "html": "utf-8"}  # a spreadsheet knows UTF-8 by the BOM only


class Speaker:
    """Progress and findings in the language of the person at the terminal; progress goes to standard error."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._begun = time.monotonic()

    def say(self, italian: str, english: str) -> None:
        click.echo(italian if self.language == "it" else english, err=True)

    def count(self, number: int, total: int, what: str) -> None:
        click.echo(f"{time.monotonic() - self._begun:5.1f} s  {number}/{total}  {what}", err=True)

    def progress(self, step: str) -> None:
        italian, english = STEPS[step]
        elapsed = f"{time.monotonic() - self._begun:5.1f} s  "
        self.say(elapsed + italian, elapsed + english)


class Commands(click.Group):
    """Translates our errors into one line and an exit code; anything else is a bug and keeps its trace."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (SourceError, InvalidData) as error:
            speaker = context.obj["speaker"]
            click.echo(_as_text(error.findings, speaker.language), nl=False, err=True)
            stops = [finding for finding in error.findings if finding.severity is Severity.VIOLATION]
            speaker.say(
                f"{_counted(len(stops), 'errore', 'errori')} da correggere; la release corrente non cambia",
                f"{_counted(len(stops), 'error', 'errors')} to mend; the current release stays",
            )
            context.exit(error.exit_code)
        except GraphError as error:
            click.echo(f"ctl-graph: {_one_line(error, context.obj['speaker'].language)}", err=True)
            context.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ctl-graph")
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings file (default: ctl-graph.toml).",
)
@click.option("--language", type=click.Choice(["it", "en"]), help="Language of messages (default: the terminal's).")
@click.pass_context
def main(context: click.Context, config_file: Path | None, language: str | None) -> None:
    """Publish tables about technology clusters as linked data.

    A curator runs `ctl-graph check` until it finds no errors, then `ctl-graph build`. Warnings do not stop a build.
    """
    context.obj = {"file": config_file, "speaker": Speaker(language or _terminal_language())}


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "html"]),
    default="text",
    show_default=True,
    help="How to write the findings: for a terminal, a spreadsheet or a browser.",
)
@click.pass_context
def check(context: click.Context, form: str) -> None:
    """Say what is wrong in the tables, all at once, by file, row and column. Publishes nothing.

    Run it until it finds no errors: the exit code is then 0, also where there are warnings, which are marked as such.
    The csv is for Excel: UTF-8 with a BOM; in Italian (--language it) its columns are separated by semicolons.

    \b
    ctl-graph check
    ctl-graph --language it check --format csv > findings.csv
    ctl-graph check --format html > findings.html
    """
    speaker: Speaker = context.obj["speaker"]
    conforms = True
    try:
        _, report = building.check(_config(context), speaker.progress)
        findings, conforms = report.findings, report.conforms
    except (SourceError, InvalidData) as error:
        findings, conforms = error.findings, False
    written = _WRITERS[form](findings, speaker.language)
    click.echo(written if form == "text" else written.encode(_ENCODINGS[form]), nl=False)
    speaker.say(_summary(findings, "it"), _summary(findings, "en"))
    context.exit(0 if conforms else 1)


@main.command()
@click.pass_context
def build(context: click.Context) -> None:
    """Read, reason, validate, write and publish a release.

    Building the same sources again changes nothing. What the shapes object to is never published.
    """
    config, speaker = _config(context), context.obj["speaker"]
    unfollowed: Unfollowed | None = None
    try:
        published = building.build(config, speaker.progress)
    except Unfollowed as error:
        published, unfollowed = release.current(config.releases), error
    counts = published.manifest
    speaker.say(
        f"release {published.id}: {counts['accepted']} affermazioni accettate, {counts['quads']} in tutto, "
        f"{len(counts['graphs'])} grafi",
        f"release {published.id}: {counts['accepted']} accepted statements, {counts['quads']} in all, "
        f"{len(counts['graphs'])} graphs",
    )
    click.echo(published.id)
    if not config.contact:
        speaker.say(
            "manca `contact`: finché non è impostato, il sito dice che non c'è un recapito per errori e correzioni",
            "`contact` is not set: until it is, the site says that there is no address for errors and corrections",
        )
    if unfollowed:
        raise unfollowed


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen, on this machine only.")
@click.pass_context
def serve(context: click.Context, port: int) -> None:
    """Serve the current release to this machine, for trying things out.

    A site for others runs behind gunicorn: gunicorn --config gunicorn.conf.py server:app
    """
    from ctl_graph.web import create_app, metrics

    config, speaker = _config(context), context.obj["speaker"]
    logs.configure(config.logs)
    prove_confinement(config)
    if config.metrics:
        metrics.serve(config.metrics)
    speaker.say(f"il sito è su http://127.0.0.1:{port}", f"the site is at http://127.0.0.1:{port}")
    create_app(config).run("127.0.0.1", port, threaded=True)


@main.command("query")
@click.argument("query", type=click.File(encoding="utf-8"))
@click.option(
    "--format",
    "suffix",
    type=click.Choice([format.suffix for format in (*TABLES, *GRAPHS)]),
    help="How to write the answer (default: csv for a table, ttl for a graph).",
)
@click.pass_context
def ask(context: click.Context, query: TextIO, suffix: str | None) -> None:
    """Ask the current release the SPARQL query in the file QUERY; `-` reads standard input.

    \b
    ctl-graph query question.rq
    echo 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }' | ctl-graph query -
    """
    try:
        text = query.read()
    except UnicodeDecodeError as error:
        raise BadQuery(f"{query.name} is not UTF-8: {error}") from error
    result = release.open_store(_config(context)).query(text)
    click.echo(written(result, _choices(suffix), Caps()).read(), nl=False)


@main.command()
@click.option("--to", "address", required=True, help="Address at which the server takes graphs (Graph Store Protocol).")
@click.option("--sparql", help="Address at which it answers queries, where it is not one of the known servers.")
@click.option("--release", "id", help="Load the release whose name begins with this (default: the current one).")
@click.option("--user", default="", help="Name to give where the server asks for one.")
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    help=f"File whose first line is the password (default: the variable {PASSWORD}).",
)
@click.pass_context
def publish(
    context: click.Context, address: str, sparql: str | None, id: str | None, user: str, password_file: TextIO | None
) -> None:
    """Load a release into a graph store elsewhere, graph by graph, and count what is there then.

    Each named graph is replaced by the release's, graphs of ours that the release no longer has are deleted, and those
    of others are left alone. It can be repeated after an interruption. See docs/backends.md.

    \b
    ctl-graph publish --to http://localhost:8890/sparql-graph-crud-auth --user dba
    ctl-graph publish --to http://localhost:7878/store
    """
    config, speaker = _config(context), context.obj["speaker"]
    queries = sparql or loading.sparql_beside(address)
    if queries is None:
        raise ConfigError(f"where does the server of {address} answer queries? Say it with --sparql")
    chosen = release.find(config.releases, id) if id else release.current(config.releases)
    password = password_file.readline().rstrip("\r\n") if password_file else os.environ.get(PASSWORD, "")
    if user and not password:
        raise ConfigError(f"there is no password for {user}: write it in a file (--password-file) or in {PASSWORD}")
    into = GraphStore(address, user, password)
    loaded = loading.load(chosen, into, RemoteStore(queries, seconds=COUNTING_SECONDS), speaker.count)
    statements = sum(loaded.values())
    speaker.say(
        f"release {chosen.id}: {statements} affermazioni in {len(loaded)} grafi, contate anche là",
        f"release {chosen.id}: {statements} statements in {len(loaded)} graphs, counted there, too",
    )
    click.echo(chosen.id)


@main.command()
@click.pass_context
def releases(context: click.Context) -> None:
    """List what was current when, oldest first; the one that is served now has a star."""
    config = _config(context)
    now = release.current(config.releases)
    lines = release.history(config.releases)
    served = next((line for line in reversed(lines) if line.digest == now.id), None)
    for line in lines:
        star = "*" if line == served else " "
        click.echo(f"{star} {line.sequence:4}  {line.digest}  {line.time}  {line.version}")


@main.command()
@click.argument("id")
@click.pass_context
def activate(context: click.Context, id: str) -> None:
    """Serve the release whose name begins with ID from now on; its files are verified first."""
    config = _config(context)
    chosen = release.find(config.releases, id)
    release.activate(chosen, __version__)
    context.obj["speaker"].say(f"si serve la release {chosen.id}", f"serving release {chosen.id}")
    feed.update(config.releases)


@main.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--summary", is_flag=True, help="Name the things instead, kind by kind: + added, - removed, ~ changed.")
@click.pass_context
def diff(context: click.Context, old: str, new: str | None, summary: bool) -> None:
    """Show the statements (N-Quads) that NEW (default: the current release) removes and adds, compared with OLD.

    The summary looks at accepted statements only, and counts what follows from them once, as a part of them.
    """
    config = _config(context)
    older = release.find(config.releases, old)
    newer = release.find(config.releases, new) if new else release.current(config.releases)
    speaker: Speaker = context.obj["speaker"]
    if summary:
        _show_changes(changes.between(older, newer), speaker)
    removed, added = release.difference(older, newer)
    for sign, lines in () if summary else (("-", removed), ("+", added)):
        for line in lines:
            click.echo(f"{sign} {line}")
    speaker.say(
        f"affermazioni di tutti i grafi: {len(removed)} in meno, {len(added)} in più",
        f"statements of all graphs: {len(removed)} removed, {len(added)} added",
    )


def _show_changes(found: Changes, speaker: Speaker) -> None:
    for kind, one in found.by_kind().items():
        click.echo(f"{kind}: +{len(one.added)} -{len(one.removed)} ~{len(one.changed)}")
        for sign, iris in (("+", one.added), ("-", one.removed), ("~", one.changed)):
            for iri in iris:
                click.echo(f"  {sign} {iri}")
    added, removed, changed = (len(iris) for iris in (found.added, found.removed, found.changed))
    speaker.say(
        f"cose: {added} in più, {removed} in meno, {changed} cambiate",
        f"things: {added} added, {removed} removed, {changed} changed",
    )


@main.command()
@click.option("--keep", default=3, show_default=True, type=click.IntRange(1), help="How many stores to keep.")
@click.pass_context
def prune(context: click.Context, keep: int) -> None:
    """Drop the stores of old releases; their dumps and manifests stay for ever."""
    for dropped in release.prune(_config(context).releases, keep):
        click.echo(dropped.id)


def _one_line(error: GraphError, language: str) -> str:
    """The error in a line. In Italian its kind is named; the details of most errors exist in English only."""
    explanation = error.explanation if isinstance(error, BadQuery) else None
    text = explanation.in_language(language) if explanation else str(error)
    if isinstance(error, BadQuery) and error.line is not None:
        line, column = ("riga", "colonna") if language == "it" else ("line", "column")
        text = f"{line} {error.line}, {column} {error.column}: {text}"
    if language == "it" and not explanation:
        kind = next(words for one, words in _KINDS.items() if isinstance(error, one))
        text = f"{kind} (in inglese: {text})"
    return " ".join(text.split())


def _config(context: click.Context) -> Config:
    return Config.load(context.obj["file"])


def _terminal_language() -> str:
    return "it" if (locale.getlocale()[0] or "").startswith("it") else "en"


def _choices(suffix: str | None) -> Choices:
    if suffix is None:
        return {"graph": TURTLE, "solutions": CSV, "boolean": CSV}
    format = BY_SUFFIX[suffix]
    table, graph = (format if format in group else None for group in (TABLES, GRAPHS))
    return {"graph": graph, "solutions": table, "boolean": table}


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _severity(finding: Finding, language: str) -> str:
    return _SEVERITIES[finding.severity][language != "it"][0]


def _summary(findings: Sequence[Finding], language: str) -> str:
    """How many errors and warnings there are; notes where there are any."""
    counts = Counter(finding.severity for finding in findings)
    shown = [one for one in _SEVERITIES if one is not Severity.INFO or counts[one]]
    return ", ".join(_counted(counts[one], *_SEVERITIES[one][language != "it"]) for one in shown)


def _as_text(findings: Sequence[Finding], language: str) -> str:
    return "".join(f"{_line(finding, language)}\n" for finding in findings)


def _line(finding: Finding, language: str) -> str:
    """What does not stop a build is marked as such."""
    if finding.severity is Severity.VIOLATION:
        return finding.line(language)
    it, en = (f"{_severity(finding, one)}: {finding.message.in_language(one)}" for one in ("it", "en"))
    return replace(finding, message=Message(it, en)).line(language)


def _cells(finding: Finding, language: str) -> list[str]:
    place = finding.place
    text = " ".join(finding.message.in_language(language).split())
    return [place.path, str(place.line or ""), place.column or "", _severity(finding, language), finding.code, text]


def _headings(language: str) -> list[str]:
    italian = ["file", "riga", "colonna", "gravità", "regola", "che cosa fare"]
    return italian if language == "it" else ["file", "row", "column", "severity", "rule", "what to do"]


def _as_csv(findings: Sequence[Finding], language: str) -> str:
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";" if language == "it" else ",", lineterminator="\n")
    writer.writerow(_headings(language))
    writer.writerows([_harmless(cell) for cell in _cells(finding, language)] for finding in findings)
    return output.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _as_html(findings: Sequence[Finding], language: str) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    title = "Che cosa correggere" if language == "it" else "What to mend"
    rows = "".join(row("td", _cells(finding, language)) for finding in findings)
    return (
        f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8"><title>{title}</title>\n'
        "<style>body{font:1rem sans-serif}td,th{border:1px solid #999;padding:.3rem;text-align:left}</style>\n"
        f"<h1>{title}: {_summary(findings, language)}</h1>\n"
        f"<table>\n{row('th', _headings(language))}{rows}</table>\n</html>\n"
    )


_WRITERS: Final = {"text": _as_text, "csv": _as_csv, "html": _as_html}


if __name__ == "__main__":
    sys.exit(main())
