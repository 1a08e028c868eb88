"""The story: read, reason, validate, write, publish."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ctl_graph import __version__, feed, reasoning, release, sources, validation
from ctl_graph.config import Config
from ctl_graph.errors import Finding, InvalidData, Message, Place
from ctl_graph.release import Release
from ctl_graph.sources import Sources
from ctl_graph.validation import Report
from ctl_graph.vocab import ACCEPTED, INFERRED, ONTOLOGY, SHAPES

Progress = Callable[[str], None]


def build(config: Config, progress: Progress = lambda _: None) -> Release:
    """Read the sources, draw what follows, hold them against the shapes, publish what passed.

    `progress` is told each step in one word. Building the same sources again changes nothing.

    Raises:
        SourceError: files cannot be read as they stand.
        InvalidData: the shapes object; nothing was written.
        NotWritten, BrokenRelease: the folder of releases cannot be written, or is damaged; what was current stays.
        Unfollowed: it is published, and what it changes could not be written.
    """
    return publish(*check(config, progress), progress)


def publish(read: Sources, report: Report, progress: Progress = lambda _: None) -> Release:
    """What `build` does once all is checked; raises the same."""
    if not report.conforms:
        raise InvalidData(report.findings)
    with release.writing(read.config.releases):
        progress("write")
        draft = release.write(sources.n_quads(read), _details(read, report), read.config)
        progress("publish")
        published = release.publish(draft, __version__)
    feed.update(read.config.releases)
    return published


def check(config: Config, progress: Progress = lambda _: None) -> tuple[Sources, Report]:
    """What `build` does before it writes.

    Raises:
        SourceError: files cannot be read as they stand.
        InvalidData: things are named that nothing describes, or the statements contradict each other under the
            vocabulary's axioms.
    """
    progress("read")
    read = sources.read(config)
    _must_be_described(read)
    progress("reason")
    _reason(read)
    progress("validate")
    report = validation.validate(read.graph(ACCEPTED), read.graph(SHAPES), read.locate)
    return read, replace(report, findings=(*read.remarks, *report.findings))


def _must_be_described(read: Sources) -> None:
    """Said before anything else is: what is built on a misspelt name is wrong in many ways at once."""
    dangling = validation.undescribed(read.dataset, f"{read.config.base_iri}id/", read.locate)
    if findings := sorted(dangling, key=lambda finding: (finding.place.path, finding.place.line or 0)):
        raise InvalidData((*read.remarks, *findings))


def _reason(read: Sources) -> None:
    accepted = read.graph(ACCEPTED)
    conclusions = reasoning.infer(accepted, read.axioms, read.config.base_iri)
    if conclusions.contradictions:
        raise InvalidData([_contradiction(words) for words in conclusions.contradictions])
    read.add(INFERRED, conclusions.graph)
    read.add(ACCEPTED, conclusions.graph)
    read.add(ACCEPTED, read.graph(ONTOLOGY))


def _contradiction(words: str) -> Finding:
    message = Message(
        it=f"Le affermazioni si contraddicono: {words}", en=f"The statements contradict each other: {words}"
    )
    return Finding(Place("data"), "contradiction", message)


def _details(read: Sources, report: Report) -> dict[str, Any]:
    return {
        "version": __version__,
        "sources": read.files,
        "validation": {
            "shapes": report.shapes,
            "findings": len(report.findings),
            "results": [_result(finding) for finding in report.findings],
        },
    }


def _result(finding: Finding) -> dict[str, Any]:
    place, message = finding.place, finding.message
    return {
        "file": place.path,
        **({"row": place.line} if place.line else {}),
        **({"column": place.column} if place.column else {}),
        "rule": finding.code,
        "severity": finding.severity.value,
        **({"focus": finding.focus} if finding.focus else {}),
        "message": {"it": message.it, "en": message.en},
    }
