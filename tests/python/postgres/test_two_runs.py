"""Two runs at the same time (L3), and readers during a run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from histories import build, differences, start_dbt, versions
from servers import SCHEMA
from worlds import random_world


def test_two_runs_at_once(warehouse_factory: Callable) -> None:
    """They may stop each other; the next run repairs what they leave."""
    world = random_world(17, 40)
    first, second = versions(world, 2, seed=6)
    grown = warehouse_factory("twice")
    build(grown, first)
    grown.load(events=second.events, users=second.users)
    with start_dbt(grown) as slow:
        # Start the other while this one still has tables to build and deletes.
        for line in slow.stdout:
            if "START" in line and "user_windows" in line:
                break
        with start_dbt(grown) as fast:
            outputs = [p.communicate(timeout=300)[0] for p in (slow, fast)]
    # Each runs to its end, successfully or with an error of the server.
    assert all("Done. PASS=" in output for output in outputs)
    grown.fetch()
    for table, grain in {
        "user_scores": "profile, user_id, as_of_date",
        "account_scores": "profile, account_id, as_of_date",
        "accounts_daily": "account_id, as_of_date",
    }.items():
        assert not grown.rows(
            f"select {grain} from product_signals__{table}"
            f" group by {grain} having count(*) > 1"
        ), table
    build(grown, second)
    before = shutil.copy(grown.database, grown.folder / "before")
    # A warehouse that never saw the first version remembers other attributes.
    grown.build("--full-refresh")
    assert differences(Path(before), grown.database) == {}


def test_no_public_table_is_missing_meanwhile(
    warehouse_factory: Callable,
) -> None:
    """Not even while, or after, a run builds only its first models (L3)."""
    warehouse = warehouse_factory("meanwhile")
    build(warehouse, random_world(17, 20))
    before = set(warehouse.server.tables())
    assert f"{SCHEMA}.product_signals__accounts_daily" in before
    warehouse.build("--select", "+int_product_signals__scope")
    assert set(warehouse.server.tables()) == before
