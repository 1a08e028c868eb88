"""Queries that are made to break an engine, by name; each maker gives the text of one.

They need no particular data, but some thousand statements to multiply. What each is meant to exhaust stands before its
family. Those that are `HARMLESS` are answered by today's engine, and stay because they need not be by tomorrow's.
"""

from collections.abc import Callable, Mapping
from typing import Final

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"


def _where(pattern: str, select: str = "*") -> str:
    return f"SELECT {select} {{ {pattern} }}"


def _filter(expression: str) -> str:
    return _where(f"?s ?p ?o FILTER({expression})")


def _chain(part: str, count: int, between: str = " ") -> str:
    return between.join(part.format(n=n, next=n + 1) for n in range(count))


def _cross(count: int) -> str:
    """So many patterns that share no variable."""
    return _chain("?s{n} ?p{n} ?o{n} .", count)


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _doubled(function: str, count: int, seed: str = "'0123456789'") -> str:
    """A text that is twice as long after each step."""
    return f"BIND({seed} AS ?x0) " + _chain(f"BIND({function} AS ?x{{next}})", count)


# The stack: the parser and the planner call themselves for each level.
NESTING: Final[Mapping[str, Callable[[], str]]] = {
    "groups": lambda: "SELECT * " + _nested("{", "", "}", 5_000),
    "groups that never end": lambda: "SELECT * " + "{" * 100_000,
    "brackets": lambda: _filter(_nested("(", "1", ")", 12_000)),
    "brackets that never end": lambda: _where("FILTER(" + "(" * 100_000),
    "negations": lambda: _filter("!" * 30_000 + "true"),
    "signs": lambda: _filter(_nested("-(", "1", ")", 12_000)),
    "sums": lambda: _filter("1+" * 30_000 + "1"),
    "products": lambda: _filter("1*" * 30_000 + "1"),
    "comparisons": lambda: _filter(_nested("(1=", "1", ")", 12_000)),
    "alternatives": lambda: _filter("||".join(["?o = 1"] * 20_000)),
    "conjunctions": lambda: _filter("&&".join(["?o = 1"] * 20_000)),
    "conditions": lambda: _filter(_nested("IF(true,1,", "1", ")", 12_000)),
    "functions": lambda: _filter(_nested("STR(", "?o", ")", 20_000)),
    "exists in exists": lambda: _where(_nested("?s ?p ?o FILTER EXISTS {", "?s ?p ?o", "}", 3_000)),
    "not exists in not exists": lambda: _where(_nested("?s ?p ?o FILTER NOT EXISTS {", "?s ?p ?o", "}", 3_000)),
    "sub-selects": lambda: _nested("SELECT * {", "?s ?p ?o", "}", 6_000),
    "optionals in optionals": lambda: _where(_nested("OPTIONAL {", "?s ?p ?o", "}", 5_000)),
    "minus in minus": lambda: _where("?s ?p ?o " + _nested("MINUS { ?s ?p ?o ", "", "}", 5_000)),
    "graphs in graphs": lambda: _where(_nested("GRAPH ?g {", "?s ?p ?o", "}", 5_000)),
    "unions": lambda: _where(" UNION ".join(["{ ?s ?p ?o }"] * 15_000)),
    "filters": lambda: _where("FILTER(?s = 1) " * 20_000),
    "binds": lambda: _where(_chain("BIND({n} AS ?x{n})", 8_000)),
    "path brackets": lambda: _where("?s " + _nested("(", "<a:b>", ")", 20_000) + " ?o"),
    "path inverses": lambda: _where("?s " + _nested("^(", "<a:b>", ")", 15_000) + " ?o"),
    "path stars": lambda: _where("?s " + _nested("(", "<a:b>", ")*", 12_000) + " ?o"),
    "path sequences": lambda: _where("?s " + "/".join(["<a:b>"] * 8_000) + " ?o"),
    "path alternatives": lambda: _where("?s " + "|".join(["<a:b>"] * 30_000) + " ?o"),
    "blank nodes": lambda: _where(_nested("[ <a:b> ", "1", " ]", 20_000) + " ?p ?o"),
    "triple terms": lambda: _where("?s ?p " + _nested("<<( <a:b> <a:b> ", "1", " )>>", 20_000)),
}

