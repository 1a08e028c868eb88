"""What the pages of clusters, organisations, projects and strategies say."""

from typing import Final

from ctl_graph.errors import Message

PORTRAITS: Final[dict[str, Message]] = {}
