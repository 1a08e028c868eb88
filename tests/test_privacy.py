"""Organisations only: no person's name, mail address or telephone number stands in what is published.

The names that sources print are known here only by their digests, so that this file names nobody either.
"""

import csv
import hashlib
import re
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
# Addresses of sources are kept as citations, even where a name stands in them.
CITATIONS = {"address"}
PERSONS = {
    "5522fb810e1256ae",
    "6c42f9e2229e9de0",
    "fb59b5c328a277ae",
    "fcc730e745985d93",
    "563d91d8c61e3a14",
    "2de89a930fba0bc8",
    "5155dad4c33c62d8",
    "aee739293f991d85",
    "f74f176de13efbf0",
    "420ada2048840b94",
    "c29dd2aa07b726cd",
    "f80771a7d250380a",
}
TITLED = re.compile(r"\b(Dott\.?|Dr\.|Ing\.|Prof\.?|Avv\.|Sig\.|Mr\.?|Mrs\.?)\s+[A-Z][a-z]+")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
TELEPHONE = re.compile(r"(\+39|\btel\.?)\s*[\d ./-]{6,}", re.IGNORECASE)


def published_texts() -> list[tuple[str, str]]:
    texts = []
    for path in sorted(DATA.rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                texts += [(f"{path.name}:{number}", cell) for name, cell in row.items() if name not in CITATIONS]
    texts += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(DATA.rglob("*.ttl"))]
    return texts


def names(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))}


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def test_no_person_is_named() -> None:
    texts = published_texts()
    assert len(texts) > 10_000
    known = {name for _, text in texts for name in names(text)}
    found = {name for name in known if digest(name) in PERSONS}
    assert found == set(), [place for place, text in texts if found & names(text)]


def test_nobody_is_addressed_or_to_be_reached() -> None:
    for pattern in (TITLED, MAIL, TELEPHONE):
        assert [(place, text) for place, text in published_texts() if pattern.search(text)] == []


def test_the_patterns_do_find_what_they_look_for() -> None:
    assert TITLED.search("incontro con il Dott. Rossi")
    assert MAIL.search("scrivere a info@example.org")
    assert TELEPHONE.search("tel. 02 1234567")
    assert digest("a") not in PERSONS
    assert "mario rossi" in names("parla Mario Rossi, presidente")
