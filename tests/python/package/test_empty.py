"""`dbt build --empty`, as in CI, with all inputs empty (L7)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from histories import build, differences, runs, versions
from warehouse import Warehouse
from worlds import random_world

KEPT = ("user_scores", "accounts_daily", "rejected_events")


def test_empty_builds_all(warehouse_factory: Callable) -> None:
    world = random_world(17, 30)
    warehouse = warehouse_factory("nothing")
    build(warehouse, world, "--empty")
    assert warehouse.rows("from product_signals__accounts") == []
    assert runs(warehouse) == [(True, False)]


@pytest.fixture(scope="module")
def straight(warehouse_factory: Callable) -> Warehouse:
    """The whole world, built at once."""
    warehouse = warehouse_factory("straight")
    build(warehouse, random_world(17, 30))
    return warehouse


@pytest.mark.parametrize(
    "first",
    [
        "colleagues",
        pytest.param("nothing", marks=pytest.mark.long),
        pytest.param("empty", marks=pytest.mark.long),
    ],
)
def test_a_run_before_any_event_counts_delivers_nothing(
    first: str, warehouse_factory: Callable, straight: Warehouse
) -> None:
    """Its last day is yesterday, and events of before are told all the same."""
    world = random_world(17, 30)
    warehouse = warehouse_factory(f"begins_with_{first}")
    internal = {user["user_id"] for user in world.users if user["is_internal"]}
    of_colleagues = [e for e in world.events if e["user_id"] in internal]
    assert of_colleagues
    if first == "empty":
        build(warehouse, world, "--empty")
    else:
        events = of_colleagues if first == "colleagues" else []
        build(warehouse, replace(world, events=events))
        assert warehouse.rows("from product_signals__accounts")
    told = ("crm_accounts", "crm_users", "alerts_feed")
    kept = ("attribute_history", "detected_signals")
    for name in (*told, *kept, "audiences"):
        assert warehouse.rows(f"from product_signals__{name}") == []
    build(warehouse, world)
    assert differences(warehouse.database, straight.database) == {}
    for name in kept:
        rows = f"from product_signals__{name} order by all"
        assert warehouse.rows(rows) == straight.rows(rows) != []
    for name in told:
        assert warehouse.rows(f"from product_signals__{name}")
    assert warehouse.rows(
        "select distinct delivery from product_signals__alerts_feed"
    ) == [{"delivery": "base_line"}]
    users = [{**user, "role": "admin"} for user in world.users]
    build(warehouse, replace(world, users=users))
    # What changed since is remembered.
    [latest] = warehouse.rows(
        "select max(valid_from) as day from product_signals__attribute_history"
        " where role = 'admin'"
    )
    assert warehouse.rows(
        "select max(as_of_date) as day from product_signals__accounts_daily"
    ) == [latest]
    # A full refresh on a bad night takes nothing back.
    before = {
        name: warehouse.rows(f"from product_signals__{name} order by all")
        for name in (*told, *kept, "audiences")
    }
    build(
        warehouse,
        replace(world, events=[]),
        "--full-refresh",
        "--select",
        *(f"+product_signals__{name}" for name in before),
    )
    for name, rows in before.items():
        assert rows == warehouse.rows(
            f"from product_signals__{name} order by all"
        )


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
