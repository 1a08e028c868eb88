"""How what is wrong is said: short, in two languages, and never with the data's own control characters."""

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from ctl_graph.errors import Finding, Message, Place, Severity

_NOTHING: Final = Message("", "")
_SHORT_LIST: Final = 10
_SLUG: Final = "[a-z0-9]+(-[a-z0-9]+)*"
_LIST: Final = re.compile(r"\^?(?P<head>[\w/-]*)\((?:\?:)?(?P<words>[\w/ -]+(?:\|[\w/ -]+)*)\)\$?")
_SLUG_AFTER: Final = re.compile(rf"\^?(?:\(?(?P<heads>[\w|-]+)\)?/)?{re.escape(_SLUG)}\$?")
_ISO_DATE: Final = re.compile("(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_ITALIAN_DATE: Final = re.compile("(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})")


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
    """“Did you mean …?”, or nothing. Blanks and capitals are named: they are hard to see."""
    folded = _folded(words)
    meant = folded.get(word.strip().casefold())
    if meant is not None and meant != word:
        return _slip(word, meant)
    near = _near(word, folded, 1, 0.7)
    return Message(f"; forse «{near[0]}»?", f"; perhaps “{near[0]}”?") if near else _NOTHING


def not_of_the_form(text: str, pattern: str) -> Message:
    """A text is not as a regular expression asks: in words, where the expression is a list of words or a slug."""
    if words := _words(pattern):
        return _not_in_the_list(text, words)
    hint = _mended(text, lambda mended: re.fullmatch(pattern, mended) is not None)
    form = _slug_in_words(pattern) or Message(pattern, pattern)
    return Message(
        f"{excerpt(text)} non ha la forma richiesta: {form.it}{hint.it}",
        f"{excerpt(text)} is not of the form {form.en}{hint.en}",
    )


def neither(text: str, words: Sequence[str]) -> Message:
    """A text is none of two words."""
    hint = nearest(text, words)
    return Message(
        f"{excerpt(text)} non è né {words[0]} né {words[1]}{hint.it}",
        f"{excerpt(text)} is neither {words[0]} nor {words[1]}{hint.en}",
    )


def iso_date(text: str) -> str | None:
    """A date in the form of ISO 8601, also one as an Italian Excel writes it (31/5/2014); None for any other text.

    Raises:
        ValueError: no calendar has this day.
    """
    match = _ISO_DATE.fullmatch(text) or _ITALIAN_DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    return datetime.date(year, month, day).isoformat()


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in their order as `2-5, 9`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(str(number) for number in run) for run in runs)


def excerpt(text: str) -> str:
    """The beginning of `text` between quotation marks, control characters made visible."""
    shown = text if len(text) <= 80 else text[:77] + "…"
    return "«" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + "»"


def _words(pattern: str) -> list[str]:
    """The words of an expression that is a list of them, `^(a|b)$` or `^kind/(a|b)$`; else none."""
    match = _LIST.fullmatch(pattern)
    return [match["head"] + word for word in match["words"].split("|")] if match else []


def _not_in_the_list(text: str, words: Sequence[str]) -> Message:
    folded, hint = _folded(words), nearest(text, words)
    if len(words) <= _SHORT_LIST:
        these = ", ".join(words)
        it, en = f"uno fra {these}", f"one of {these}"
    else:
        it, en = f"nell'elenco ({len(words)} valori)", f"in the list of {len(words)} values"
        if text.strip().casefold() not in folded:
            near = ", ".join(f"«{word}»" for word in _near(text, folded, 3, 0))
            hint = Message(f"; i più vicini: {near}", f"; the nearest: {near}")
    return Message(f"{excerpt(text)} non è {it}{hint.it}", f"{excerpt(text)} is not {en}{hint.en}")


def _folded(words: Iterable[str]) -> dict[str, str]:
    return {word.casefold(): word for word in words if len(word) <= 80}


def _near(text: str, folded: Mapping[str, str], count: int, cutoff: float) -> list[str]:
    near = difflib.get_close_matches(text[:80].strip().casefold(), folded, n=count, cutoff=cutoff)
    return [folded[word] for word in near]


def _slug_in_words(pattern: str) -> Message | None:
    match = _SLUG_AFTER.fullmatch(pattern)
    if match is None:
        return None
    it, en = "lettere minuscole, cifre e trattini", "small letters, digits and hyphens"
    if match["heads"]:
        heads = [f"{head}/" for head in match["heads"].split("|")]
        return Message(f"{' o '.join(heads)} e poi {it}", f"{' or '.join(heads)} and then {en}")
    return Message(it, en)


def _mended(text: str, fits: Callable[[str], bool]) -> Message:
    """What a text would have to lose to fit: blanks around it, capitals, or both."""
    for mended in (text.strip(), text.lower(), text.strip().lower()):
        if mended != text and fits(mended):
            return _slip(text, mended)
    return _NOTHING


def _slip(written: str, meant: str) -> Message:
    """What is hard to see between what is written and what is meant: blanks and capitals."""
    slips: list[tuple[str, str]] = []
    if written[:1].isspace():
        slips.append(("c'è uno spazio all'inizio", "there is a blank before it"))
    if written[-1:].isspace():
        slips.append(("c'è uno spazio in fondo", "there is a blank after it"))
    if written.strip() != meant and meant == meant.lower():
        slips.append(("va scritto minuscolo", "it is written in small letters"))
    elif written.strip() != meant:
        slips.append(("contano maiuscole e minuscole", "capitals matter"))
    it, en = (", ".join(words) for words in zip(*slips, strict=True))
    return Message(f"; {it}: «{meant}»", f"; {en}: “{meant}”")
