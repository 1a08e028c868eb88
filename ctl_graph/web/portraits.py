"""Who draws which thing: a table of portraits by class, and the page of statements one by one for all the rest."""

from collections.abc import Callable, Mapping
from typing import Final

from ctl_graph.vocab import CTL, ORG
from ctl_graph.web import collaborations, pages, portraits_cluster, strategies
from ctl_graph.web.chosen import one_of
from ctl_graph.web.documents import Document

Portrait = Callable[[Document], str]

# Of the classes of a thing, the first that stands here decides.
_PORTRAITS: Final[Mapping[str, Portrait]] = {
    CTL + "RegionalCluster": portraits_cluster.cluster,
    CTL + "NationalCluster": strategies.national_cluster,
    CTL + "MemberOrganisation": portraits_cluster.organisation,
    ORG + "FormalOrganization": portraits_cluster.organisation,
    CTL + "SpecialisationStrategy": strategies.strategy,
    CTL + "SpecialisationArea": strategies.area,
    CTL + "Project": collaborations.project,
    CTL + "Agreement": collaborations.collaboration,
    CTL + "Collaboration": collaborations.collaboration,
    CTL + "Programme": collaborations.programme,
}


def page(document: Document) -> str:
    """The page of a thing: its portrait, or with `?view=statements` all that is said of it."""
    portrait = next((_PORTRAITS[each] for each in _PORTRAITS if each in document.types), None)
    if portrait is None or one_of("view", ("statements",)) or document.page > 1:
        return pages.thing(document, has_portrait=portrait is not None)
    return portrait(document.whole)
