"""A run that adds to what is there equals one that builds it all (L1, L3, A6).

Row for row, in every public table, whatever arrived when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from histories import build, differences, runs, versions
from worlds import random_world


def test_batches_equal_a_full_refresh(warehouse_factory: Callable) -> None:
    """Five batches, one of them twice and so empty, and days left out."""
    world = random_world(5, 50)
    steps = versions(world, 4, seed=5)
    steps[2:2] = [replace(steps[1], events=list(reversed(steps[1].events)))]
    grown, anew = warehouse_factory("grown"), warehouse_factory("anew")
    for step in steps:
        build(grown, step)
    build(anew, world)
    assert differences(grown.database, anew.database) == {}
    if not grown.server:
        assert runs(grown) == [(True, True)] + 4 * [(False, True)]
