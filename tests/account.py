"""The account of rows: what became of every row of the gathered facts.

`docs/account/<file>.csv` holds a line for each row of `facts/<file>.csv`: its digest, what became of it, and the rows
of `data/` that say it. This script checks every line against both sides, counts the statements, and writes
`docs/account.md`:

    python tests/account.py ../shared/facts
"""

import csv
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ctl_graph import tables
from ctl_graph.tables import Row

ROOT = Path(__file__).parents[1]
OUTCOMES = ("accepted", "source-graph-only", "left-out")
ACCEPTED = "urn:accepted"


@dataclass
class Account:
    """What became of the rows of one file: counts by outcome, statements by graph, reasons of what was left out."""

    file: str
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    stated: set[tuple[object, ...]] = field(default_factory=set)
    accepted: set[tuple[object, ...]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def digest(fact: dict[str, str]) -> str:
    return hashlib.sha256("\x1f".join(fact.values()).encode()).hexdigest()[:12]


class Data:
    """The rows of `data/`, by table and id."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for metadata in sorted(folder.glob("*.csv-metadata.json")):
            for row in tables.read(metadata).rows:
                self.rows[metadata.name.removesuffix(".csv-metadata.json"), row.value("id") or ""].append(row)
        addresses = read_csv(folder / "sources.csv")
        self.slugs = {source["address"]: source["id"] for source in addresses}

    def said(self, fact: dict[str, str], line: dict[str, str]) -> list[Row]:
        """The rows that say this fact: those of its own source where there are any."""
        found = [row for table in line["table"].split() for id in line["ids"].split() for row in self.rows[table, id]]
        own = [row for row in found if row.value("source") == self.slugs.get(fact["source_url"])]
        return own or found


def account(facts: Path, lines: Path, data: Data) -> Account:
    result = Account(facts.name)
    by_row = {int(line["row"]): line for line in read_csv(lines)}
    rows = read_csv(facts)
    if set(by_row) != set(range(1, len(rows) + 1)) or len(by_row) != len(read_csv(lines)):
        result.errors.append(f"{facts.name}: {len(rows)} rows, but lines for {len(by_row)}")
    for number, fact in enumerate(rows, 1):
        if line := by_row.get(number):
            result.errors += [f"{facts.name} row {number}: {error}" for error in judge(fact, line, data)]
            count(fact, line, data, result)
    return result


def judge(fact: dict[str, str], line: dict[str, str], data: Data) -> Iterator[str]:
    said, outcome = data.said(fact, line), line["outcome"]
    if line["digest"] != digest(fact):
        yield "the digest is that of another row"
    if outcome not in OUTCOMES:
        yield f"{outcome!r} is no outcome"
    if outcome != "accepted" and not line["reason"]:
        yield "no reason"
    if outcome == "left-out" and line["ids"]:
        yield "left out, and yet in a table"
    if outcome == "accepted" and not any(row.accepted for row in said):
        yield f"accepted, but no row of {line['table']} with the id {line['ids']} is"
    if outcome == "source-graph-only" and not said:
        yield f"no row of {line['table']} has the id {line['ids']}"
    known = {id for table in line["table"].split() for id in line["ids"].split() if (table, id) in data.rows}
    yield from (f"no row has the id {id}" for id in line["ids"].split() if id not in known)


def count(fact: dict[str, str], line: dict[str, str], data: Data, result: Account) -> None:
    result.outcomes[line["outcome"]] += 1
    if line["outcome"] != "accepted":
        result.reasons[line["reason"]] += 1
    for row in data.said(fact, line):
        for quad in tables.quads(row, ACCEPTED):
            (result.accepted if quad.graph == ACCEPTED else result.stated).add(tuple(quad[:4]))


def accounts(facts: Path) -> list[Account]:
    data = Data(ROOT / "data")
    return [account(file, ROOT / "docs" / "account" / file.name, data) for file in sorted(facts.glob("*.csv"))]


HEAD = """\
# What became of every gathered row

The facts were gathered in tables of their own (`facts/`), one statement by one source in each row. Each row is
accounted for in `account/`: it is accepted, or stands only in the graph of its source, or was left out, and why.
A statement is counted once in a file, however many rows say it.

| file | rows | accepted | source graph only | left out | statements in source graphs | accepted statements |
|---|---:|---:|---:|---:|---:|---:|
"""


def page(accounts: list[Account]) -> str:
    """`docs/account.md`."""
    stated = set().union(*(one.stated for one in accounts))
    accepted = set().union(*(one.accepted for one in accounts))
    lines = [_line(one.file, [one.outcomes], [len(one.stated), len(one.accepted)]) for one in accounts]
    lines.append(_line("all", [one.outcomes for one in accounts], [len(stated), len(accepted)]))
    lines += ["", "## Why rows are not accepted", "", "| file | reason | rows |", "|---|---|---:|"]
    for one in accounts:
        reasons = sorted(one.reasons.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"| {one.file} | {why.replace('|', '/')} | {rows} |" for why, rows in reasons]
    return HEAD + "\n".join(lines) + "\n"


def _line(name: str, outcomes: list[Counter[str]], statements: list[int]) -> str:
    counts = [sum(outcome[kind] for outcome in outcomes) for kind in OUTCOMES]
    return f"| {name} | {' | '.join(str(number) for number in (sum(counts), *counts, *statements))} |"


if __name__ == "__main__":
    results = accounts(Path(sys.argv[1]))
    (ROOT / "docs" / "account.md").write_text(page(results), encoding="utf-8")
    problems = [error for one in results for error in one.errors]
    print("\n".join(problems) or "every row is accounted for")
    sys.exit(bool(problems))
