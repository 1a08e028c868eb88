"""What the form of a stored question takes: an entry of a list, or a thing by its name, acronym, address or IRI."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from flask import url_for

from ctl_graph import questions
from ctl_graph.errors import BadQuery, Message
from ctl_graph.questions import Parameter, Question, Value
from ctl_graph.reconciliation import Wanted
from ctl_graph.store import NamedNode
from ctl_graph.vocab import CTL, PREFIXES, compact
from ctl_graph.web import cells, site
from ctl_graph.web.columns import CODES
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.shown import Reader

_NEAR: Final = 5
_PATH: Final = re.compile("[a-z0-9-]+(/[a-z0-9-]+)+")
# Of which classes the things are that a parameter names; of others any.
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "party": ("MemberOrganisation", "RegionalCluster", "NationalCluster"),
    "about": ("RegionalCluster", "MemberOrganisation"),
    "collaboration": ("Collaboration",),
}
# Where the entries of a list stand in the answer to a question that has them all.
_LISTED: Final[Mapping[str, tuple[str, str]]] = {
    "seat": ("members-by-province", "seat"),
    "code": ("partner-countries", "code"),
    "country": ("partner-countries", "code"),
    "kind": ("collaborations-over-time", "kind"),
    "cluster": ("regional-clusters", "cluster"),
}


@dataclass(frozen=True)
class Field:
    """A field of the form: a list to choose from, else a place to write in; `list_at` shows what exists."""

    name: str
    kind: str
    example: str
    value: str
    entries: list[tuple[str, str]]
    list_at: str | None


def fields(asked: Question, given: Mapping[str, str], values: Mapping[str, Value]) -> list[Field]:
    """The fields of a question, with what the reader wrote, else what was asked."""
    return [_field(each, given, values) for each in asked.parameters if each.name != "language"]


def _field(parameter: Parameter, given: Mapping[str, str], values: Mapping[str, Value]) -> Field:
    value = str(values.get(parameter.name, ""))
    entries = _entries(parameter.name, value)
    written = value if entries else given.get(parameter.name, "").strip() or _brief(parameter, value)
    classes = _CLASSES.get(parameter.name)
    list_at = url_for("pages.class_list", name=classes[0]) if classes and not entries else None
    return Field(parameter.name, parameter.kind, parameter.example, written, entries, list_at)


def _brief(parameter: Parameter, value: str) -> str:
    """An IRI as `meant` reads it again."""
    return compact(value).removeprefix(f"{site.config().base_iri}id/") if parameter.kind == "iri" else value


def _entries(name: str, value: str) -> list[tuple[str, str]]:
    """What may be chosen, with its name in words; what was asked stays among them."""
    if name not in _LISTED:
        codes = [*CODES[name]] if name in CODES else []
        return cells.choices(name, codes) + [(value, value)] * (value not in [*codes, ""]) if codes else []
    question, column = _LISTED[name]
    language = {"language": site.language()} if _has_language(question) else {}
    found = {questions.text(row[column]) for row in site.answer(question, **language)} - {""}
    return _in_words(name, found) + [(value, value)] * (value not in found | {""})


def _in_words(name: str, found: Collection[str]) -> list[tuple[str, str]]:
    """What the data have, in the order of the words; what a visitor writes is no name of anything."""
    if name not in ("cluster", "kind"):
        return cells.choices(name, sorted(found))
    reader = Reader(NamedNode(each) for each in found)
    return sorted(((each, reader.name(each).text) for each in found), key=lambda each: each[1].casefold())


def _has_language(question: str) -> bool:
    return any(each.name == "language" for each in questions.load()[question].parameters)


def meant(parameter: Parameter, text: str) -> str:
    """The value that a reader's words stand for: of a thing its IRI.

    Raises:
        BadQuery: nothing is called so, or more than one thing is.
    """
    if parameter.kind != "iri" or "://" in text:
        return text
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return _named(parameter.name, text)


def _named(name: str, text: str) -> str:
    names, base = site.names(), f"{site.config().base_iri}id/"
    if names is None:  # who is called so is not known of an endpoint elsewhere, but a path is no name
        if not _PATH.fullmatch(text):
            raise BadQuery(_nobody(text, ""))
        return base + text
    for iri in (base + text, f"{base}{name}/{text}"):
        if iri in names.things:
            return iri
    types = tuple(CTL + each for each in _CLASSES.get(name, ("RegionalCluster",) if name == "cluster" else ()))
    with fair_use():
        found = names.match(Wanted(text, types=types, limit=_NEAR))
    if chosen := next((each for each in found if each.match), None):
        return chosen.thing.iri
    near = [each.thing.label(site.language()) for each in found]
    raise BadQuery(_nobody(text, ", ".join(near)))


def _nobody(text: str, near: str) -> Message:
    given = repr(text[:50])
    return Message(
        f"{given} non è il nome, la sigla o l’indirizzo di una sola cosa."
        + (f" Forse una di queste: {near}." if near else ""),
        f"{given} is not the name, acronym or address of one thing."
        + (f" Perhaps one of these: {near}." if near else ""),
    )
