"""Any small history, built in any batches, equals one build (L3)."""

from __future__ import annotations

import shutil

import pytest
from histories import build, differences, versions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from warehouse import Warehouse
from worlds import DAY, START, random_world

# Runs that build every model, all but one, or one and what it needs.
WAYS = [
    [],
    [],
    ["--exclude", "product_signals__user_scores"],
    ["--exclude", "int_product_signals__user_days"],
    ["--select", "+int_product_signals__account_days"],
    ["--select", "+product_signals__signals"],
]


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
    detours=st.lists(
        st.tuples(st.sampled_from(WAYS), st.none() | st.integers(8, 100)),
        min_size=3,
        max_size=3,
    ),
)
def test_any_history_in_any_batches(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    days: int,
    batches: int,
    detours: list[tuple[list[str], int | None]],
) -> None:
    """Runs between the first and the last may build any models and days.

    Takes minutes, with different histories each time: `make fuzz`.
    """
    world = random_world(seed, days)
    grown = Warehouse(tmp_path_factory.mktemp("grown"))
    first, *others, last = versions(world, batches, seed)
    build(grown, first)
    for step, (arguments, number) in zip(others, detours, strict=False):
        day = {} if number is None else {"as_of_date": _day(number)}
        build(grown, step, *arguments, **day)
    build(grown, last)
    before = grown.folder / "before"
    shutil.copy(grown.database, before)
    grown.build("--full-refresh")
    assert differences(before, grown.database) == {}


def _day(number: int) -> str:
    return str((START + DAY * number).date())
