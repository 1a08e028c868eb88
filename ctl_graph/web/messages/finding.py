"""What the search, the vocabulary and the lists of sources say."""

from typing import Final

from ctl_graph.errors import Message

FINDING: Final[dict[str, Message]] = {}
