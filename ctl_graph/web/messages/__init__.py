"""All that the pages say, in Italian and in English: one catalogue, kept whole by a test.

`TERMS` names, for readers, the terms of other vocabularies.
"""

from typing import Final

from ctl_graph.errors import Message
from ctl_graph.web.messages.finding import FINDING
from ctl_graph.web.messages.general import GENERAL
from ctl_graph.web.messages.pictures import PICTURES
from ctl_graph.web.messages.portraits import PORTRAITS
from ctl_graph.web.messages.strategies import STRATEGIES
from ctl_graph.web.messages.terms import TERMS

__all__ = ["MESSAGES", "PARTS", "TERMS"]

PARTS: Final = (GENERAL, PORTRAITS, STRATEGIES, PICTURES, FINDING)
MESSAGES: Final[dict[str, Message]] = {key: message for part in PARTS for key, message in part.items()}