# The planner: its time grows with a power of what it plans.
_PLANNING: Final[Mapping[str, Callable[[], str]]] = {
    "collections in collections": lambda: _where("?s ?p " + _nested("(", "1", ")", 300)),
    "collection": lambda: _where("?s ?p (" + "1 " * 3_000 + ")"),
    "optionals": lambda: _where(_chain("OPTIONAL {{ ?s ?p{n} ?o{n} }}", 300)),
    "patterns in a chain": lambda: _where(_chain("?x{n} ?p{n} ?x{next} .", 1_500)),
    "patterns in a star": lambda: _where(_chain("?s ?p{n} ?o{n} .", 1_500)),
    "long path": lambda: _where("?s " + "/".join(["<a:b>"] * 1_200) + " ?o"),
    "unions of joins": lambda: _where(_chain("{{ ?s ?p{n} ?o }} UNION {{ ?o ?p{n} ?s }}", 800)),
    "groups side by side": lambda: _where(_chain("{{ ?s ?p{n} ?o{n} OPTIONAL {{ ?o{n} ?q{n} ?s }} }}", 300)),
}

# The memory: what is made must be held.
_MEMORY: Final[Mapping[str, Callable[[], str]]] = {
    "doubled texts": lambda: _where(_doubled("CONCAT(?x{n}, ?x{n})", 30)),
    "replaced texts": lambda: _where(_doubled("REPLACE(?x{n}, '.', '$0$0')", 30)),
    "encoded texts": lambda: _where(_doubled("ENCODE_FOR_URI(CONCAT(?x{n}, '%%', ?x{n}))", 30)),
    "everything grouped": lambda: _where(_cross(2), "(GROUP_CONCAT(?o1) AS ?all)"),
    "everything distinct": lambda: f"SELECT DISTINCT * {{ {_cross(3)} }}",
    "pairs counted once": lambda: _where(_cross(2), "(COUNT(DISTINCT CONCAT(STR(?s0), STR(?s1))) AS ?n)"),
    "a group for each pair": lambda: f"SELECT ?s0 ?s1 (COUNT(*) AS ?n) {{ {_cross(2)} }} GROUP BY ?s0 ?s1",
    "a graph of pairs": lambda: f"CONSTRUCT {{ ?s0 ?p0 ?s1 . ?s1 ?p1 ?s0 }} {{ {_cross(2)} }}",
    "new nodes for each pair": lambda: f"CONSTRUCT {{ [] ?p0 [ ?p1 ?s1 ] }} {{ {_cross(2)} }}",
    "minus a product": lambda: _where(f"{_cross(2)} MINUS {{ ?s0 ?p1 ?o0 . {_chain('?a{n} ?b{n} ?c{n} .', 2)} }}"),
    "descriptions of all": lambda: f"DESCRIBE ?s0 ?s1 {{ {_cross(2)} }}",
    "text as long as the table": lambda: _where(_cross(2), "(GROUP_CONCAT(CONCAT(STR(?o0), STR(?o1))) AS ?x)"),
}

# The processor: products, and what is asked of each of their rows.
_PRODUCTS: Final[Mapping[str, Callable[[], str]]] = {
    "three patterns counted": lambda: _where(_cross(3), "(COUNT(*) AS ?n)"),
    "ten patterns": lambda: _where(_cross(10)),
    "ten patterns, one row": lambda: _where(_cross(10) + " FILTER(?s0 = <a:nothing>)") + " LIMIT 1",
    "no row at all": lambda: "ASK { " + _cross(4) + " FILTER(?o0 = ?o1 && ?o1 != ?o0) }",
    "a page far away": lambda: _where(_cross(3)) + " OFFSET 9000000000 LIMIT 1",
    "random numbers": lambda: _where(_cross(3) + " FILTER(RAND() < 0)"),
    "digests": lambda: _where(_cross(3) + " FILTER(SHA512(CONCAT(STR(?o0), STR(?o1), STR(?o2))) = 'x')"),
    "expressions": lambda: _where(_cross(2) + " FILTER(REGEX(CONCAT(STR(?o0), STR(?o1)), '(a+)+$'))"),
    "expression for each row": lambda: _where(_cross(2) + " FILTER(REGEX(STR(?o0), STR(?o1)))"),
    "large expression": lambda: _filter("REGEX(STR(?o), '" + "(a{0,50}){0,50}" * 200 + "$')"),
    "exists for each pair": lambda: _where(_cross(2) + " FILTER NOT EXISTS { ?o0 ?q ?r . ?r ?t ?o1 }"),
    "unions of products": lambda: _where(" UNION ".join(["{ " + _cross(3) + " }"] * 50), "(COUNT(*) AS ?n)"),
    "values multiplied": lambda: _where(
        _chain("VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}", 12) + " FILTER(?v0 + ?v11 < 0)", "(COUNT(*) AS ?n)"
    ),
    "sub-selects multiplied": lambda: _where(_chain("{{ SELECT ?s{n} {{ ?s{n} ?p ?o }} }}", 6), "(COUNT(*) AS ?n)"),
    "sums of products": lambda: _where(_cross(3), "(SUM(STRLEN(STR(?o0)) * STRLEN(STR(?o1))) AS ?n)"),
    "optional products": lambda: _where(_chain("OPTIONAL {{ ?s{n} ?p{n} ?o{n} }}", 6), "(COUNT(*) AS ?n)"),
}

