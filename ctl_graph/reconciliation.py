"""Names that others write → things of ours: who `POLITECNICO MILANO` or `Strepparava Spa` is, and how sure that is.

All names of the accepted graph are written beside the store when a release is published, and held in memory from the
first question on. How a name is read, and which words are a misspelling of which, is in `ctl_graph.spelling`.

The scores, from 0 to 100: the shares of the words that query and name have in common (a rare word counts for more), as
their harmonic mean; then less where something speaks against it. What `match` says is meant to be taken unseen: the
name is the same, or nearly, nothing speaks against it, and no other thing comes near.
"""

import heapq
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ctl_graph.errors import StoreUnavailable
from ctl_graph.search import kind_of
from ctl_graph.spelling import FIRMS, OF_PLACES, PLACES, WEAK, Reading, Words, fold, is_place, parts
from ctl_graph.store import Literal, NamedNode, QuerySolutions, Store, Term
from ctl_graph.vocab import CTL, DCTERMS, FOAF, ORG, RDF_TYPE, RDFS, SKOS

LONGEST_TEXT: Final = 400  # characters
MOST_CANDIDATES: Final = 50
# What a list of names without a type is taken to be about.
USUAL_KINDS: Final = ("cluster", "national-cluster", "group", "organisation")

# Scores. What is said to match has so much, and so much more than the next.
_EXACT, _CERTAIN, _LEAD = 100.0, 90.0, 8.0
# The most where something speaks against it, where only a part is the same, only initials, or an identifier is not.
_UNCERTAIN, _PART, _INITIALS, _OTHER_IDENTIFIER = 89.0, 85.0, 75.0, 60.0
_WORD: Final = re.compile(r"\w+")
_LEAST: Final = 30.0  # of a candidate at all
# Shares. What is left of a score where no type is asked for, where another one is, where both names say a place.
_UNUSUAL, _OTHER_TYPE, _OTHER_PLACE = 0.6, 0.8, 0.8
_OF_PROPERTIES: Final = 0.2  # what properties make of a score
_INITIAL, _WEAK_SHARE = 0.85, 0.35  # how much of a word its first letter is; what a weak word weighs
# How much is looked at: names, parts of a text; and the letters from which on all of them may have one wrong.
_CLOSER_LOOKS, _MOST_PARTS, _RUN_TOGETHER = 60, 6, 8

