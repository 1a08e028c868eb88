"""What reconciler makes of a list of names: its table, a row for each.

    .venv-harvest-reconcile/bin/python tests/harvesters/match_reconciler.py <address of /reconcile> < names.json

Reads JSON: names, a type or null, and values of properties by their ids. Prints JSON: the best candidate for each name.
"""

import json
import sys

import pandas
from reconciler import reconcile

asked = json.load(sys.stdin)
table = reconcile(
    pandas.Series(asked["names"]),
    type_id=asked["type"],
    property_mapping={name: pandas.Series(values) for name, values in asked["properties"].items()} or None,
    reconciliation_endpoint=sys.argv[1],
)
print(table.to_json(orient="records"))
