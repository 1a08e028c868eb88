"""What the client of the authors of Memento makes of a time: memento-client, which knows RFC 7089 and nothing of ours.

    .venv-harvest-history/bin/python tests/harvesters/read_memento.py \\
        http://127.0.0.1:8000/catalog "Thu, 26 Nov 2026 08:00:00 GMT"

Prints JSON: the original, and the mementos that it found, each with where it is and its time.
"""

import json
import sys

from memento_client import MementoClient

if __name__ == "__main__":
    # An address that is its own TimeGate is asked itself: there is none to put before it.
    client = MementoClient(timegate_uri="")
    json.dump(client.get_memento_info(sys.argv[1], client.convert_to_datetime(sys.argv[2])), sys.stdout, default=str)
