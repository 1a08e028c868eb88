"""A portrait in its frame: the facts of most interest first, what the portrait adds, and all the rest folded."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from ctl_graph.vocab import compact
from ctl_graph.web.portrait import draw
from ctl_graph.web.statements import Page, ShownProperty, spoken

_NAME: Final = "skos:prefLabel"
# Each is a side of a disagreement, which the page shows with its sides.
_SIDES: Final = "rdf:subject"


def described(template: str, page: Page, facts: Sequence[str], elsewhere: Collection[str] = (), **values: Any) -> str:
    """The page of a thing: `facts` are the properties (`ctl:acronym`) read first; the template shows those `elsewhere`.

    What points at the thing by a property that is `elsewhere` is shown by the template, too.
    """
    properties = {_name(each): spoken(_undisputed(each)) for each in page.properties()}
    shown = {*facts, *elsewhere, _NAME}
    return draw(
        template,
        page,
        facts=[properties[name] for name in facts if name in properties],
        properties=properties,
        rest=[each for name, each in properties.items() if name not in shown],
        incoming=[each for each in page.incoming() if _name(each) not in {*elsewhere, _SIDES}],
        **values,
    )


def _name(group: ShownProperty) -> str:
    return compact(group.label.title or "")


def _undisputed(group: ShownProperty) -> ShownProperty:
    """What is not accepted stands among the sides of its disagreement, where there is one."""
    if not group.disputes:
        return group
    return replace(group, values=[each for each in group.values if each.accepted])
