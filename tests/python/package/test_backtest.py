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
                "of_users": {
                    **_signal(),
                    "entity": "user",
                    "groups": [
                        [
                            {
                                "metric": "days_since_last_active",
                                "operator": "=",
                                "value": 0,
                            }
                        ]
                    ],
                },
                "off": {**_signal(), "is_enabled": False},
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
    """Forty-two customers and four trials.

    24 customers complained, and 12 of them left 20 days later; 8 left without
    complaining, of whom one left when an earlier complaint could not be known.
    Whether a complaint in the last 90 days was right is not known yet, and one
    on the day of leaving is not a customer's. Of those who stayed, three looked
    in before and after a silence, and four bought more 20 days after
    complaining, one of them twice.
    """
    world = Customers()
    none = {"trial_started_at": None, "converted_at": None}
    for n in range(12):
        world.customer(
            f"left_{n}", COMPLAINED, cancelled_at=day(CANCELLED), **none
        )
    for n in range(12):
        # The first of them complains again, and once more too late to judge.
        # The second complains again on the last day that can be judged.
        again = {0: (COMPLAINED - 30, HORIZON - 1), 1: (HORIZON,)}.get(n, ())
        world.customer(
            f"stayed_{n}", COMPLAINED, *again, cancelled_at=None, **none
        )
        if 3 <= n < 6:
            world.event(f"stayed_{n}_user", "look", LOOKED)
            world.event(f"stayed_{n}_user", "look", BACK)
        if 6 <= n < 10:
            world.subscription_changes += [
                {
                    "account_id": f"stayed_{n}",
                    "changed_at": day(age),
                    "change_type": "upsell",
                    "mrr_before": before,
                    "mrr_after": before + 50,
                }
                for age, before in ((CANCELLED, 100), (COMPLAINED - 91, 150))[
                    : 1 + (n == 6)
                ]
            ]
    # What this one was is known.
    world.account_history.append(
        {
            "account_id": "left_0",
            "plan": "basic",
            "valid_from": day(AGE),
            "valid_to": None,
        }
    )
    # Somebody with the id of the account complains on the same day.
    world.user("left_0", "left_0", AGE)
    world.event("left_0", "complaint", COMPLAINED)
    for late in range(2):
        left = day(START - HORIZON + late)
        world.customer(f"early_{late}", cancelled_at=left, **none)
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
            # One of them early, and one on a Sunday.
            converted_at=[None, day(CANCELLED), day(250), day(133)][n],
            cancelled_at=None,
        )
        world.user(f"trial_{n}_user", f"trial_{n}", AGE)
        if n != 2:
            # Of the last one, long before it converted.
            age = 240 if n == 3 else COMPLAINED
            world.event(f"trial_{n}_user", "complaint", age)
    # Too late for the signal to be judged, and in a trial that would go on, or
    # end today.
    for ends in (-5, 0):
        gone = world.account(
            f"gone_{ends}",
            AGE,
            trial_started_at=day(AGE),
            trial_ends_at=day(ends),
            converted_at=None,
            cancelled_at=day(HORIZON - 20),
        )
        world.user(f"{gone}_user", gone, AGE)
        world.event(f"{gone}_user", "complaint", HORIZON - 10)
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
        account_history=customers.account_history,
    )
    start = day(START).date()
    warehouse.configure(
        _config(),
        [
            "events",
            "users",
            "accounts",
            "subscription_changes",
            "account_history",
        ],
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
    # 24 complaints and the repeated ones.
    assert _said(row, *counts) == ("signal", 90, 26, 24, 12)
    assert row["precision_rate"] == Decimal("46.15")
    # Wilson's interval of 11.08 in 24: 46.15 percent of the accounts.
    assert _said(row, "precision_low", "precision_high") == (
        Decimal("28.16"),
        Decimal("65.21"),
    )
    assert _said(row, "outcomes", "recall_rate", "median_lead_days") == (
        19,
        Decimal("63.16"),
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
        ("lift", 46.15),
        ("lift_low", 28.16),
        ("lift_high", 65.21),
    ):
        assert float(row[lift]) == pytest.approx(share / 100 / base, abs=0.01)
    expected = "more_often" if base < 0.2816 else "no_difference"
    assert row["verdict"] == expected == "more_often"


def test_of_those_on_trial_it_is_conversion(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """With few accounts it says nothing, whatever the figures."""
    row = backtest["complaint", "converted"]
    assert _said(
        row, "fired", "hits", "outcomes", "recall_rate", "median_lead_days"
    ) == (3, 1, 2, Decimal("50.00"), Decimal("20.00"))
    assert row["verdict"] == "too_little_data"


def test_of_trials_whose_size_nobody_knows(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """They qualify by the thresholds of that size, as any other.

    Two that qualified and left aren't over yet: others like them may convert.
    However long a trial is, it was foretold: one 107 days before.
    """
    row = backtest["qualified: simple, unknown", "converted"]
    assert _said(row, "fired", "hits", "outcomes", "recall_rate") == (
        2,
        2,
        3,
        Decimal("66.67"),
    )
    row = backtest["qualified: simple, small", "converted"]
    assert _said(row, "fired", "base_rate", "outcomes") == (0, None, 0)


def test_what_customers_bought(backtest: dict[tuple[str, str], Row]) -> None:
    row = backtest["complaint", "expanded"]
    counts = ("fired", "hits", "outcomes", "recall_rate", "median_lead_days")
    assert _said(row, *counts) == (26, 4, 5, Decimal("80.00"), Decimal("20"))


def test_who_left(backtest: dict[tuple[str, str], Row]) -> None:
    """With a cancellation, or with 90 days without use.

    Of those who complained, 12 cancelled and 11 never came back; one complained
    three times and is not silent yet. Unforetold are the three silences before,
    and a former trial's.
    """
    row = backtest["complaint", "left"]
    counts = ("fired", "hits", "outcomes", "recall_rate", "median_lead_days")
    assert _said(row, *counts) == (26, 23, 27, Decimal("85.19"), Decimal("20"))


@pytest.mark.parametrize(
    ("rule", "fired"), [("of_the_plan", 1), ("of_the_vertical", 0)]
)
def test_what_nobody_knows_of_that_day_is_left_out(
    backtest: dict[tuple[str, str], Row], rule: str, fired: int
) -> None:
    """L4: today's plan says nothing about the plan on an earlier day.

    Nor does today's value of an attribute of one's own. The history of one
    account has the plan of the day, but not the other attribute.
    """
    row = backtest[rule, "cancelled"]
    assert _said(row, "fired", "left_out", "recall_rate", "verdict") == (
        fired,
        27 - fired,
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
    assert row["accounts"] == 45
    assert row["lift"] == Decimal("1.00")
    assert row["recall_rate"] == Decimal("100.00")
    assert row["verdict"] == "no_difference"


def test_users_and_rules_that_are_off(
    backtest: dict[tuple[str, str], Row],
) -> None:
    """Two users say the same of an account on one day once.

    Three of those who complained looked in twice besides.
    """
    row = backtest["of_users", "cancelled"]
    assert _said(row, "fired", "accounts", "hits") == (26 + 6, 24, 12)
    assert ("off", "cancelled") not in backtest


def test_who_leaves_anyway(
    backtest: dict[tuple[str, str], Row], customers: Customers
) -> None:
    """On Sundays of customers who were active in the last 90 days."""
    uses: dict[str, list[int]] = {}
    for event in customers.events:
        account = event["user_id"].removesuffix("_user")
        age = (day(0) - event["occurred_at"]).days
        uses.setdefault(account, []).append(age)
    said = hits = 0
    for row in customers.accounts:
        begin, end = row["converted_at"], row["cancelled_at"]
        if row["trial_started_at"] and not begin:
            continue
        first = min(START, (day(0) - begin).days) if begin else START
        last = (day(0) - end).days if end else -1
        used = uses.get(row["account_id"], [])
        for age in range(HORIZON, first + 1):
            before = [at for at in used if age <= at < age + HORIZON]
            if day(age).weekday() != 6 or age <= last or not before:
                continue
            ends = [
                at - HORIZON
                for at in used
                if last < at - HORIZON < age
                and not set(range(at - HORIZON, at)) & set(used)
            ]
            left = max(ends, default=last)
            said += 1
            hits += left >= max(0, age - HORIZON)
    row = backtest["complaint", "left"]
    assert float(row["base_rate"]) == pytest.approx(100 * hits / said, abs=0.01)
