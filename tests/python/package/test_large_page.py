"""How long the page takes for many accounts, and how large it gets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from portfolio import write_portfolio
from product_signals.public_tables import in_database
from product_signals.report import write_report


@pytest.mark.long
def test_twenty_thousand_accounts(tmp_path: Path) -> None:
    database = write_portfolio(tmp_path / "large.duckdb", 20_000)
    out = tmp_path / "page.html"
    # The time of all threads, at least what it takes on an idle machine.
    before = time.process_time()
    with in_database(database) as ask:
        write_report(ask, out)
    assert time.process_time() - before < 10
    assert out.stat().st_size < 15_000_000
    # Pages of the work list, the leads and the movers.
    pages = out.read_text("utf-8").count("<article")
    assert 100 <= pages <= 100 + 25 + 2 * 8
