"""Users identified only after their events, in incremental runs (K2)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from histories import differences, runs
from warehouse import Warehouse
from worlds import world_config


@pytest.mark.long
def test_who_is_known_later_arrives_with_that_call(
    warehouse_factory: Callable[[str], Warehouse],
) -> None:
    """An event from three weeks ago gets a user, and only its days are rebuilt.

    The result equals a full refresh, row for row (L1, L3).
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
