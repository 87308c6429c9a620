"""What rules were worth, compared with what happened (L4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from golden import AS_OF_DATE, World, day
from product_signals.config import Config, read_config
from product_signals.package import starter_config
from warehouse import Warehouse

Row = dict[str, Any]

AGE, START, HORIZON = 364, 300, 90
COMPLAINED, CANCELLED, EARLIER = 150, 130, 140
# Nobody used anything between these two, for longer than the horizon.
LOOKED, BACK = 250, 155


def _signal(*conditions: Row) -> Row:
    return {
        "entity": "account",
        "kind": "event",
        "severity": "low",
        "description": "Somebody complained.",
        "teams": ["success"],
        "grace_days": 1,
        "groups": [
            [
                {"metric": "risk_events", "operator": ">=", "value": 1},
                *conditions,
            ]
        ],
        "actions": [{"team": "success", "action": "Call"}],
    }


def _config() -> Config:
    return Config.model_validate(
        {
            "seed_prefix": "backtest",
            "events": {
                "complaint": {"is_risk": True, "counts_as_activity": True},
                "look": {"counts_as_activity": True},
                "work": {"weight": 1},
            },
            "profiles": {"everybody": {"benchmark": 100}},
            "bands": read_config(starter_config()).bands,
            "checklists": {
                "trial": {
                    "entity": "account",
                    "steps": {"complain": {"event_name": "complaint"}},
                }
            },
            "pql_thresholds": {
                "simple": {
                    "small": {"qualify_at": 100},
                    "unknown": {"qualify_at": 100},
                }
            },
            "signals": {
                "complaint": _signal(),
                "of_the_plan": _signal(
                    {"metric": "plan", "operator": "=", "value": "basic"}
                ),
                "of_the_vertical": _signal(
                    {
                        "metric": "attribute_vertical",
                        "operator": "=",
                        "value": "retail",
                    }
                ),
                "never": _signal(
                    {"metric": "active_users", "operator": ">", "value": 99}
                ),
            },
        }
    )


class Customers(World):
    """A world of accounts that complain."""

    def customer(self, name: str, *complaints: int, **dates: Any) -> None:
        """Adds an account with a user who complains at these ages."""
        self.account(name, AGE, vertical="retail", **dates)
        self.user(f"{name}_user", name, AGE)
        for age in complaints:
            self.event(f"{name}_user", "complaint", age)


@pytest.fixture(scope="module")
def customers() -> Customers:
    """Forty customers and four trials.

    24 customers complained, and 12 of them left 20 days later; 6 left without
    complaining. Whether a complaint in the last 90 days was right is not known
    yet, and one on the day of leaving is not a customer's. Of those who stayed,
    three looked in before and after a silence, and four bought more 20 days
    after complaining.
    """
    world = Customers()
    none = {"trial_started_at": None, "converted_at": None}
    for n in range(12):
        world.customer(
            f"left_{n}", COMPLAINED, cancelled_at=day(CANCELLED), **none
        )
    for n in range(12):
        # The first of them complains again, and once more too late to judge.
        again = (COMPLAINED - 30, HORIZON - 1) if n == 0 else ()
        world.customer(
            f"stayed_{n}", COMPLAINED, *again, cancelled_at=None, **none
        )
        if 3 <= n < 6:
            world.event(f"stayed_{n}_user", "look", LOOKED)
            world.event(f"stayed_{n}_user", "look", BACK)
        if 6 <= n < 10:
            world.subscription_changes.append(
                {
                    "account_id": f"stayed_{n}",
                    "changed_at": day(CANCELLED),
                    "change_type": "upsell",
                    "mrr_before": 100,
                    "mrr_after": 150,
                }
            )
    for n in range(6):
        said = (EARLIER,) if n == 0 else ()
        world.customer(f"silent_{n}", *said, cancelled_at=day(EARLIER), **none)
    for n in range(10):
        world.customer(f"content_{n}", cancelled_at=None, **none)
    for n in range(4):
        world.account(
            f"trial_{n}",
            AGE,
            trial_started_at=day(AGE),
            converted_at=day(CANCELLED) if n else None,
            cancelled_at=None,
        )
        world.user(f"trial_{n}_user", f"trial_{n}", AGE)
        if n < 2:
            world.event(f"trial_{n}_user", "complaint", COMPLAINED)
    # Too late for the signal to be judged, and in a trial that would go on.
    world.account(
        "gone",
        AGE,
        trial_started_at=day(AGE),
        trial_ends_at=day(-5),
        converted_at=None,
        cancelled_at=day(HORIZON - 20),
    )
    world.user("gone_user", "gone", AGE)
    world.event("gone_user", "complaint", HORIZON - 10)
    return world


@pytest.fixture(scope="module")
def backtest(
    warehouse_factory: Callable, customers: Customers
) -> dict[tuple[str, str], Row]:
    """The back-test of each rule and outcome."""
    warehouse: Warehouse = warehouse_factory("backtest")
    warehouse.load(
        events=customers.events,
        users=customers.users,
        accounts=customers.accounts,
        subscription_changes=customers.subscription_changes,
    )
    start = day(START).date()
    warehouse.configure(
        _config(),
        ["events", "users", "accounts", "subscription_changes"],
        {
            "as_of_date": str(AS_OF_DATE),
            "history_start": str(start),
            "account_attributes": ["vertical"],
        },
    )
    path = warehouse.project / "dbt_project.yml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["models"].setdefault("product_signals", {})["95_evaluation"] = {
        "+enabled": True
    }
    path.write_text(yaml.safe_dump(project), encoding="utf-8")
    variables = {"product_signals_private_tests": True}
    warehouse.dbt(warehouse.project, "build", variables=variables)
    return {
        (row["rule"], row["outcome"]): row
        for row in warehouse.rows("from product_signals__backtest")
    }


def _said(row: Row, *columns: str) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)


def test_what_followed_a_signal(backtest: dict[tuple[str, str], Row]) -> None:
    row = backtest["complaint", "cancelled"]
    counts = ("rule_type", "horizon_days", "fired", "accounts", "hits")
    # 24 complaints and the repeated one.
    assert _said(row, *counts) == ("signal", 90, 25, 24, 12)
    assert row["precision_rate"] == Decimal("48.00")
    # Wilson's interval of 11.52 in 24: 48 percent of the accounts.
    assert _said(row, "precision_low", "precision_high") == (
        Decimal("29.72"),
        Decimal("66.84"),
    )
    assert _said(row, "outcomes", "recall_rate", "median_lead_days") == (
        18,
        Decimal("66.67"),
        Decimal("20.00"),
    )
    assert row["left_out"] == 0


def test_beside_what_follows_anyway(
    backtest: dict[tuple[str, str], Row], customers: Customers
) -> None:
    """On every Sunday of every customer, including those once on trial."""
    sundays = [
        day(age).date()
        for age in range(HORIZON, START + 1)
        if day(age).weekday() == 6
    ]
    lives: list[tuple[date, date | None]] = [
        (
            (row["converted_at"] or row["created_at"]).date(),
            row["cancelled_at"] and row["cancelled_at"].date(),
        )
        for row in customers.accounts
        if row["converted_at"] or not row["trial_started_at"]
    ]
    weeks = [
        (on, end)
        for on in sundays
        for begin, end in lives
        if begin <= on and (not end or on < end)
    ]
    hits = [1 for on, end in weeks if end and end <= on + timedelta(HORIZON)]
    base = len(hits) / len(weeks)
    row = backtest["complaint", "cancelled"]
    assert float(row["base_rate"]) == pytest.approx(100 * base, abs=0.005)
    for lift, share in (
        ("lift", 48),
        ("lift_low", 29.72),
        ("lift_high", 66.84),
    ):
        assert float(row[lift]) == pytest.approx(share / 100 / base, abs=0.01)
    expected = "more_often" if base < 0.2972 else "no_difference"
    assert row["verdict"] == expected == "more_often"


def test_of_those_on_trial_it_is_conversion(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """With few accounts it says nothing, whatever the figures."""
    row = backtest["complaint", "converted"]
    assert _said(
        row, "fired", "hits", "outcomes", "recall_rate", "median_lead_days"
    ) == (2, 1, 3, Decimal("33.33"), Decimal("20.00"))
    assert row["verdict"] == "too_little_data"


def test_of_trials_whose_size_nobody_knows(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """They qualify by the thresholds of that size, as any other.

    One that qualified and left isn't over yet: others like it may convert.
    """
    row = backtest["qualified: simple, unknown", "converted"]
    assert _said(row, "fired", "hits", "outcomes", "recall_rate") == (
        1,
        1,
        3,
        Decimal("33.33"),
    )
    row = backtest["qualified: simple, small", "converted"]
    assert _said(row, "fired", "base_rate", "outcomes") == (0, None, 0)


def test_what_customers_bought(backtest: dict[tuple[str, str], Row]) -> None:
    row = backtest["complaint", "expanded"]
    counts = ("fired", "hits", "outcomes", "recall_rate", "median_lead_days")
    assert _said(row, *counts) == (25, 4, 4, Decimal("100.00"), Decimal("20"))


def test_who_left(backtest: dict[tuple[str, str], Row]) -> None:
    """With a cancellation, or with 90 days without use.

    Of those who complained, 12 cancelled and 11 never came back; one complained
    three times and is not silent yet. Unforetold are the three silences before,
    and a former trial's.
    """
    row = backtest["complaint", "left"]
    counts = ("fired", "hits", "outcomes", "recall_rate", "median_lead_days")
    assert _said(row, *counts) == (25, 23, 27, Decimal("85.19"), Decimal("20"))


@pytest.mark.parametrize("rule", ["of_the_plan", "of_the_vertical"])
def test_what_nobody_knows_of_that_day_is_left_out(
    backtest: dict[tuple[str, str], Row], rule: str
) -> None:
    """L4: today's plan says nothing about the plan on an earlier day.

    Nor does today's value of an attribute of one's own.
    """
    row = backtest[rule, "cancelled"]
    assert _said(row, "fired", "left_out", "recall_rate", "verdict") == (
        0,
        26,
        None,
        "too_little_data",
    )


def test_a_rule_that_never_fired_is_there(
    backtest: dict[tuple[str, str], Row],
) -> None:
    for outcome in ("cancelled", "left", "expanded", "converted"):
        row = backtest["never", outcome]
        assert _said(row, "fired", "precision_rate", "recall_rate") == (
            0,
            None,
            Decimal("0.00"),
        )
        assert row["verdict"] == "too_little_data"


def test_all_bands_are_all_weeks(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """Nobody has points, so everybody is in one band."""
    rows = [
        row
        for (rule, outcome), row in backtest.items()
        if rule.startswith("score_band") and outcome == "cancelled"
    ]
    [row] = rows
    assert row["accounts"] == 43
    assert row["lift"] == Decimal("1.00")
    assert row["recall_rate"] == Decimal("100.00")
    assert row["verdict"] == "no_difference"
