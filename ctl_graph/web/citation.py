"""How a release is cited: in words (APA's style), and for the tools that keep references (BibTeX, RIS)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ctl_graph.web import site
from ctl_graph.web.shown import t

SUFFIXES: Final[Mapping[str, tuple[str, str]]] = {
    "txt": ("APA", "text/plain"),
    "bib": ("BibTeX", "application/x-bibtex"),
    "ris": ("RIS", "application/x-research-info-systems"),
}
# What TeX would take for something else (http://mirrors.ctan.org/biblio/bibtex/base/btxdoc.pdf).
_TEX: Final = {**{mark: f"\\{mark}" for mark in "&%$#_{}"}, "\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"}


@dataclass(frozen=True)
class Citation:
    """What all styles say."""

    author: str
    title: str
    id: str
    issued: datetime
    address: str

    def written(self, suffix: str) -> str:
        """In the style of the suffix, one of `SUFFIXES`."""
        return {"txt": self._words, "bib": self._bibtex, "ris": self._ris}[suffix]()

    def _words(self) -> str:
        return t(
            "citation",
            author=self.author,
            year=str(self.issued.year),
            title=self.title,
            id=self.id,
            address=self.address,
        )

    def _bibtex(self) -> str:
        fields = {
            "author": f"{{{_tex(self.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": str(self.issued.year),
            "month": str(self.issued.month),
            "version": self.id,
            "url": self.address,
            "note": _tex(t("citation.kind")),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{ctl-graph-{self.id},\n{lines}}}\n"

    def _ris(self) -> str:
        """https://en.wikipedia.org/wiki/RIS_(file_format): a line a field, and no line breaks in one."""
        fields = [
            ("TY", "DATA"),
            ("AU", self.author),
            ("TI", self.title),
            ("PY", str(self.issued.year)),
            ("DA", self.issued.strftime("%Y/%m/%d/")),
            ("ET", self.id),
            ("PB", self.author),
            ("UR", self.address),
            ("ER", ""),
        ]
        return "".join(f"{name}  - {' '.join(value.split())}\r\n" for name, value in fields)


def of(id: str, issued: datetime) -> Citation:
    """The citation of a release, with its canonical address."""
    config = site.config()
    title = config.title_it if site.language() == "it" else config.title_en
    return Citation(config.publisher, title, id, issued, f"{config.base_iri}release/{id}")


def _tex(text: str) -> str:
    return re.sub(r"[&%$#_{}\\~^]", lambda found: _TEX[found[0]], " ".join(text.split()))