_LABELS: Final = (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title")
_OTHER_NAMES: Final = {
    SKOS + "altLabel": "other", SKOS + "hiddenLabel": "other", CTL + "name": "other", CTL + "acronym": "acronym",
}  # fmt: skip
# The properties that a query may compare; of those that are identifiers, one that is equal decides.
IDENTIFIERS: Final = tuple(CTL + name for name in ("rorId", "wikidata", "taxCode", "participantCode", "grantNumber"))
COMPARED: Final = (*IDENTIFIERS, FOAF + "homepage", CTL + "country", CTL + "seat", ORG + "classification",
                   CTL + "everMemberOf")  # fmt: skip
_DECIDING: Final = frozenset((*IDENTIFIERS, FOAF + "homepage"))

# What a body may be besides its form.
_NO_CONFLICT: Final = frozenset(("ets", "onlus", "aps"))
# Of which nobody has a list to match.
_LEFT_OUT: Final = ("term", "source", "disagreement")
_COUNTRIES: Final = {"italia": "ita", "italy": "ita", "it": "ita"}


# -- things and what is known of them --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """A name of a thing; its `role` is label, other, acronym, former or slug (the end of the thing's IRI)."""

    text: str
    role: str
    reading: Reading

    @classmethod
    def of(cls, text: str, role: str) -> Self:
        """The name with its reading; an acronym is one word, whatever its dots."""
        reading = Reading.of(text)
        return cls(text, role, replace(reading, words=(reading.letters,)) if role == "acronym" else reading)


@dataclass(frozen=True)
class Thing:
    """What may be meant. `facts` has, for each of `COMPARED`, the values as they are compared."""

    iri: str
    kind: str
    classes: tuple[str, ...]
    label_it: str
    label_en: str
    names: tuple[Name, ...]
    identifiers: frozenset[str]
    facts: Mapping[str, frozenset[str]]

    def label(self, language: str) -> str:
        """The name in this language, else in the other."""
        return (self.label_it or self.label_en) if language == "it" else (self.label_en or self.label_it)

    def other_names(self, language: str) -> list[str]:
        """What else it is called, in the order of the index, each once."""
        own = self.label(language)
        return list(dict.fromkeys(each.text for each in self.names if each.role != "slug" and each.text != own))

    @property
    def is_usual(self) -> bool:
        return self.kind in USUAL_KINDS


@dataclass(frozen=True)
class Wanted:
    """One question: a name, types (IRIs of classes), and values of properties that should be equal.

    `strict` is any (a type must be one of these), all (it must have all), or should (others come after).
    """

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    limit: int = 5


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant: `score` from 0 to 100, and whether to take it unseen."""

    thing: Thing
    score: float
    features: Mapping[str, float | bool]
    match: bool = False


@dataclass
class _Likeness:
    """How a query and one name compare; the shares are of the weight of the words."""

    name: Name
    score: float
    of_query: float = 1.0
    of_name: float = 1.0
    misspelled: int = 0
    against: list[str] = field(default_factory=list)


class Index:
    """All names of a release, to be asked who is meant."""

    def __init__(self, things: Iterable[Thing], terms: Mapping[str, tuple[str, str]]) -> None:
        self.things = {thing.iri: thing for thing in things}
        self.terms = terms
        self._names: list[tuple[Name, Thing]] = [
            (name, thing) for thing in self.things.values() for name in thing.names
        ]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_letters: dict[str, list[int]] = defaultdict(list)
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        self._by_identifier: dict[str, list[Thing]] = defaultdict(list)
        for place, (name, _) in enumerate(self._names):
            self._enter(place, name)
        for thing in self.things.values():
            for identifier in {thing.iri.casefold(), *thing.identifiers}:
                self._by_identifier[identifier].append(thing)
        self._acronyms = {
            thing.iri: frozenset(name.reading.letters for name in thing.names if _is_short(name))
            for thing in self.things.values()
        }
        self._own_words = {
            thing.iri: frozenset(word for name in thing.names for word in name.reading.words)
            for thing in self.things.values()
        }
        self._places = frozenset(
            name.reading.letters for thing in self.things.values() if thing.kind == "place" for name in thing.names
        )
        self._words = Words(self._by_word)
        self._weights = {word: self._weigh(word) for word in self._by_word}
        self._wholes = [self._whole(name.reading.words) for name, _ in self._names]
        self._compacts = sorted({name.reading.compact for name, _ in self._names})

    def _enter(self, place: int, name: Name) -> None:
        for word in set(name.reading.words):
            self._by_word[word].append(place)
        for letters in {name.reading.letters, name.reading.compact}:
            self._by_letters[letters].append(place)
        if len(name.reading.words) > 2:
            self._by_initials[name.reading.initials].append(place)

    @classmethod
    def of(cls, store: Store) -> Self:
        """The index of what the default graph of `store` names; it takes about ten times as long as `read`.

        Raises:
            StoreError: there is no answer.
        """
        return cls(*_read(store))

    @classmethod
    def read(cls, path: Path) -> Self:
        """The index that `write` has written.

        Raises:
            StoreUnavailable: the file is not there, or damaged.
        """
        try:
            document = json.loads(path.read_bytes())
            things = [_as_thing(*each) for each in document["things"]]
            return cls(things, {iri: (italian, english) for iri, italian, english in document["terms"]})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreUnavailable("the names of the release cannot be read") from error

    @cached_property
    def classes(self) -> Mapping[str, int]:
        """The classes that the things are of, and how many of each, the largest first."""
        counts: dict[str, int] = defaultdict(int)
        for thing in self.things.values():
            for each in thing.classes:
                counts[each] += 1
        return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))

    # -- who is meant ------------------------------------------------------------------------------------------------

    def match(self, wanted: Wanted) -> list[Candidate]:
        """The things that may be meant, best first, at most `limit` of them."""
        found = [each for each in self._candidates(wanted) if each.score >= _LEAST]
        found.sort(key=lambda each: (-each.score, not each.thing.is_usual, each.thing.iri))
        limit = min(wanted.limit, MOST_CANDIDATES)
        return [self._decided(each, found, wanted) for each in found[:limit]]

    def _candidates(self, wanted: Wanted) -> Iterator[Candidate]:
        text, facts = wanted.text.strip(), _wanted_facts(wanted.properties)
        identified = self._identified(text) if text else self._having(facts)
        best = self._likest(text) if text else {}
        for iri in dict.fromkeys((*identified, *best)):
            thing = self.things[iri]
            features: dict[str, float | bool]
            if iri in identified:
                score, features = _EXACT, {"identifier": True}
            else:
                score, features = _named_like(best[iri])
            candidate = _typed(Candidate(thing, score, features), wanted)
            if candidate is not None:
                yield _compared(candidate, facts)

    def _identified(self, text: str) -> set[str]:
        """The things with this identifier, whole or as the address that it is the end of; or with this IRI."""
        whole = text.casefold()
        return {thing.iri for key in {whole, _last_step(whole)} for thing in self._by_identifier.get(key, ())}

    def _having(self, facts: Mapping[str, frozenset[str]]) -> set[str]:
        """The things of which at least one property is as wanted: what there is to go by without a name."""
        return {
            thing.iri
            for thing in self.things.values()
            if any(keys & thing.facts.get(property, frozenset()) for property, keys in facts.items())
        }

    def _likest(self, text: str) -> dict[str, _Likeness]:
        """For each thing of which a name has something in common with the text, the name that has most."""
        best = self._read_as_one(text)
        for iri, likeness in self._read_in_parts(text).items():
            if iri not in best or likeness.score > best[iri].score:
                best[iri] = likeness
        return best

    def _read_as_one(self, text: str) -> dict[str, _Likeness]:
        reading = Reading.of(text)
        if not reading.words:
            return {}
        best: dict[str, _Likeness] = {}
        for place, likeness in self._likenesses(reading):
            iri = self._names[place][1].iri
            if len({reading.form, likeness.name.reading.form} - {""} - _NO_CONFLICT) > 1:
                likeness.against.append("other_legal_form")
            if iri not in best or _better(likeness, best[iri]):
                best[iri] = likeness
        return best

    def _read_in_parts(self, text: str) -> dict[str, _Likeness]:
        """`Name (ACRONYM)`: both say who it is, or one says it and the other is a town, or only one does."""
        pieces = list(dict.fromkeys(parts(text)))
        if not 1 < len(pieces) <= _MOST_PARTS:
            return {}
        read = list(self._telling(pieces))
        found: dict[str, _Likeness] = {}
        for iri in {iri for each in read for iri in each}:
            likenesses = [each[iri] for each in read if iri in each]
            best = max(likenesses, key=lambda likeness: likeness.score)
            if best.score < _CERTAIN or not all(_is_first(iri, each) for each in read):
                best = replace(best, score=min(best.score, _PART), against=[*best.against, "part_of_query"])
            found[iri] = best
        return found

    def _telling(self, pieces: Iterable[str]) -> Iterator[dict[str, _Likeness]]:
        """What the pieces say who is meant: not a place; and behind a legal form, only what is a name for certain."""
        is_named = False
        for piece in pieces:
            if is_place(piece, self._places):
                continue
            read = self._read_as_one(piece)
            if not is_named or any(each.score >= _CERTAIN for each in read.values()):
                yield read
            is_named = is_named or Reading.of(piece).form in FIRMS

    def _likenesses(self, reading: Reading) -> Iterator[tuple[int, _Likeness]]:
        common: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
        for word in dict.fromkeys(reading.words):
            for other, share in self._words.near(word).items():
                for place in self._by_word[other]:
                    common[place].append((share, word, other))
        for place in self._likely(reading, common):
            name, thing = self._names[place]
            yield place, self._aligned(reading, name, common[place], thing)
        yield from self._run_together(reading)
        yield from self._as_initials(reading)

    def _as_initials(self, reading: Reading) -> Iterator[tuple[int, _Likeness]]:
        """An acronym for a name that has it as initials; a name, for an acronym."""
        alike = self._by_initials.get(reading.letters, []) if len(reading.letters) > 2 else []
        if len(reading.words) > 2:
            alike = self._by_letters.get(reading.initials, [])
        for place in alike:
            yield place, _Likeness(self._names[place][0], _INITIALS, against=["initials"])

    def _likely(self, reading: Reading, common: Mapping[int, list[tuple[float, str, str]]]) -> list[int]:
        """The names that are worth a closer look: those that share most, as no closer look makes it more."""
        own = self._whole(reading.words)
        most: list[tuple[float, int]] = []
        for place, pairs in common.items():
            shared = sum(share * max(self._weight(word), self._weight(other)) for share, word, other in pairs)
            bound = 2 * shared / (own + self._wholes[place])
            if bound * _EXACT >= _LEAST:
                most.append((bound, place))
        return [place for _, place in heapq.nlargest(_CLOSER_LOOKS, most)]

    def _aligned(self, reading: Reading, name: Name, pairs: list[tuple[float, str, str]], thing: Thing) -> _Likeness:
        """Each word of one side goes with one of the other, the likest first; an acronym may stand beside the name."""
        pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
        taken: dict[str, float] = {}
        given: dict[str, float] = {}
        for share, word, other in (*pairs, *_initials(reading.words, name.reading.words)):
            if word not in given and other not in taken:
                given[word], taken[other] = share, share
        short = self._acronyms[thing.iri]
        beside = self._own_words[thing.iri] if name.reading.letters in short else short
        given.update(dict.fromkeys(beside.intersection(reading.words) - given.keys(), 1.0))
        of_query = self._share(reading.words, given)
        of_name = self._share(name.reading.words, taken)
        score = _EXACT * 2 * of_query * of_name / (of_query + of_name) if of_query + of_name else 0.0
        misspelled = sum(share < 1 for share in given.values())
        against = ["misspelled_town"] if misspelled and OF_PLACES & given.keys() else []
        if PLACES & set(reading.words) - given.keys() and PLACES & set(name.reading.words) - taken.keys():
            score, against = score * _OTHER_PLACE, [*against, "other_place"]
        return _Likeness(name, score, of_query, of_name, misspelled, against)

    def _share(self, words: Sequence[str], common: Mapping[str, float]) -> float:
        shared = sum(self._weight(word) * share for word, share in common.items())
        return min(1.0, shared / self._whole(words))

    def _whole(self, words: Sequence[str]) -> float:
        return sum(map(self._weight, dict.fromkeys(words)))

    def _weight(self, word: str) -> float:
        return self._weights[word] if word in self._weights else self._weigh(word)

    def _weigh(self, word: str) -> float:
        """A word that few names have says more; one that none has says most."""
        weight = math.log(1 + len(self._names) / (1 + len(self._by_word.get(word, ()))))
        return weight * (_WEAK_SHARE if word in WEAK else 1.0)

    def _run_together(self, reading: Reading) -> Iterator[tuple[int, _Likeness]]:
        """`Brianz Acque`: other spaces, and at most one letter wrong."""
        for letters in dict.fromkeys((reading.letters, reading.compact)):
            for place in self._by_letters.get(letters, ()):
                yield place, _Likeness(self._names[place][0], _EXACT)
        if len(wanted := reading.compact) < _RUN_TOGETHER:
            return
        near = process.extract(wanted, self._compacts, scorer=OSA.distance, score_cutoff=1, limit=None)
        for compact, distance, _ in near:
            for place in self._by_letters[compact] if distance else ():
                name = self._names[place][0]
                if len(name.reading.words) != len(reading.words):
                    yield place, _Likeness(name, _EXACT * (1 - distance / len(wanted)), misspelled=1)

    # -- how sure it is ----------------------------------------------------------------------------------------------

    def _decided(self, candidate: Candidate, all: Sequence[Candidate], wanted: Wanted) -> Candidate:
        """The candidate with its lead over the next, and whether it is safe to take."""
        rivals = [each.score for each in all if each.thing is not candidate.thing and _rivals(each, candidate)]
        lead = candidate.score - max(rivals, default=0.0)
        features = {**candidate.features, "lead": round(lead, 1)}
        is_certain = candidate.score >= _CERTAIN and lead >= (_LEAD if candidate.score < _EXACT else 0.1)
        is_meant = bool(wanted.types) or candidate.thing.is_usual or features.get("identifier") is True
        return replace(candidate, score=round(candidate.score, 1), features=features, match=is_certain and is_meant)

    # -- while somebody types ----------------------------------------------------------------------------------------

    def beginning_with(self, prefix: str) -> list[tuple[Thing, Name | None]]:
        """The things of which a name, or a word of one, begins so, each with that name; the fittest first.

        One that has this identifier has no name with it.
        """
        wanted = fold(prefix)
        identified = self._identified(prefix.strip())
        if not wanted:
            return []
        best: dict[str, tuple[int, Name | None]] = dict.fromkeys(identified, (0, None))
        for (name, thing), (folded, words) in zip(self._names, self._folded, strict=True):
            rank = _rank(wanted, folded, words, name)
            if rank is not None and (thing.iri not in best or rank < best[thing.iri][0]):
                best[thing.iri] = rank, name

        def place(thing: Thing) -> tuple[bool, int, str]:
            return not thing.is_usual, best[thing.iri][0], thing.label_it or thing.label_en

        return [(each, best[each.iri][1]) for each in sorted((self.things[iri] for iri in best), key=place)]

    @cached_property
    def _folded(self) -> list[tuple[str, str]]:
        """Each name as it is compared, and its words with a space before each."""
        folded = [fold(name.text) for name, _ in self._names]
        return [(text, " ".join(["", *_WORD.findall(text)])) for text in folded]


def _is_short(name: Name) -> bool:
    """An acronym or a name of one word, which may stand beside a longer one."""
    return name.role != "slug" and len(name.reading.words) == 1


def _rank(wanted: str, folded: str, words: str, name: Name) -> int | None:
    if folded == wanted or name.reading.letters == wanted:
        return 0
    if folded.startswith(wanted):
        return 3 if name.role == "slug" else 1  # what a page shows before what only its address says
    return 2 if f" {wanted}" in words else None


def _initials(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[float, str, str]]:
    """The words of which one is the first letter of the other: `P. Beretta`."""
    for word in words:
        for other in others:
            if word[0] == other[0] and min(len(word), len(other)) == 1 and word != other:
                yield _INITIAL, word, other


def _is_first(iri: str, likenesses: Mapping[str, _Likeness]) -> bool:
    """Whether this is who is meant, as far as these say, and by more than its initials."""
    own = likenesses[iri].score if iri in likenesses else 0.0
    return own > _INITIALS and own >= max(each.score for each in likenesses.values())


def _better(one: _Likeness, other: _Likeness) -> bool:
    return (one.score, one.name.role != "slug") > (other.score, other.name.role != "slug")


def _rivals(one: Candidate, other: Candidate) -> bool:
    """A cluster and the body that manages it often have the same name: the cluster is meant, unless a type says not."""
    return one.thing.is_usual or not other.thing.is_usual


def _named_like(likeness: _Likeness) -> tuple[float, dict[str, float | bool]]:
    """The score of a name, less where something speaks against it, and the features that explain it."""
    name = likeness.name
    against = [*likeness.against]
    if name.role == "slug":
        against.append("only_in_address")
    score = min(likeness.score, _UNCERTAIN) if against else likeness.score
    return score, {
        "name": round(likeness.score, 1),
        "words_of_query": round(likeness.of_query, 3),
        "words_of_name": round(likeness.of_name, 3),
        "misspelled_words": likeness.misspelled,
        "acronym": name.role == "acronym" or "initials" in against,
        "former_name": name.role == "former",
        **dict.fromkeys(against, True),
    }


def _typed(candidate: Candidate, wanted: Wanted) -> Candidate | None:
    """The candidate with what its types make of its score; None where they rule it out."""
    features = dict(candidate.features)
    if not wanted.types:
        features["usual_kind"] = candidate.thing.is_usual
        share = 1.0 if candidate.thing.is_usual or features.get("identifier") else _UNUSUAL
        return replace(candidate, score=candidate.score * share, features=features)
    found = len(set(wanted.types) & set(candidate.thing.classes))
    fits = found == len(set(wanted.types)) if wanted.strict == "all" else found > 0
    if not fits and wanted.strict != "should":
        return None
    features["type"] = fits
    return replace(candidate, score=candidate.score * (1.0 if fits else _OTHER_TYPE), features=features)


def _compared(candidate: Candidate, facts: Mapping[str, frozenset[str]]) -> Candidate:
    """The candidate with what its properties make of its score: an identifier decides, others add or take a little."""
    known = facts.keys() & candidate.thing.facts.keys()
    if not known:
        return candidate
    equal = {property for property in known if candidate.thing.facts[property] & facts[property]}
    share = len(equal) / len(known)
    features = {**candidate.features, "properties": round(share, 3)}
    score = candidate.score * (1 - _OF_PROPERTIES) + _EXACT * _OF_PROPERTIES * share
    deciding = known & _DECIDING
    if deciding and deciding <= equal:
        score, features["identifier"] = _EXACT, True
    elif deciding:
        score, features["other_identifier"] = min(score, _OTHER_IDENTIFIER), True
    return replace(candidate, score=score, features=features)


# -- values as they are compared -------------------------------------------------------------------------------------


def _wanted_facts(properties: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, frozenset[str]]:
    """The values to compare, each property once; one without a value is not compared."""
    facts: dict[str, frozenset[str]] = {}
    for property, values in properties:
        facts[property] = facts.get(property, frozenset()).union(*map(_keys, values))
    return {property: keys for property, keys in facts.items() if keys}


def _keys(value: str) -> set[str]:
    """An address counts by its host and by its end, whatever stands around; a text by its words."""
    text = value.strip().casefold()
    keys = {text, _last_step(text), fold(text)} - {""}
    if (host := re.match(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?$", text)) is not None:
        keys.add(f"host {host[1]}")
    return keys | {_COUNTRIES[key] for key in keys if key in _COUNTRIES}


def _last_step(iri: str) -> str:
    return iri.rstrip("/").replace("#", "/").rpartition("/")[2]


# -- reading the graph -----------------------------------------------------------------------------------------------


def write(store: Store, path: Path) -> None:
    """Write what an index is made of; the same graph gives the same bytes."""
    things, terms = _read(store)
    document = {
        "things": [_as_row(thing) for thing in things],
        "terms": [[iri, *labels] for iri, labels in sorted(terms.items())],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _as_row(thing: Thing) -> list[Any]:
    names = [[name.text, name.role] for name in thing.names]
    facts = {property: sorted(keys) for property, keys in thing.facts.items()}
    return [thing.iri, thing.classes, thing.label_it, thing.label_en, names, sorted(thing.identifiers), facts]


def _as_thing(
    iri: str,
    classes: Sequence[str],
    label_it: str,
    label_en: str,
    names: Sequence[Sequence[str]],
    identifiers: Sequence[str],
    facts: Mapping[str, Sequence[str]],
) -> Thing:
    read = tuple(Name.of(text, role) for text, role, *_ in names)
    known = {property: frozenset(keys) for property, keys in facts.items()}
    return Thing(iri, kind_of(iri), tuple(classes), label_it, label_en, read, frozenset(identifiers), known)


_Values = Mapping[str, list[Term]]
_DESIGNATIONS: Final = f"""
SELECT ?thing ?name ?kind {{
  ?designation <{CTL}designates> ?thing ; <{CTL}name> ?name ; <{DCTERMS}type> ?kind
}}"""


def _read(store: Store) -> tuple[list[Thing], dict[str, tuple[str, str]]]:
    """The things that have an IRI of a kind and a name; and the names of the vocabulary's terms, in both languages."""
    properties = " ".join(f"<{name}>" for name in (RDF_TYPE, *_LABELS, *_OTHER_NAMES, SKOS + "notation", *COMPARED))
    read: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    rows = store.query(f"SELECT * {{ VALUES ?property {{ {properties} }} ?thing ?property ?value }}")
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        if isinstance(thing := row["thing"], NamedNode):
            read[thing.value][row["property"].value].append(row["value"])
    designations = _designations(store)
    labels = {iri: (_label(values, "it"), _label(values, "en")) for iri, values in read.items()}
    named = {iri: names for iri, names in labels.items() if any(names)}
    terms = {iri: names for iri, names in named.items() if kind_of(iri) == "term"}
    things = [
        _thing(iri, read[iri], named, designations.get(iri, ()))
        for iri in sorted(named)
        if kind_of(iri) not in _LEFT_OUT
    ]
    return things, terms


def _designations(store: Store) -> dict[str, list[tuple[str, str]]]:
    """The names that are known with their kind, which is the end of its IRI: former, acronym, …"""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = store.query(_DESIGNATIONS)
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        found[row["thing"].value].append((row["name"].value, _last_step(row["kind"].value)))
    return {thing: sorted(names) for thing, names in found.items()}


def _label(values: _Values, language: str) -> str:
    """The preferred name in this language; one without a language counts for every language."""
    for property in _LABELS:
        literals = [value for value in values.get(property, ()) if isinstance(value, Literal)]
        if fitting := [value.value for value in literals if value.language in (language, None)]:
            return min(fitting)
    return ""


def _thing(
    iri: str,
    values: _Values,
    labels: Mapping[str, tuple[str, str]],
    designations: Iterable[tuple[str, str]],
) -> Thing:
    identifiers = [
        _last_step(value.value).casefold()
        for property in (*IDENTIFIERS, SKOS + "notation")
        for value in values.get(property, ())
        if isinstance(value, Literal | NamedNode)
    ]
    classes = {value.value for value in values.get(RDF_TYPE, ()) if isinstance(value, NamedNode)}
    facts = {property: _facts(values[property], labels) for property in COMPARED if property in values}
    names = tuple(_names(iri, values, designations))
    return Thing(iri, kind_of(iri), tuple(sorted(classes)), *labels[iri], names, frozenset(identifiers), facts)


def _names(iri: str, values: _Values, designations: Iterable[tuple[str, str]]) -> Iterator[Name]:
    """Every name once, with the role that says most; the end of the IRI, too, which is often a short name."""
    roles: dict[str, str] = {}
    for text, kind in designations:
        roles[text] = kind if kind in ("former", "acronym") else "other"
    for property, role in (*_OTHER_NAMES.items(), *((label, "label") for label in _LABELS)):
        for value in values.get(property, ()):
            if isinstance(value, Literal) and roles.get(value.value) not in ("former", "acronym"):
                roles[value.value] = role
    order = ("label", "acronym", "other", "former")
    names = [Name.of(text, role) for text, role in roles.items()]
    names = [name for name in names if name.reading.words]
    yield from sorted(names, key=lambda name: (order.index(name.role), name.text))
    slug = Reading.of(_last_step(iri))
    if slug.words and slug.letters not in {name.reading.letters for name in names}:
        yield Name(_last_step(iri), "slug", slug)


def _facts(values: Iterable[Term], labels: Mapping[str, tuple[str, str]]) -> frozenset[str]:
    """The values as they are compared: what is linked, by its names, too."""
    keys: set[str] = set()
    for value in values:
        if isinstance(value, NamedNode | Literal):
            keys |= _keys(value.value)
        if isinstance(value, NamedNode):
            keys |= {fold(name) for name in labels.get(value.value, ()) if name}
    return frozenset(keys)
