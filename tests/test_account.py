from pathlib import Path

import pytest
from account import ROOT, accounts, page

FACTS = Path(__file__).parents[2] / "shared" / "facts"


@pytest.mark.skipif(not FACTS.is_dir(), reason="the gathered facts (../shared/facts) are not beside this checkout")
def test_every_gathered_row_is_accounted_for() -> None:
    results = accounts(FACTS)
    assert len(results) == 17
    assert [error for one in results for error in one.errors] == []
    assert (ROOT / "docs" / "account.md").read_text(encoding="utf-8") == page(results)
