"""Any small history, in any batches, equals itself built at once (L3)."""

from __future__ import annotations

import shutil

import pytest
from histories import build, differences, versions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from warehouse import Warehouse
from worlds import random_world


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(100, 10**6),
    days=st.integers(30, 90),
    batches=st.integers(2, 5),
)
def test_any_history_in_any_batches(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    days: int,
    batches: int,
) -> None:
    """Takes minutes, and other histories each time: `make fuzz`."""
    world = random_world(seed, days)
    grown = Warehouse(tmp_path_factory.mktemp("grown"))
    for step in versions(world, batches, seed):
        build(grown, step)
    before = grown.folder / "before"
    shutil.copy(grown.database, before)
    grown.build("--full-refresh")
    assert differences(before, grown.database) == {}
