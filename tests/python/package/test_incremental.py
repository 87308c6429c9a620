"""An incremental run equals a full one (L1, L3, A6).

Row for row, in every public table, whatever arrived when.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from histories import build, differences, runs, versions
from worlds import random_world, with_bursts

# The number of batches, and of days in the world.
SIZES = [(3, 40), pytest.param(4, 50, marks=pytest.mark.long)]


@pytest.mark.parametrize(("batches", "days"), SIZES)
def test_batches_equal_a_full_refresh(
    batches: int, days: int, warehouse_factory: Callable
) -> None:
    """With one batch repeated, so that it is empty, and with days left out."""
    world = with_bursts(random_world(5, days))
    steps = versions(world, batches, seed=51)
    steps[2:2] = [replace(steps[1], events=list(reversed(steps[1].events)))]
    grown = warehouse_factory(f"grown_{batches}")
    for step in steps:
        build(grown, step)
    assert runs(grown) == [(True, True)] + batches * [(False, True)]
    before = grown.folder / "before"
    shutil.copy(grown.database, before)
    grown.build("--full-refresh")
    assert differences(before, grown.database) == {}


@pytest.mark.parametrize(("batches", "days"), SIZES)
def test_batches_have_what_is_hard(batches: int, days: int) -> None:
    """Otherwise the test above would prove little."""
    world = with_bursts(random_world(5, days))
    steps = versions(world, batches, seed=51)
    accounts = [{row["account_id"] for row in s.accounts} for s in steps]
    homes = [{u["user_id"]: u["account_id"] for u in s.users} for s in steps]
    events = [{row["event_id"]: row for row in s.events} for s in steps]
    assert any(old - new for old, new in pairwise(accounts))
    for old, new in pairwise(homes):
        assert any(old[user] != new[user] for user in old.keys() & new.keys())
    for old, new in pairwise(events):
        last = max(row["occurred_at"] for row in old.values())
        assert any(new[id_]["occurred_at"] < last for id_ in new.keys() - old)
    assert len(events[-1]) < len(steps[-1].events)
