"""A portrait in its frame: the facts of most interest first, what the portrait adds, and all the rest folded."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from ctl_graph.vocab import compact
from ctl_graph.web import site
from ctl_graph.web.portrait import draw
from ctl_graph.web.shown import number
from ctl_graph.web.statements import Page, ShownProperty, spoken

_NAME: Final = "skos:prefLabel"
_EURO: Final = frozenset({"ctl:totalBudget", "ctl:euContribution", "ctl:publicContribution", "ctl:amountEuro"})


def described(template: str, page: Page, facts: Sequence[str], elsewhere: Collection[str] = (), **values: Any) -> str:
    """The page of a thing: `facts` are the properties (`ctl:acronym`) read first; the template shows those `elsewhere`.

    What points at the thing by a property that is `elsewhere` is shown by the template, too.
    """
    properties = {_name(each): spoken(_in_euro(each)) for each in page.properties()}
    shown = {*facts, *elsewhere, _NAME}
    return draw(
        template,
        page,
        facts=[properties[name] for name in facts if name in properties],
        properties=properties,
        rest=[each for name, each in properties.items() if name not in shown],
        incoming=[each for each in page.incoming() if _name(each) not in elsewhere],
        **values,
    )


def _name(group: ShownProperty) -> str:
    return compact(group.label.title or "")


def _in_euro(group: ShownProperty) -> ShownProperty:
    """Sums of money as people write them."""
    if _name(group) not in _EURO:
        return group
    return replace(
        group, values=[replace(each, shown=replace(each.shown, text=_euro(each.shown.text))) for each in group.values]
    )


def _euro(amount: str) -> str:
    """12.603.930 € in Italian, € 12,603,930 in English; what is no plain decimal stays as it is."""
    whole, point, cents = amount.partition(".")
    if not (whole.isdecimal() and (cents.isdecimal() or not point)):
        return amount
    italian = site.language() == "it"
    written = number(int(whole)) + (("," if italian else ".") + cents if cents else "")
    return f"{written} €" if italian else f"€ {written}"
