"""What the map, the network and the matrix say."""

from typing import Final

from ctl_graph.errors import Message

PICTURES: Final[dict[str, Message]] = {}
