"""The stored questions: their files, how a value gets into one, and what is asked of Valdoro."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store as Oxigraph

from ctl_graph import questions
from ctl_graph.errors import BadQuery
from ctl_graph.questions import Kept, Labels, Parameter, Question, parse
from ctl_graph.release import Release
from ctl_graph.store import OxigraphStore

BASE = "https://example.org/region/"
ALFA = BASE + "id/cluster/alfa"
ACCEPTED = BASE + "graph/accepted"
SOON = 10.0  # seconds: nobody waits so long but where something is wrong
ORDER = re.compile(r"ORDER BY ([^\n{}]+)\s*$")
HEAD = "# title@it: a\n# title@en: b\n# description@it: c\n# description@en: d\n"
PARAMETERS = """\
# parameter: thing iri https://e.org/x
# parameter: day date 2019-08-12
# parameter: n integer 5
# parameter: words string x
"""


@pytest.fixture(scope="module")
def store(release: Release) -> OxigraphStore:
    return OxigraphStore(release.store)


def question(text: str) -> Question:
    return parse("test", HEAD + PARAMETERS + text)


# -- files -------------------------------------------------------------------------------------------------------------


def test_there_are_questions_in_both_languages() -> None:
    stored = questions.load()
    assert {"regional-clusters", "things-by-class", "disagreements"} <= stored.keys()
    assert not [name for name in stored if name.startswith("_")]
    for name, each in stored.items():
        assert each.name == name
        assert each.title.it != each.title.en, name
        assert each.description.it != each.description.en, name


def test_every_stored_question_asks_for_all_as_it_is(store: OxigraphStore) -> None:
    for name in questions.load():
        assert questions.ask(store, name).columns, name


def test_without_names_a_question_answers_the_same(store: OxigraphStore) -> None:
    asked = {name: each for name, each in questions.load().items() if "_label" in each.text}
    assert len(asked) > 30
    ordered = 0
    for name, each in asked.items():
        assert not re.search(r"prefLabel \?\w+_label", each.nameless.body), name
        named, nameless = questions.ask(store, name), questions.ask_nameless(store, name)
        assert named.columns == nameless.columns
        names = {f"{column}_label" for column in named.columns}
        kept = [place for place, column in enumerate(named.columns) if column not in names]
        rows = [[tuple(row[place] for place in kept) for row in table.rows] for table in (named, nameless)]
        assert set(rows[0]) == set(rows[1]), name
        if order := ORDER.search(each.body):
            known = [each for each in re.findall(r"\?(\w+)", order[1]) if each in named.columns]
            keys = [kept.index(named.columns.index(column)) for column in known]
            told = [list(dict.fromkeys(tuple(row[key] for key in keys) for row in own)) for own in rows]
            assert told[0] == told[1], name
            ordered += len(told[0]) > 1
    assert ordered > 15, "a row alone has no order"


def test_every_stored_question_can_be_asked_with_its_examples(store: OxigraphStore) -> None:
    for name, each in questions.load().items():
        examples = {parameter.name: parameter.example for parameter in each.parameters}
        assert questions.ask(store, name, **examples).columns, name
        assert all(f"${parameter.name}" in each.text for parameter in each.parameters), name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# title@it: a\nSELECT * {}", "both languages"),
        (HEAD + "# parameter: x colour red\nSELECT * {}", "colour"),
    ],
)
def test_a_head_that_lacks_something_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadQuery, match=words):
        parse("test", text)


def test_a_head_is_read() -> None:
    read = parse("test", HEAD + PARAMETERS + "# empty@it: e\n# empty@en: f\nSELECT * { ?s ?p $thing }")
    assert (read.title.it, read.title.en, read.description.en) == ("a", "b", "d")
    assert read.parameters[0] == Parameter("thing", "iri", "https://e.org/x")
    assert read.empty is not None
    assert read.empty.en == "f"


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("SELECT * { $thing ?p ?o }", {"thing": ALFA}, f"SELECT * {{ <{ALFA}> ?p ?o }}"),
        ("ASK { ?s ?p $n }", {"n": 7}, "ASK { ?s ?p 7 }"),
        ("ASK { ?s ?p $n }", {"n": "-7"}, "ASK { ?s ?p -7 }"),
        ("ASK { ?s ?p $words }", {"words": 'a"b\\\n'}, 'ASK { ?s ?p "a\\"b\\\\\\n" }'),
        (
            "ASK { ?s ?p $day }",
            {"day": date(2019, 8, 12)},
            'ASK { ?s ?p "2019-08-12"^^<http://www.w3.org/2001/XMLSchema#date> }',
        ),
        ("ASK { $thing ?p $things }", {"thing": ALFA}, f"ASK {{ <{ALFA}> ?p $things }}"),
        ('ASK { ?s ?p "$thing", $thing }', {"thing": ALFA}, f'ASK {{ ?s ?p "$thing", <{ALFA}> }}'),
        ("ASK { ?s ?p '''$n ' $n''', $n }", {"n": 1}, "ASK { ?s ?p '''$n ' $n''', 1 }"),
        ('ASK { ?s ?p "\\"$n", $n }', {"n": 1}, 'ASK { ?s ?p "\\"$n", 1 }'),
        ("ASK { ?s ?p $n } # $n", {"n": 1}, "ASK { ?s ?p 1 } # $n"),
        ("ASK { <https://e.org/#$n> ?p $n }", {"n": 1}, "ASK { <https://e.org/#$n> ?p 1 }"),
        ("ASK { ?s ?p ?o FILTER(?o < $n && $n > ?o) }", {"n": 1}, "ASK { ?s ?p ?o FILTER(?o < 1 && 1 > ?o) }"),
        ("ASK { ?s ?p ?n }", {"n": 1}, "ASK { ?s ?p ?n }"),
    ],
)
def test_a_value_takes_the_place_of_whole_names_only(text: str, values: dict[str, str], expected: str) -> None:
    assert question(text).bind(**values) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing", "https://e.org/> } DELETE WHERE { ?s ?p ?o"),
        ("thing", "relative"),
        ("thing", ""),
        ("day", "2019-02-30"),
        ("day", '2019-08-12"'),
        ("n", "1 } UNION {"),
        ("n", "1.5"),
        ("words", "\ud800"),
        ("stranger", "x"),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadQuery):
        question("SELECT * { $thing ?p $n, $day, $words }").bind(**{name: value})


@given(st.text())
def test_no_text_breaks_out_of_its_place(words: str) -> None:
    asked = question("SELECT ?found { BIND($words AS ?found) }")
    try:
        bound = asked.bind(words=words)
    except BadQuery:
        assert any("\ud800" <= character <= "\udfff" for character in words)
        return
    (solution,) = Oxigraph().query(bound)
    assert solution["found"].value == words


@given(st.text())
def test_no_iri_breaks_out_of_its_place(iri: str) -> None:
    try:
        bound = question("SELECT ?found { BIND($thing AS ?found) }").bind(thing="https://e.org/" + iri)
    except BadQuery:
        return
    (solution,) = Oxigraph().query(bound)
    assert solution["found"].value == "https://e.org/" + iri


# -- what is asked of Valdoro ------------------------------------------------------------------------------------------


def test_the_clusters_of_valdoro(store: OxigraphStore) -> None:
    rows = questions.ask(store, "regional-clusters")
    assert [questions.text(row["acronym"]) for row in rows] == ["ALFA", "BETA"]


def test_a_cluster_is_described_with_who_says_so(store: OxigraphStore) -> None:
    said = {
        (each.predicate.value, questions.text(each.object)): each.graphs for each in questions.describe(store, ALFA)
    }
    name = ("http://www.w3.org/2004/02/skos/core#prefLabel", "Cluster Alfa")
    assert {f"{BASE}graph/statute", f"{BASE}graph/newspaper", ACCEPTED} <= set(said[name])
    assert questions.describe(store, BASE + "id/cluster/omega") == []


def test_names_follow_the_language_and_are_composed_where_there_is_none(store: OxigraphStore) -> None:
    membership, rejected = BASE + "id/membership/alfa-university-founder", BASE + "id/membership/beta-startup-member"
    nobody = BASE + "id/nobody"
    italian = Labels(store, "it", ACCEPTED).of([ALFA, membership, rejected, nobody])
    english = Labels(store, "en", ACCEPTED).of([ALFA, membership])
    assert italian[ALFA].text == "Cluster Alfa"
    assert english[ALFA].text == "Alfa Cluster"
    assert italian[membership].text == "Università di Valdoro — fondatore — Cluster Alfa — 2013-05-02"
    assert english[membership].text == "University of Valdoro — founder — Alfa Cluster — 2013-05-02"
    assert italian[rejected].text == "Nuova & altra — aderente — Cluster Beta"
    assert nobody not in italian


def test_a_name_in_another_language_says_which(store: OxigraphStore) -> None:
    town = BASE + "id/organisation/town"
    foundry = BASE + "id/organisation/foundry"
    english = Labels(store, "en", ACCEPTED).of([foundry, town])
    assert (english[foundry].language, english[town].language) == ("it", "en")


def test_what_is_known_is_asked_once_and_what_is_full_is_begun_anew() -> None:
    asked: list[list[str]] = []

    def ask(things: Sequence[str]) -> dict[str, str]:
        asked.append(list(things))
        return {thing: thing.upper() for thing in things if thing != "nobody"}

    kept = Kept(ask, most=3)
    assert kept.of(["a", "nobody"]) == {"a": "A"}
    assert kept.of(["nobody", "a", "b"]) == {"a": "A", "b": "B"}
    assert asked == [["a", "nobody"], ["b"]]
    assert kept.of(["c", "a"]) == {"c": "C", "a": "A"}
    assert kept.of(["a", "b"]) == {"a": "A", "b": "B"}
    assert asked[2:] == [["c"], ["b"]]


def test_what_is_begun_anew_takes_nothing_from_who_is_asking() -> None:
    """One thread waits for its answer while another fills the memory, which is then a new one."""
    asks, may_answer = Event(), Event()
    asked: list[str] = []

    def ask(things: Sequence[str]) -> dict[str, str]:
        asked.extend(things)
        if "slow" in things:
            asks.set()
            assert may_answer.wait(SOON)
        return {thing: thing.upper() for thing in things}

    kept = Kept(ask, most=2)
    assert kept.of(["a"]) == {"a": "A"}
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(kept.of, ["a", "slow"])
        assert asks.wait(SOON)
        assert kept.of(["b", "c"]) == {"b": "B", "c": "C"}
        may_answer.set()
        assert waiting.result(SOON) == {"a": "A", "slow": "SLOW"}
    assert kept.of(["b", "c"]) == {"b": "B", "c": "C"}
    assert asked == ["a", "slow", "b", "c"], "what is kept is not asked again"


def test_two_who_ask_at_once_are_both_answered() -> None:
    both = Barrier(2)
    asked: list[str] = []

    def ask(things: Sequence[str]) -> dict[str, str]:
        asked.extend(things)
        both.wait(SOON)
        return {thing: thing.upper() for thing in things}

    kept = Kept(ask)
    with ThreadPoolExecutor() as threads:
        found = [threads.submit(kept.of, ["a", other]) for other in "bc"]
        assert [each.result(SOON) for each in found] == [{"a": "A", "b": "B"}, {"a": "A", "c": "C"}]
    assert sorted(asked) == ["a", "a", "b", "c"]
    assert kept.of("abc") == {"a": "A", "b": "B", "c": "C"}, "nobody is asked: nobody would wait with them"


def test_what_is_long_and_nobodys_is_not_kept() -> None:
    asked: list[list[str]] = []

    def ask(things: Sequence[str]) -> dict[str, str]:
        asked.append(list(things))
        return {}

    kept, long = Kept(ask), "https://example.org/" + "x" * 400
    assert kept.of([long, "short"]) == kept.of([long, "short"]) == {}
    assert asked == [[long, "short"], [long]]


def test_graphs_have_sources(store: OxigraphStore) -> None:
    found = questions.sources(store, [f"{BASE}graph/statute", f"{BASE}graph/nobody"])
    assert found[f"{BASE}graph/statute"].title == "Statuto del cluster Alfa"
    assert found[f"{BASE}graph/statute"].issued == "2013-05"
    assert found[f"{BASE}graph/nobody"].title is None


def test_a_dispute_names_the_value(store: OxigraphStore) -> None:
    disputes = questions.disputes(store, ALFA, ACCEPTED)
    assert {questions.text(side.object) for dispute in disputes for side in dispute.sides} == {"2013", "2014"}
    assert {dispute.disagreement for dispute in disputes} == {BASE + "id/disagreement/alfa-founded"}
    assert questions.disputes(store, BASE + "id/cluster/beta", ACCEPTED) == []


def test_what_vanished_has_a_date(store: OxigraphStore) -> None:
    gone = questions.gone(store, BASE + "id/organisation/vanished")
    assert gone is not None
    assert gone.date == "2020-03-01"
    assert [note.language for note in gone.notes] == ["en", "it"]
    assert questions.gone(store, ALFA) is None


def test_members_are_accepted_things(store: OxigraphStore) -> None:
    found = questions.members(store, "https://w3id.org/ctl/def/Membership", ACCEPTED)
    assert len(found) == 6
    assert BASE + "id/membership/beta-startup-member" not in found


# -- parts of an answer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 200])
@pytest.mark.parametrize("name", sorted(questions.load()))
def test_parts_make_up_the_whole_and_the_total_is_counted(
    store: OxigraphStore, name: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_READ_AT_ONCE", at_once)
    whole = questions.ask(store, name)
    size = max(1, len(whole) // 2)
    found, totals = [], set()
    for offset in range(0, len(whole) + 1, size):
        part, total = questions.ask_part(store, name, offset, size)
        assert part.columns == whole.columns
        assert len(part) <= size
        found += part.rows
        totals.add(total)
    assert totals == {len(whole)}
    assert sorted(map(str, found)) == sorted(map(str, whole.rows))


def test_a_wrong_value_is_explained_in_two_languages() -> None:
    for name, value in (("thing", "relative"), ("day", "2019-02-30"), ("n", "x"), ("words", "\ud800")):
        with pytest.raises(BadQuery) as error:
            question("SELECT * { $thing ?p $n, $day, $words }").bind(**{name: value})
        assert error.value.explanation is not None
        assert error.value.explanation.it != error.value.explanation.en


@pytest.mark.parametrize("number", ["1" * 21, "9" * 5000, "1" * 20 + "x", "-" + "1" * 20])
def test_a_long_number_is_refused_and_never_cut_to_another(number: str) -> None:
    head = "".join(f"# {what}@{language}: a\n" for what in ("title", "description") for language in ("it", "en"))
    question = parse("numbers", head + "# parameter: n integer 1\nSELECT * {} LIMIT $n")
    assert question.bind(n="12345678901234567890").endswith("LIMIT 12345678901234567890")
    with pytest.raises(BadQuery):
        question.bind(n=number)