# Sorting: the whole table is needed before its first row.
_SORTING: Final[Mapping[str, Callable[[], str]]] = {
    "pairs in order": lambda: _where(_cross(2)) + " ORDER BY ?o0 ?o1 LIMIT 10",
    "triples of rows in order": lambda: _where(_cross(3)) + " ORDER BY ?s0",
    "pairs by a digest": lambda: _where(_cross(2)) + " ORDER BY SHA512(CONCAT(STR(?o0), STR(?o1)))",
    "pairs at random": lambda: _where(_cross(2)) + " ORDER BY RAND()",
    "two thousand keys": lambda: _where("?s ?p ?o . ?t ?q ?u") + " ORDER BY " + "DESC(?o) " * 2_000,
    "groups in order": lambda: f"SELECT ?s0 ?o1 {{ {_cross(2)} }} GROUP BY ?s0 ?o1 ORDER BY ?o1 DESC(COUNT(*))",
}

# Paths without an end.
_PATHS: Final[Mapping[str, Callable[[], str]]] = {
    "everything but": lambda: _where("?a (!<a:b>)+ ?b . ?c (!<a:b>)+ ?d . ?e (!<a:b>)+ ?f", "(COUNT(*) AS ?n)"),
    "there and back": lambda: _where("?a (!<a:b>|!^<a:b>)* ?b . ?c (!<a:b>|!^<a:b>)* ?d", "(COUNT(*) AS ?n)"),
    "zero or more of nothing": lambda: _where("?a <a:b>* ?b . ?c <a:b>* ?d . ?e <a:b>* ?f", "(COUNT(*) AS ?n)"),
    "stars of stars": lambda: _where(
        "?a ((((!<a:b>)*)*/((!^<a:b>)*)*)*)* ?b . ?c ?d ?e . ?f ?g ?h", "(COUNT(*) AS ?n)"
    ),
}

# Sheer size.
_SIZE: Final[Mapping[str, Callable[[], str]]] = {
    "long literal": lambda: _filter("?o = '" + "x" * 900_000 + "'"),
    "long literal of escapes": lambda: _filter("?o = '" + "\\\\" * 400_000 + "'"),
    "long name": lambda: _where("?s <a:" + "x" * 900_000 + "> ?o"),
    "long variable": lambda: _where("?s ?p ?" + "x" * 900_000),
    "long number": lambda: _filter("?o = " + "9" * 900_000),
    "large power": lambda: _filter("?o = 1e999999999 || ?o = '1e999999999'^^<" + _XSD + "decimal>"),
    "long list": lambda: _filter("?o IN (" + ", ".join(map(str, range(100_000))) + ")"),
    "many values": lambda: _where("?s ?p ?o VALUES ?o { " + _chain("{n}", 100_000) + " }"),
    "many rows of values": lambda: _where("VALUES (?a ?b) { " + _chain("({n} {n})", 40_000) + " } ?s ?a ?b . ?t ?q ?u"),
    "many columns": lambda: "SELECT " + _chain("?c{n}", 20_000) + " { ?s ?p ?o . ?t ?q ?u }",
    "many sums": lambda: _where("?s ?p ?o", _chain("(SUM(?o + {n}) AS ?x{n})", 8_000)),
    "many prefixes": lambda: _chain("PREFIX p{n}: <a:{n}>", 30_000) + _where("?s ?p ?o"),
    "many graphs": lambda: "SELECT *" + _chain(" FROM <a:{n}>", 30_000) + " { ?s ?p ?o . ?t ?q ?u . ?v ?w ?x }",
    "many triples in one": lambda: "CONSTRUCT { " + _chain("?s <a:{n}> ?t .", 10_000) + " } { ?s ?p ?o . ?t ?q ?u }",
    "comments": lambda: "#\n" * 400_000 + _where("?s ?p ?o"),
    "escapes": lambda: "\\u0020" * 150_000 + _where("?s ?p ?o"),
}

BOMBS: Final[Mapping[str, Callable[[], str]]] = {
    **NESTING,
    **_PLANNING,
    **_MEMORY,
    **_PRODUCTS,
    **_SORTING,
    **_PATHS,
    **_SIZE,
}

HARMLESS: Final = frozenset(
    {
        "ten patterns, one row",
        "random numbers",
        "long literal",
        "long literal of escapes",
        "long name",
        "long number",
        "large power",
        "many values",
        "many rows of values",
        "many prefixes",
        "many graphs",
        "comments",
    }
)
