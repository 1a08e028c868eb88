"""Who draws which thing: a table of portraits by class, and the page of statements one by one for all the rest."""

from collections.abc import Callable, Mapping
from typing import Final

from ctl_graph.vocab import CTL, ORG
from ctl_graph.web import clusters, collaborations, pages, strategies
from ctl_graph.web.chosen import one_of
from ctl_graph.web.documents import Document, page_number

Draw = Callable[[Document], str]

# Of the classes of a thing, the first that stands here decides.
_PORTRAITS: Final[Mapping[str, Draw]] = {
    CTL + "RegionalCluster": clusters.cluster,
    CTL + "NationalCluster": strategies.national_cluster,
    CTL + "MemberOrganisation": clusters.organisation,
    ORG + "FormalOrganization": clusters.organisation,
    CTL + "SpecialisationStrategy": strategies.strategy,
    CTL + "SpecialisationArea": strategies.area,
    CTL + "Project": collaborations.project,
    CTL + "Agreement": collaborations.collaboration,
    CTL + "Collaboration": collaborations.collaboration,
    CTL + "Programme": collaborations.programme,
}


def read(thing: str) -> Document:
    """What the page of a thing is made of: a portrait asks for the rest itself. Raises what `Document.about` does."""
    document = Document.alone(thing)
    return document if _is_drawn(document) else document.in_portions()


def page(document: Document) -> str:
    """The page of a thing: its portrait, or with `?view=statements` all that is said of it."""
    portrait = _portrait(document)
    return portrait(document) if portrait and _is_drawn(document) else pages.thing(document, portrait is not None)


def _portrait(document: Document) -> Draw | None:
    return next((_PORTRAITS[each] for each in _PORTRAITS if each in document.types), None)


def _is_drawn(document: Document) -> bool:
    is_listed = one_of("view", ("statements",)) or page_number() > 1
    return not is_listed and _portrait(document) is not None
