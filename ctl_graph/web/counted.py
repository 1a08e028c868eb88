"""Where a row that only counts leads: to the list of what it counts, in which each row has its sources."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import url_for

from ctl_graph import questions
from ctl_graph.questions import Question, Value
from ctl_graph.store import Term
from ctl_graph.vocab import ACCEPTED, CTL

Row = Mapping[str, Term | None]

# In a row of three figures, the list is of the first that counts anything.
_FIGURES: Final = ("members", "partners", "collaborations")


def listed(question: Question, row: Row, values: Mapping[str, Value]) -> str | None:
    """The address of the list; none where the row is no figure."""
    find = _LISTS.get(question.name)
    return find(row, values) if find else None


def of_class(concept: Term | None) -> str | None:
    """The page of the things of a class of ours."""
    name = questions.text(concept).removeprefix(CTL)
    return url_for("pages.class_list", name=name) if name and name != questions.text(concept) else None


def _of_class(row: Row, _: Mapping[str, Value]) -> str | None:
    return of_class(row["class"])


def _of_figure(row: Row, _: Mapping[str, Value]) -> str | None:
    """The figures of the first page: most are things of a class."""
    match questions.text(row["figure"]):
        case "members":
            return url_for("pages.question", name="memberships", party="")
        case "sources":
            return url_for("pages.question", name="sources")
        case "statements":
            return url_for("resources.graph", name=ACCEPTED)
    return of_class(row["class"])


def _of_seat(row: Row, values: Mapping[str, Value]) -> str:
    counted = next((each for each in _FIGURES if questions.text(row[each]) != "0"), _FIGURES[0])
    return _question("organisations-in-province", values, counted=counted, seat=questions.text(row["seat"]))


def _of_province(row: Row, values: Mapping[str, Value]) -> str:
    code = questions.text(row["province"]).rpartition("/")[2] or questions.text(row["known"])
    return _question("organisations-in-province", values, counted="members", seat=code)


def _of_country(row: Row, values: Mapping[str, Value]) -> str:
    return _question("partners-in-country", values, code=questions.text(row["code"]))


def _question(name: str, values: Mapping[str, Value], **more: Any) -> str:
    """The other question, of the same cluster."""
    return url_for("pages.question", name=name, cluster=values.get("cluster", ""), **more)


_LISTS: Final[Mapping[str, Callable[[Row, Mapping[str, Value]], str | None]]] = {
    "counts": _of_figure,
    "things-by-class": _of_class,
    "members-by-province": _of_seat,
    "organisations-by-province": _of_province,
    "partner-countries": _of_country,
}
