"""Names as words, and words as others write them: `BREMBO SOCIETA' PER AZIONI` is brembo, `Strepparava` is streparava.

A name is read without accents, capitals, dots of acronyms, articles and legal form; English words and abbreviations
stand for the Italian ones. What is known of words is in `spelling.toml`.
"""

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice, takewhile
from typing import Any, Final, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

_KNOWN: Final[dict[str, Any]] = tomllib.loads((files("ctl_graph") / "spelling.toml").read_text(encoding="utf-8"))
_ARTICLES, WEAK, OF_PLACES, _BRANCHES, _TOWNS, _REGIONS = (
    frozenset(_KNOWN[each].split()) for each in ("articles", "weak", "of_places", "branches", "towns", "regions")
)
PLACES: Final = _TOWNS | _REGIONS
FIRMS: Final = frozenset(_KNOWN["firms"].split())
_SAME: Final = {word: (italian,) for italian, words in _KNOWN["same"].items() for word in words.split()} | {
    short: tuple(words.split()) for short, words in _KNOWN["short"].items()
}
_FORMS: Final = {tuple(form.split()): short for short, forms in _KNOWN["forms"].items() for form in forms}
_LONGEST_FORM: Final = max(map(len, _FORMS))
_OF_FIRMS: Final = sorted((form for short in FIRMS for form in _KNOWN["forms"][short]), key=len, reverse=True)
_WITHIN: Final = re.compile(rf"(?<=\w)(\W+(?:{'|'.join(_OF_FIRMS)})\b)\W+(?=\w)")

_DOTTED: Final = re.compile(r"(?<!\w)[a-z](?:\.\s?[a-z](?!\w))+\.?")
_WORD: Final = re.compile(r"[^\W_]+")
_PARTS: Final = re.compile(r"\s*[()\[\]]\s*|\s+[-–—|/]+\s+")
_PLAIN_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'"})
# What a scanner takes for another: `Finlornbarda`, `lveco`.
_PRINTED: Final = (("rn", "m"), ("vv", "w"), ("l", "i"), ("1", "i"), ("0", "o"))

_BEGINNING, _MISREAD = 0.85, 0.97  # how much of a word its beginning is, and what a scanner made of it
_OTHER_INITIAL = 0.1  # the less, where the first letter is wrong
_USUAL_SLIP = 0.25  # the less wrong, per letter left out or doubled or swapped: another letter is often another name
_SHORTEST, _LONG = 4, 9  # letters of a word that may have one wrong, or two


def fold(text: str) -> str:
    """The text without accents, capitals and needless blanks; `S.p.A.` and `C.N.R.` lose their dots."""
    letters = text.casefold()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", _decoded(text).casefold().translate(_PLAIN_LETTERS))
        letters = "".join(c for c in plain if not unicodedata.combining(c))
    if "." in letters:
        letters = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", letters)
    return " ".join(letters.split())


def _decoded(text: str) -> str:
    """`DompÃ©` as it was before UTF-8 was read as Windows-1252."""
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


@dataclass(frozen=True)
class Reading:
    """A name as it is compared: its words, its legal form where it says one, and all its letters in one."""

    words: tuple[str, ...]
    form: str = ""
    letters: str = field(default="", compare=False)

    @classmethod
    def of(cls, text: str) -> Self:
        words, form = _without_form(tuple(_WORD.findall(fold(text))))
        mapped = tuple(each for word in words for each in _SAME.get(word, (word,)))
        return cls(tuple(word for word in mapped if word not in _ARTICLES) or mapped, form, "".join(words))

    @property
    def compact(self) -> str:
        return "".join(self.words)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words)


def _without_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The words before the legal form (after it, where it comes first and in words), and the form."""
    lengths = range(min(_LONGEST_FORM, len(words) - 1), 0, -1)
    for length in lengths:
        if (found := _FORMS.get(words[-length:])) is not None:
            return words[:-length], found
    for length in lengths:
        if length > 2 and (found := _FORMS.get(words[:length])) is not None:
            return words[length:], found
    return words, ""


def parts(text: str) -> list[str]:
    """`Name (ACRONYM)`, `Name - Town`, `Name SpA Town` in its parts."""
    return [part for part in _PARTS.split(_WITHIN.sub(r"\1 - ", fold(text))) if part]


def is_place(part: str, places: Iterable[str] = ()) -> bool:
    """A town, or the two letters of a province, which lists add to names; or one of these places."""
    reading = Reading.of(part)
    if reading.letters in places or reading.words == ("italia",):
        return True
    words = [word for word in reading.words if word not in _BRANCHES]
    return len(words) == 1 and (words[0] in PLACES or (len(words[0]) == 2 and words[0].isalpha()))


class Words:
    """The words that are known, to be asked which of them another may be meant to be."""

    def __init__(self, words: Iterable[str]) -> None:
        self._sorted = sorted(words)
        self._known = frozenset(self._sorted)
        self._printed: dict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            self._printed[_printed(word)].append(word)
        self.near = lru_cache(maxsize=4_096)(self._near)

    def _near(self, word: str) -> Mapping[str, float]:
        """Each with its share of likeness: 1 is the word itself."""
        known = {word: 1.0} if word in self._known else {}
        if len(word) < _SHORTEST:
            return known
        near = process.extract(word, self._sorted, scorer=OSA.distance, score_cutoff=_slips(word), limit=None)
        first = bisect_left(self._sorted, word)
        beginning = takewhile(lambda other: other.startswith(word), islice(self._sorted, first, None))
        likely = {*beginning, *(other for other, _, _ in near), *self._printed.get(_printed(word), ())} - {word}
        shares = {other: likeness(word, other) for other in likely}
        return {**{other: share for other, share in shares.items() if share > 0}, **known}


def likeness(word: str, other: str) -> float:
    """How much two different words look like one misspelled: from 0 to 1."""
    if other in _TOWNS and word in _TOWNS:
        return 0.0
    if min(len(word), len(other)) > _SHORTEST and _printed(word) == _printed(other):
        return _MISREAD
    if len(word) >= _SHORTEST and other.startswith(word):
        return _BEGINNING
    distance = OSA.distance(word, other)
    if distance > _slips(word) or len(other) < _SHORTEST:
        return 0.0
    usual = abs(len(word) - len(other)) or (sorted(word) == sorted(other))
    wrong = (distance - _USUAL_SLIP * usual) / max(len(word), len(other))
    return 1 - wrong - (_OTHER_INITIAL if word[0] != other[0] else 0.0)


def _slips(word: str) -> int:
    """How many letters a word of this length may have wrong."""
    return (len(word) >= _SHORTEST) + (len(word) >= _LONG)


def _printed(word: str) -> str:
    for seen, meant in _PRINTED:
        word = word.replace(seen, meant)
    return word
