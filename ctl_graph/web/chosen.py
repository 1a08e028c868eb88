"""What a reader chooses in an address: an entry of a list that the page knows, or a year.

Anything else is refused in words: what was given, what works instead. An empty value is one that is not given.
"""

from collections.abc import Collection
from typing import Final, NoReturn

from flask import abort, request

from ctl_graph.web import errors, site
from ctl_graph.web.shown import cluster_names, t

YEARS: Final = range(1900, 2101)
_FEW: Final = 6  # as many values are told as one can choose from at a glance; of more, an example


def given(*parameters: str) -> dict[str, str]:
    """What the address says of these, to be said again by links of the page."""
    texts = {each: request.args.get(each, "").strip() for each in parameters}
    return {each: text for each, text in texts.items() if text}


def one_of(parameter: str, known: Collection[str], default: str = "") -> str:
    """The value of a parameter, which must be one of these; without one, the default."""
    values = [each.strip() for each in request.args.getlist(parameter)]
    for value in filter(None, values):
        if value not in known:
            refuse_value(parameter, value, known)
    return (values[0] if values else "") or default


def cluster() -> str:
    """The IRI of the cluster that the address names by the end of its IRI; empty for all."""
    slug = one_of("cluster", [slug for slug, _ in cluster_names()])
    return f"{site.config().base_iri}id/cluster/{slug}" if slug else ""


def year(parameter: str) -> int | None:
    value = request.args.get(parameter, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) == 4 and int(value) in YEARS):
        refuse_value(parameter, value, ["2018"])
    return int(value)


def refuse_value(parameter: str, value: str, known: Collection[str]) -> NoReturn:
    """Answer 400: the page knows no such value. A few that it knows are named."""
    some = list(known)[: _FEW if len(known) <= _FEW else 1]
    words = {"name": parameter, "given": repr(value[:100]), "known": ", ".join(f"{parameter}={each}" for each in some)}
    if not some:
        detail = t("chosen.none", **words)
    elif len(some) == 1:
        detail = t("chosen.example", **words)
    else:
        detail = t("chosen.known", **words)
    refuse(parameter, detail, example=some[0] if some else None)


def refuse(parameter: str, detail: str, example: str | None = None) -> NoReturn:
    """Answer 400 with what is wrong and what to do."""
    abort(errors.answer(400, name="query", detail=detail, parameter=parameter, example=example))
