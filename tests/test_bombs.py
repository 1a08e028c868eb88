"""Queries made to break the engine, and queries nobody made: the server lives, and says of each what happened."""

import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from pyoxigraph import Store as Oxigraph

from ctl_graph.errors import StoreBusy, StoreError
from ctl_graph.formats import BOOLEANS, GRAPHS, TABLES
from ctl_graph.sandbox import Sandbox
from ctl_graph.store import Choices
from tests.bombs import BOMBS, HARMLESS, NESTING

SECONDS = 0.5
PATIENCE = 5.0  # for what ends by itself, which on a busy machine takes longer: queries make way for everything else
GRACE = 0.5
LATEST = 2.0  # on a machine that has other things to do
TYPED = {kind.__name__ for kind in StoreError.__subclasses__()} | {"answer"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bombs") / "store"
    store = Oxigraph(str(path))
    name = NamedNode("https://example.org/name")
    things = [NamedNode(f"https://example.org/{number}") for number in range(2_000)]
    store.bulk_extend(Quad(thing, name, Literal(f"thing {n}")) for n, thing in enumerate(things))
    store.bulk_extend(Quad(thing, name, things[n // 2]) for n, thing in enumerate(things))
    store.flush()
    return path


@pytest.fixture(scope="module")
def sandbox(path: Path) -> Iterator[Sandbox]:
    yield from opened(path, SECONDS)


@pytest.fixture
def patient(path: Path) -> Iterator[Sandbox]:
    yield from opened(path, PATIENCE)


def opened(path: Path, seconds: float) -> Iterator[Sandbox]:
    sandbox = Sandbox(path, seconds=seconds, memory=128, answer=10, rows=100_000, workers=2, queue=20)
    yield sandbox
    pids = {worker.pid for worker in sandbox._pool()._alive}
    sandbox.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def throw(sandbox: Sandbox, query: str, choices: Choices | None = None) -> tuple[str, float]:
    """How it ended, and how long a worker had it."""
    while True:
        with suppress(StoreBusy):  # nobody has looked at it yet: the machine is slow to start workers
            try:
                answer = sandbox.answer(query, **({"choices": choices} if choices else {}))  # type: ignore[arg-type]
            except StoreBusy:
                raise
            except StoreError as error:
                return type(error).__name__, error.spent
            assert len(answer.read()) == answer.length
            return "answer", answer.seconds


def processes() -> list[int]:
    """The children of this process, the dead ones among them."""
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(BOMBS.keys() - HARMLESS) >= 60
    assert BOMBS.keys() >= HARMLESS


def test_what_is_nested_ends_its_process_and_no_other(patient: Sandbox) -> None:
    counts = thrown(patient, NESTING, PATIENCE)
    assert counts["QueryCrashed"] >= 20, counts


def test_each_bomb_costs_a_process_at_most(sandbox: Sandbox) -> None:
    counts = thrown(sandbox, BOMBS, SECONDS)
    assert counts["QueryTimeout"] + counts["QueryTooLarge"] >= 20, counts


def thrown(sandbox: Sandbox, bombs: Mapping[str, Callable[[], str]], seconds: float) -> Counter[str]:
    """How many ended how; each by a limit of its own, in time, and without a trace in this process."""
    before = os.getpid(), set(processes())
    with ThreadPoolExecutor(2) as visitors:
        ends = dict(zip(bombs, visitors.map(lambda make: throw(sandbox, make()), bombs.values()), strict=True))
    assert os.getpid() == before[0]
    assert {kind for kind, _ in ends.values()} <= TYPED
    late = {name: spent - seconds for name, (_, spent) in ends.items() if spent > seconds + GRACE}
    assert len(late) <= 1, late
    assert max(late.values(), default=0) < LATEST - SECONDS, late
    assert _is_whole(sandbox)
    assert len(set(processes()) - before[1]) <= 2, "only the workers that wait for the next query"
    assert sandbox.figures()["quarantined"] == 0
    return Counter(kind for kind, _ in ends.values())


def _is_whole(sandbox: Sandbox) -> bool:
    """Two idle workers, each of which answers."""
    end = time.monotonic() + 30
    while (figures := sandbox.figures())["workers"] != 2 or figures["busy"]:
        assert time.monotonic() < end, figures
        time.sleep(0.01)
    return all(throw(sandbox, "ASK {}")[0] == "answer" for _ in range(4))


# -- queries from a grammar ------------------------------------------------------------------------------------------

_names = st.sampled_from(["?s", "?p", "?o", "?x", "<https://example.org/1>", "<https://example.org/name>"])
_values = st.one_of(
    _names,
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(max_size=8).map(lambda text: "'''" + text.replace("\\", "\\\\").replace("'", "\\'") + "'''"),
    st.sampled_from(["true", "'2020-01-01'^^<http://www.w3.org/2001/XMLSchema#date>", "'x'@it", "()", "[]", "_:b"]),
)


def _applied(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    unary = st.sampled_from(["STR({})", "!({})", "-({})", "STRLEN({})", "ABS({})", "LANG({})", "UCASE({})", "MD5({})"])
    binary = st.sampled_from(["({} + {})", "({} * {})", "({} = {})", "CONCAT({}, {})", "({} < {})", "REGEX({}, {})"])
    return st.one_of(
        st.tuples(unary, inner).map(lambda parts: parts[0].format(parts[1])),
        st.tuples(binary, inner, inner).map(lambda parts: parts[0].format(*parts[1:])),
    )


_expressions = st.recursive(st.one_of(_names, st.integers(-9, 9).map(str)), _applied, max_leaves=12)
_paths = st.recursive(
    st.sampled_from(["<https://example.org/name>", "<a:b>", "!<a:b>"]),
    lambda inner: st.tuples(st.sampled_from(["({})*", "({})+", "^({})", "({}/{})", "({}|{})"]), inner, inner).map(
        lambda parts: parts[0].format(*parts[1:])
    ),
    max_leaves=6,
)
_triples = st.tuples(_values, st.one_of(_names, _paths), _values).map(lambda parts: " ".join(parts) + " .")


def _grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, max_size=3).map(" ".join),
        st.tuples(st.sampled_from(["OPTIONAL", "MINUS", "GRAPH ?g", "FILTER EXISTS", ""]), inner).map(
            lambda parts: f"{parts[0]} {{ {parts[1]} }}"
        ),
        st.tuples(inner, inner).map(lambda parts: f"{{ {parts[0]} }} UNION {{ {parts[1]} }}"),
        st.tuples(inner, _expressions).map(lambda parts: f"{parts[0]} FILTER({parts[1]})"),
        st.tuples(inner, _expressions, st.integers(0, 99)).map(lambda p: f"{{ {p[0]} BIND({p[1]} AS ?b{p[2]}) }}"),
        inner.map(lambda pattern: f"{{ SELECT * {{ {pattern} }} }}"),
    )


_patterns = st.recursive(_triples, _grouped, max_leaves=6)
_heads = st.sampled_from(["SELECT *", "SELECT DISTINCT ?s", "ASK", "CONSTRUCT { ?s ?p ?o }", "DESCRIBE ?s"])
_ends = st.sampled_from(["", "LIMIT 5", "ORDER BY ?o", "ORDER BY DESC(?s) OFFSET 3 LIMIT 2", "VALUES ?s { 1 UNDEF }"])
_grammar = st.tuples(_heads, _patterns, _ends).map(lambda parts: f"{parts[0]} {{ {parts[1]} }} {parts[2]}")


def _spoilt(query: str, place: float, length: int, patch: str) -> str:
    start = math.floor(place * len(query))
    return query[:start] + patch + query[start + length :]


_mutations = st.builds(
    _spoilt,
    _grammar,
    st.floats(0, 1),
    st.integers(0, 9),
    st.one_of(st.text(max_size=4), st.sampled_from(["{", "}", "(", ")", "\\u0022", "'''", "#", "\x00", "SERVICE"])),
)
_depths = st.builds(
    lambda pair, depth, inner: "SELECT * { " + pair[0] * depth + inner + pair[1] * depth + " }",
    st.sampled_from(
        [
            ("{ ", " }"),
            ("OPTIONAL { ", " }"),
            ("?s ?p ?o FILTER((", "))"),
            ("{ SELECT * { ", " } }"),
            ("?s ?p [ ?p ?o ; ?p ", " ] ."),
            ("?s ?p ( ", " ) ."),
            ("MINUS { ?a ?b ?c ", " }"),
            ("?a ?b ?c . ", ""),
        ]
    ),
    st.one_of(st.integers(0, 40), st.sampled_from([100, 1_000, 10_000])),
    st.sampled_from(["", "?s ?p ?o", "1", "true"]),
)
_choices = st.builds(
    lambda graph, solutions, boolean: {"graph": graph, "solutions": solutions, "boolean": boolean},
    st.sampled_from(GRAPHS),
    st.sampled_from(TABLES),
    st.sampled_from(BOOLEANS),
)


@settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(query=st.one_of(_grammar, _grammar, _mutations, _mutations, _depths), choices=_choices)
def test_whatever_is_asked_has_an_end_with_a_name(sandbox: Sandbox, query: str, choices: Choices) -> None:
    kind, seconds = throw(sandbox, query, choices)
    assert kind in TYPED
    assert seconds < LATEST


def test_the_grammar_makes_queries_that_are_answered(sandbox: Sandbox) -> None:
    """Else the test before this one would only show that a parser refuses nonsense."""
    kinds: Counter[str] = Counter()

    @settings(max_examples=30, deadline=None, database=None, derandomize=True)
    @given(query=_grammar)
    def ask(query: str) -> None:
        kinds[throw(sandbox, query)[0]] += 1

    ask()
    assert kinds["answer"] >= 5, kinds
