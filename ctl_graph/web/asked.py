"""What a page asks: a stored question with the values that it was asked with, and where a reader asks it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from flask import url_for

from ctl_graph import questions
from ctl_graph.questions import Question, Table, Value
from ctl_graph.web import site

# Of these there are few values (clusters, years), so that an answer with no others is kept.
_KEPT: Final = {"cluster", "least", "from", "to"}


@dataclass(frozen=True)
class Asked:
    """A stored question with its values; it is asked in the reader's language, where it has names in it."""

    name: str
    values: Mapping[str, Value]

    @classmethod
    def of(cls, name: str, **values: Value | None) -> Self:
        """With those of the values that there are, all where there is none."""
        return cls(name, {each: value for each, value in values.items() if value})

    @property
    def is_kept(self) -> bool:
        """Whether its values are from a closed list of few."""
        return self.values.keys() <= _KEPT

    @property
    def answer(self) -> Table:
        if self.is_kept:
            return site.answer(self.name, **{name: str(value) for name, value in self._spoken.items()})
        return questions.ask(site.store(), self.name, **self._spoken)

    @property
    def empty(self) -> str:
        """Why there may be no answer."""
        return site.say(self._question.empty) if self._question.empty else ""

    @property
    def page(self) -> str:
        """Where it is explained, with these values: those that it is without are said to be none."""
        blank = dict.fromkeys((each.name for each in self._question.parameters if each.name != "language"), "")
        return _address("pages.question", self.name, {**blank, **self.values})

    @property
    def csv(self) -> str:
        """Where the answer is a file."""
        return _address("api.answer", f"{self.name}.csv", self._spoken)

    @property
    def editor(self) -> str:
        """Where its text can be changed."""
        return url_for("sparql.endpoint", query=self._question.bind(**self._spoken))

    @property
    def _question(self) -> Question:
        return questions.load()[self.name]

    @property
    def _spoken(self) -> Mapping[str, Value]:
        in_words = any(each.name == "language" for each in self._question.parameters)
        return {**self.values, "language": site.language()} if in_words else self.values


def _address(endpoint: str, name: str, values: Mapping[str, Value]) -> str:
    return url_for(endpoint, name=name) + (f"?{urlencode(values)}" if values else "")
