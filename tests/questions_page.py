"""The page that lists the stored questions: what each answers, and how many rows its example gave.

    ctl-graph build
    python tests/questions_page.py

writes `docs/questions.md` from the current release.
"""

from pathlib import Path

from ctl_graph import questions, release
from ctl_graph.config import Config
from ctl_graph.questions import Question
from ctl_graph.store import OxigraphStore, Store

ROOT = Path(__file__).parents[1]
HEAD = """# The stored questions

One file each in `ctl_graph/questions/`, asked by the pages, at `/questions/<name>`, by programs, at `/api/<name>`
([the API](api.md)), and by `ctl-graph query`. An example value stands for each parameter; without it the question asks
for all, and a name comes in Italian. “Rows” is what the examples gave on release `{id}`;
`python tests/questions_page.py` writes this page again.

How dates are read: something is true on a day if it begins, or is first attested, on that day or before at the latest,
and does not end before it; an end printed as a year or a month lasts to its last day. Members and excellences stand in
three columns that are never added up: the stated period covers the date; attested on or before it, end unknown;
undated.

| question | what it answers | parameters | rows |
|---|---|---|---|
"""


def line(question: Question, rows: str) -> str:
    """A row of the table; the description says what the columns mean."""
    parameters = "<br>".join(f"{each.name} = {each.example}" for each in question.parameters)
    return f"| `{question.name}` | **{question.title.en}.** {question.description.en} | {parameters} | {rows} |"


def page(store: Store, id: str) -> str:
    """The whole page, with what the examples give now."""
    lines = []
    for name, question in sorted(questions.load().items()):
        values = {each.name: each.example for each in question.parameters}
        lines.append(line(question, str(len(questions.ask(store, name, **values)))))
    return HEAD.format(id=id) + "\n".join(lines) + "\n"


def main() -> None:
    published = release.current(Config.load(ROOT / "ctl-graph.toml", environ={}).releases)
    text = page(OxigraphStore(published.store), published.id)
    (ROOT / "docs" / "questions.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
