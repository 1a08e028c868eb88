"""What the pages of clusters, organisations, projects and strategies say."""

from typing import Final

from ctl_graph.errors import Message

PORTRAITS: Final[dict[str, Message]] = {
    # who says so
    "evidence.mark": Message("Fonte {number}", "Source {number}"),
    "evidence.original": Message("il documento originale", "the original document"),
    "evidence.confidence": Message("fiducia", "confidence"),
}
