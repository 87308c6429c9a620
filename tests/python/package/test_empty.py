"""`dbt build --empty`, as in CI, with all inputs empty (L7)."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from histories import build, differences, runs, versions
from worlds import random_world

KEPT = ("user_scores", "accounts_daily", "rejected_events")


def test_empty_builds_all(warehouse_factory: Callable) -> None:
    world = random_world(17, 30)
    warehouse = warehouse_factory("nothing")
    build(warehouse, world, "--empty")
    assert warehouse.rows("from product_signals__accounts") == []
    assert runs(warehouse) == [(True, False)]


@pytest.mark.long
def test_empty_leaves_no_trace(
    warehouse_factory: Callable,
) -> None:
    """Before the first run or between two, a run without rows doesn't count."""
    first, second = versions(random_world(17, 30), 2, seed=4)
    warehouse = warehouse_factory("empty")
    build(warehouse, first, "--empty")
    assert warehouse.rows("from product_signals__accounts") == []
    build(warehouse, first)
    tables = {
        name: warehouse.rows(f"from product_signals__{name} order by all")
        for name in KEPT
    }
    outcome = warehouse.dbt(warehouse.project, "build", "--empty")
    # No check warns about data that was not meant to be read.
    assert {str(result.status) for result in outcome.results} == {
        "success", "pass"
    }  # fmt: skip
    for name, rows in tables.items():
        assert rows
        assert rows == warehouse.rows(
            f"from product_signals__{name} order by all"
        )
    build(warehouse, second)
    before = warehouse.folder / "before"
    shutil.copy(warehouse.database, before)
    assert runs(warehouse) == [
        (True, False), (True, True), (True, False), (True, True)
    ]  # fmt: skip
    warehouse.build("--full-refresh")
    assert differences(warehouse.database, before) == {}
