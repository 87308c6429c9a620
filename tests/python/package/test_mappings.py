"""Tables of event tools become the inputs of the contract (K2).

Every tool's tables have the same ten traps, called by the ids of their rows:
what came twice or with other content, a clock that is a year ahead or in 1970,
what came late, what was sent before its user was known, a device that a second
person used, a user who moved to another account, other ways to write a name,
nobody, and a job.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from histories import differences, runs
from mappings import MAPPINGS, NESTED, mapped_rows
from warehouse import Warehouse
from worlds import world_config

EXPECTED = sorted(MAPPINGS.glob("*/expected_*.csv"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each file whose model is run."""
    if "expected" in metafunc.fixturenames:
        engine = metafunc.config.getoption("--engine")
        metafunc.parametrize(
            "expected",
            [
                path
                for path in EXPECTED
                if engine == "duckdb" or path.parent.name != NESTED
            ],
            ids=lambda path: f"{path.parent.name}-{path.stem}",
        )


def test_what_comes_out(mapped: Warehouse, expected: Path) -> None:
    model = expected.stem.removeprefix("expected_")
    with expected.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    actual = mapped_rows(mapped, f"{expected.parent.name}_{model}")
    assert sorted(map(_cells, actual)) == sorted(map(_cells, rows))


def test_every_model_is_looked_at() -> None:
    assert len(EXPECTED) == len(list(MAPPINGS.glob("*/*.sql"))) > 0


@pytest.mark.long
def test_who_is_known_later_arrives_with_that_call(
    warehouse_factory: Callable[[str], Warehouse],
) -> None:
    """An event of three weeks ago gets a user, and only its days are rebuilt.

    What is there then equals a full refresh, row for row (L1, L3).
    """
    warehouse = warehouse_factory("known_later")
    begun = datetime(2024, 3, 1)
    calls = [_call(day, "ann", "device-1") for day in range(20)]
    inputs = {
        "tracks": [*calls, _call(4, None, "device-2")],
        "identifies": [_call(0, "ann", "device-1")],
        "users": [
            {"user_id": user, "account_id": "acme", "created_at": begun}
            for user in ("ann", "ben")
        ],
        "accounts": [{"account_id": "acme", "created_at": begun}],
    }
    warehouse.load(**inputs)
    warehouse.configure(world_config(), list(inputs))
    (warehouse.project / "models" / "product_signals_events.sql").write_text(
        "{{ product_signals.segment_events(\n"
        "    source('raw', 'tracks'),\n"
        "    identifies=source('raw', 'identifies'),\n"
        "    anonymous='resolve'\n"
        ") }}\n",
        encoding="utf-8",
    )
    warehouse.build()
    inputs["tracks"].append(_call(21, "ann", "device-1"))
    inputs["identifies"].append(_call(21, "ben", "device-2"))
    warehouse.load(**inputs)
    warehouse.build()
    assert runs(warehouse) == [(True, True), (False, True)]
    assert warehouse.rows(
        "select event_date from int_product_signals__daily_events"
        " where user_id = 'ben'"
    ) == [{"event_date": begun.date() + timedelta(days=4)}]
    before = warehouse.folder / "before"
    shutil.copy(warehouse.database, before)
    warehouse.build("--full-refresh")
    assert differences(before, warehouse.database) == {}


def _call(day: int, user: str | None, device: str) -> dict[str, Any]:
    time = datetime(2024, 3, 1, 12) + timedelta(days=day)
    return {
        "id": f"{device}-{day}",
        "anonymous_id": device,
        "user_id": user,
        "event": "create",
        "timestamp": time,
        "uuid_ts": time + timedelta(hours=1),
    }


def _cells(row: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(row.items())
