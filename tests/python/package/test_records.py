"""Records of accounts, and their own past, as they become known.

They arrive in batches, over more weeks than in other random worlds. The figures
of M1, M2, M5, M6 and H1 equal those the oracle finds in everything at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from histories import RECORDS, build, on_file, runs
from oracle import Oracle, World
from product_signals.errors import UserError
from warehouse import Warehouse, same
from worlds import random_world

METRICS = (
    "usage_vs_baseline",
    "key_features_lost",
    "open_tickets",
    "urgent_tickets",
    "survey_score",
    "days_since_last_communication",
    "communications_90d",
    "reply_rate",
    "assessment_rating",
    "assessment_age_days",
    "mrr_change_90d",
    "days_since_down_sell",
)


def known_by(world: World, share: float) -> World:
    """What has arrived after a share of the events; records may be wrong."""
    chance = random.Random(share)
    arrivals = sorted(e["loaded_at"] for e in world.events if e["loaded_at"])
    cut = arrivals[int(share * (len(arrivals) - 1))]
    return replace(
        world,
        events=[e for e in world.events if (e["loaded_at"] or cut) <= cut],
        **{
            name: on_file(chance, getattr(world, name), cut, *columns)
            for name, columns in RECORDS.items()
        },
    )


@pytest.fixture(scope="module")
def built(warehouse_factory: Callable) -> tuple[Warehouse, Oracle]:
    world = random_world(23, days=110)
    warehouse = warehouse_factory("records")
    for share in (0.5, 0.9):
        build(warehouse, known_by(world, share))
    build(warehouse, world)
    return warehouse, Oracle(world)


@pytest.mark.long
def test_batches_come_to_what_all_at_once_does(
    built: tuple[Warehouse, Oracle],
) -> None:
    warehouse, oracle = built
    assert runs(warehouse)[0] == (True, True)
    assert runs(warehouse)[-1] == (False, True)
    actual = {
        (row["account_id"], row["as_of_date"]): row
        for row in warehouse.rows("from product_signals__accounts_daily")
    }
    wrong = []
    seen: dict[str, set[Any]] = {metric: set() for metric in METRICS}
    for (account, day), row in actual.items():
        expected = (
            {"usage_vs_baseline": oracle.usage_vs_baseline(account, day)}
            | oracle.account_happenings(account, day)
            | oracle.records(account, day)
        )
        for metric in METRICS:
            seen[metric].add(expected[metric])
            if not same(row[metric], expected[metric]):
                wrong.append((account, day, metric, row[metric], expected))
    assert wrong == []
    # Otherwise the above would prove little.
    assert {metric: len(values) for metric, values in seen.items()} == {
        metric: max(len(values), 2) for metric, values in seen.items()
    }
    assert len(seen["usage_vs_baseline"]) > 20


def test_an_input_that_is_off_says_nothing(
    warehouse_factory: Callable,
) -> None:
    """It gives null rather than 0, and is named in missing_inputs."""
    world = random_world(3, days=20)
    warehouse = warehouse_factory("records_off")
    inputs = ("events", "users", "accounts")
    warehouse.load(**{name: getattr(world, name) for name in inputs})
    warehouse.configure(world.config, list(inputs))
    warehouse.build("--select", "+product_signals__accounts")
    rows = warehouse.rows("from product_signals__accounts")
    assert rows
    for row in rows:
        assert [row[metric] for metric in METRICS[2:]] == [None] * 10
        assert row["missing_inputs"].endswith(
            "|usage_limits|surveys|tickets|communications|assessments"
            "|subscription_changes"
        )


def test_an_input_that_loses_all_rows_is_refused(
    warehouse_factory: Callable,
) -> None:
    """As while a load empties its table first (L9)."""
    world = random_world(23, days=20)
    warehouse = warehouse_factory("records_lost")
    build(warehouse, world, "--select", "+int_product_signals__known_inputs")
    emptied = (
        ("memberships", "user_id"),
        ("account_history", "account_id"),
        ("surveys", "account_id"),
        ("tickets", "ticket_id"),
        ("communications", "account_id"),
        ("assessments", "account_id"),
        ("subscription_changes", "account_id"),
    )
    for name, _ in emptied:
        assert getattr(world, name)
        warehouse.execute(f"delete from raw.{name}")
    gate = ("--select", "+int_product_signals__gate")
    with pytest.raises(UserError) as error:
        warehouse.build(*gate)
    for name, column in emptied:
        assert (
            f'product_signals_{name}, row (none): {column} "" is missing,'
            " since the model has no rows; it had some before; run again once"
            " it is loaded, or with --full-refresh if none are left"
        ) in str(error.value)
    warehouse.build(*gate, "--full-refresh")


@pytest.mark.long
def test_slopes_of_segments(built: tuple[Warehouse, Oracle]) -> None:
    """C10, L3: twelve weeks, of which the last batch built the last days."""
    warehouse, oracle = built
    rows = warehouse.rows(
        "from product_signals__segment_scores"
        " where attribute in ('all', 'plan') and as_of_date > ("
        "select max(as_of_date) - 4 from product_signals__segment_scores)"
    )
    numbers = {row["profile"]: n for n, row in enumerate(oracle.profiles)}
    wrong = [
        (row, slope)
        for row in rows
        for slope in [
            oracle.mean_score_slope(
                numbers[row["profile"]],
                row["as_of_date"],
                row["attribute"],
                row["value"],
            )
        ]
        if not same(row["mean_score_slope"], slope)
    ]
    assert wrong == []
    slopes = {row["mean_score_slope"] for row in rows}
    assert None in slopes
    assert len(slopes) > 10
