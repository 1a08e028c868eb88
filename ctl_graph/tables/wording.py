"""How what is wrong is said: short, in two languages, and never with the data's own control characters."""

import difflib
from collections.abc import Iterable

from ctl_graph.errors import Finding, Message, Place, Severity


def finding(
    path: str,
    code: str,
    it: str,
    en: str,
    line: int | None = None,
    column: str | None = None,
    severity: Severity = Severity.VIOLATION,
) -> Finding:
    return Finding(Place(path, line, column), code, Message(it, en), severity)


def nearest(word: str, words: Iterable[str]) -> Message:
    """“Did you mean …?”, or nothing."""
    near = difflib.get_close_matches(word[:80], [w for w in words if len(w) <= 80], n=1, cutoff=0.7)
    return Message(f"; forse «{near[0]}»?", f"; perhaps “{near[0]}”?") if near else Message("", "")


def excerpt(text: str) -> str:
    """The beginning of `text` between quotation marks, control characters made visible."""
    shown = text if len(text) <= 80 else text[:77] + "…"
    return "«" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + "»"
