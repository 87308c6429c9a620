"""Revenue, churn hot-spots, spread of use, outcomes of features (I1 to I4)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest
from product_signals.config import Config, read_config
from product_signals.package import package_root, starter_config
from scipy import stats
from warehouse import Warehouse

Row = dict[str, Any]
AS_OF = datetime(2024, 6, 30, 12)
DAY = timedelta(days=1)
WINDOW = 90
TRIAL_USE = 7
LEAST = 20
# Trials at an edge, by number.
STILL_OPEN, LEFT_AFTERWARDS, CONVERTED_IN_TIME, CONVERTED_TOO_LATE = (
    11,
    15,
    13,
    17,
)
FEATURES = ["docs", "sharing", "reports", "exports", "rare"]
CONFIG = Config.model_validate(
    {
        "seed_prefix": "revenue",
        "events": {
            feature: {
                "feature": feature, "counts_as_activity": True, "weight": 2
            }
            for feature in FEATURES
        },
        "features": {
            **{feature: {"is_key": True} for feature in FEATURES},
            "sharing": {},
            "exports": {"is_key": True, "plans": ["gold"]},
        },
        "profiles": {"main": {"period_days": 30, "min_population": 1}},
        "bands": read_config(starter_config()).bands,
    }
)  # fmt: skip


class World:
    """Collects the rows of the inputs; each account has one user."""

    def __init__(self) -> None:
        self.inputs: dict[str, list[Row]] = {
            name: []
            for name in (
                "events",
                "users",
                "accounts",
                "account_history",
                "subscription_changes",
            )
        }

    def account(self, name: str, created: datetime | None, **more: Any) -> str:
        self.inputs["accounts"].append(
            {"account_id": name, "created_at": created, **more}
        )
        self.inputs["users"].append(
            {"user_id": name, "account_id": name, "created_at": created}
        )
        return name

    def use(
        self, user: str, feature: str, at: datetime, count: int = 1
    ) -> None:
        events = self.inputs["events"]
        events.append(
            {
                "event_id": f"e{len(events)}",
                "user_id": user,
                "event_name": feature,
                "occurred_at": at,
                "event_count": count,
            }
        )

    def change(
        self,
        account: str,
        day: str,
        kind: str,
        before: float | None,
        after: float | None,
        due: str | None = None,
        product: str | None = None,
    ) -> None:
        self.inputs["subscription_changes"].append(
            {
                "account_id": account,
                "changed_at": datetime.fromisoformat(day),
                "change_type": kind,
                "mrr_before": before,
                "mrr_after": after,
                "renewal_due_at": due and datetime.fromisoformat(due),
                "product": product,
            }
        )


def _subscriptions(world: World) -> None:
    """Adds the cases of I1, each with its own region."""

    def account(name: str, region: str, created: str = "2023-05-01") -> str:
        return world.account(
            name, datetime.fromisoformat(created), region=region, plan="basic"
        )

    for name, before, kind, after in (
        ("p1", 600_000, "renewal", 600_000),
        ("p2", 300_000, "Renewed", 330_000),
        ("p3", 80_000, "canceled", 0),
    ):
        account(name, "pool")
        world.change(name, "2023-05-20", "new", 0, before, "2024-05-20")
        world.change(name, "2024-05-20", kind, before, after, "2025-05-20")
    # Only its renewal is known.
    account("p4", "pool")
    world.change("p4", "2024-05-21", "renewal", 20_000, 20_000)

    # One that moves in its first month, beside a customer that doesn't.
    account("settled", "moves")
    world.change("settled", "2023-05-20", "new", 0, 100)
    account("moving", "moves")
    for day, kind, before, after, product in (
        ("05", "new", 0, 100, None),
        ("10", "up-sell", 100, 150, None),
        ("15", "down-sell", 150, 120, None),
        ("20", "new", 0, 20, "extra"),
        ("25", "cancellation", 20, 0, "extra"),
    ):
        world.change(
            "moving", f"2024-03-{day}", kind, before, after, product=product
        )

    account("silent", "silent")
    world.change("silent", "2024-02-10", "new", 0, 100, "2024-05-10")

    # Cancelled and taken up again, both before it is due.
    account("back", "back")
    world.change("back", "2023-05-11", "new", 0, 430, "2024-05-11")
    world.change("back", "2023-11-29", "cancellation", 430, 0)
    world.change("back", "2024-03-10", "reactivation", 0, 430, "2024-05-11")

    account("many", "products")
    for day, kind, before, after, product in (
        ("2024-01-05", "New business", 0, 100, "crm"),
        ("2024-03-03", "Cross-Sell", 0, 50, "analytics"),
        ("2024-04-02", "upgrade", 100, 160, "crm"),
        ("2024-04-20", "DOWN_SELL", 50, 20, "analytics"),
        ("2024-05-01", "cancellation", 20, None, "analytics"),
        ("2024-06-02", "reactivation", 0, 30, "analytics"),
        ("2024-06-03", "new", 0, 5, "mail"),
    ):
        world.change("many", day, kind, before, after, None, product)

    account("odd", "odd")
    world.change("odd", "2024-01-05", "new", None, 100)
    world.change("odd", "2024-02-05", "price change", None, 120)
    world.change("odd", "2024-03-05", "renewal", 150, 150)
    world.change("odd", "2024-07-05", "cancellation", 150, 0)

    account("unsaid", "unsaid")
    world.change("unsaid", "2024-01-05", "new", None, 100)
    world.change("unsaid", "2024-02-05", "renewal", None, None)
    world.change("unsaid", "2024-03-05", "upsell", None, 120)

    account("early", "times")
    world.change("early", "2023-06-01", "new", 0, 10, "2024-06-01")
    world.change("early", "2024-04-28", "renewal", 10, 10, "2025-06-01")
    account("late", "times")
    world.change("late", "2023-06-01", "new", 0, 20, "2024-03-31")
    world.change("late", "2024-04-09", "renewal", 20, 20, "2024-03-31")
    account("replaced", "times")
    world.change("replaced", "2023-06-01", "new", 0, 40, "2024-04-15")
    world.change("replaced", "2024-03-01", "upsell", 40, 80, "2025-03-01")
    account("left", "times")
    world.change("left", "2023-06-01", "new", 0, 5, "2024-06-15")
    world.change("left", "2024-04-30", "cancellation", 5, 0)

    # All rows of a renewal at a higher price name the next one, without times.
    account("raised", "raised")
    world.change("raised", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("raised", "2024-05-10", "upsell", 100, 130, "2024-06-10")
    world.change("raised", "2024-05-10", "renewal", 130, 130, "2024-06-10")

    # Their days differ, or only one of them names the next.
    account("raised_once", "raised_once")
    world.change("raised_once", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("raised_once", "2024-05-10", "upsell", 100, 130, "2024-06-10")
    world.change("raised_once", "2024-05-10", "renewal", 130, 130)
    account("raised_own", "raised_own")
    world.change("raised_own", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("raised_own", "2024-05-10", "upsell", 100, 130, "2024-06-10")
    world.change("raised_own", "2024-05-10", "renewal", 130, 130, "2024-05-10")
    account("raised_other", "raised_other")
    world.change("raised_other", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("raised_other", "2024-05-10", "upsell", 100, 130, "2024-06-10")
    world.change(
        "raised_other", "2024-05-10", "renewal", 130, 130, "2024-06-11"
    )

    # Booked twice, early, and in two steps.
    account("twice", "twice")
    world.change("twice", "2023-06-01", "new", 0, 100, "2024-05-10")
    for before in (100, 100, 130):
        world.change(
            "twice", "2024-05-08", "renewal", before, 130, "2024-06-10"
        )

    account("apart", "apart")
    world.change("apart", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("apart", "2024-05-08", "renewal", 100, 130, "2024-06-10")
    world.change("apart", "2024-05-10", "renewal", 130, 130, "2024-06-10")

    # Booked when the next day was named, or that day's renewal booked, already.
    for name, kind, before in (
        ("booked_late", "upsell", 100),
        ("booked_again", "renewal", 130),
    ):
        account(name, name)
        world.change(name, "2023-06-01", "new", 0, before, "2024-05-10")
        world.change(name, "2024-05-12", kind, before, 130, "2024-06-10")
        world.change(name, "2024-05-14", "renewal", 130, 130, "2024-05-10")
    # Days before a renewal that is late, or early, in steps; another upsell is
    # not a part of the renewal of a year later.
    account("prepared", "prepared")
    for day, kind, before, after, due, product in (
        ("2023-06-01", "new", 0, 100, "2024-02-28", "late"),
        ("2024-03-05", "upsell", 100, 120, "2024-05-31", "late"),
        ("2024-03-06", "upsell", 120, 130, "2024-05-31", "late"),
        ("2024-03-07", "renewal", 130, 130, "2024-05-31", "late"),
        ("2023-06-01", "new", 0, 10, "2024-04-02", "early"),
        ("2024-03-05", "upsell", 10, 13, "2025-04-02", "early"),
        ("2024-03-07", "renewal", 13, 13, "2025-04-02", "early"),
        ("2023-06-01", "new", 0, 1, "2023-07-31", "prolonged"),
        ("2023-07-20", "upsell", 1, 2, "2024-06-20", "prolonged"),
        ("2024-06-02", "renewal", 2, 2, "2024-06-20", "prolonged"),
        # The renewal leaves the day to what came before it.
        ("2023-06-01", "new", 0, 1000, "2023-09-10", "unnamed"),
        ("2023-09-09", "upsell", 1000, 1300, "2023-10-10", "unnamed"),
        ("2023-09-10", "renewal", 1300, 1300, None, "unnamed"),
        ("2023-10-10", "cancellation", 1300, 0, None, "unnamed"),
        ("2023-06-01", "new", 0, 9000, "2023-11-10", "put off"),
        ("2023-11-01", "other", 9000, 9000, "2023-12-10", "put off"),
        ("2023-11-12", "renewal", 9000, 9000, None, "put off"),
        ("2024-01-10", "cancellation", 9000, 0, None, "put off"),
    ):
        world.change("prepared", day, kind, before, after, due, product)
    # As these, but other days were named before: a later and an earlier one.
    account("redated", "redated")
    for day, kind, before, after, due, product in (
        ("2023-06-01", "new", 0, 100, "2024-12-10", "sooner"),
        ("2024-01-10", "other", 100, 100, "2024-02-10", "sooner"),
        ("2024-02-10", "renewal", 100, 100, "2024-03-10", "sooner"),
        ("2024-03-08", "upsell", 100, 130, "2024-04-10", "sooner"),
        ("2024-03-10", "renewal", 130, 130, "2024-04-10", "sooner"),
        ("2024-04-10", "cancellation", 130, 0, None, "sooner"),
        ("2023-06-01", "new", 0, 10, "2024-02-10", "later"),
        ("2024-01-20", "other", 10, 10, "2024-05-10", "later"),
        ("2024-05-05", "upsell", 10, 13, "2024-06-10", "later"),
        ("2024-05-10", "renewal", 13, 13, "2024-06-10", "later"),
    ):
        world.change("redated", day, kind, before, after, due, product)

    # The renewal knows better than the row before when it was due.
    account("moved_up", "moved_up")
    world.change("moved_up", "2023-06-01", "new", 0, 100, "2024-06-10")
    world.change("moved_up", "2024-04-20", "renewal", 100, 100, "2024-03-31")

    # So it does on the day itself, and where no row named one before.
    account("own_today", "own_today")
    world.change("own_today", "2023-06-01", "new", 0, 100, "2024-04-30")
    world.change("own_today", "2024-05-10", "renewal", 100, 100, "2024-05-10")
    account("named_none", "named_none")
    world.change("named_none", "2023-06-01", "new", 0, 100)
    world.change("named_none", "2024-05-10", "renewal", 100, 100, "2024-06-10")

    # What is sold before the day, without another, is due with it.
    account("grown", "grown")
    world.change("grown", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("grown", "2024-03-01", "upsell", 100, 150)
    world.change("grown", "2024-04-01", "downsell", 150, 130)

    # Renewed early, with the day that it was due anyway.
    account("ahead", "ahead")
    world.change("ahead", "2023-06-01", "new", 0, 100, "2024-05-10")
    world.change("ahead", "2024-05-02", "renewal", 100, 100, "2024-05-10")

    # A change before the day, and one who leaves after it, don't undo that.
    for name, *after in (
        ("ahead_raised", "2024-05-05", "upsell", 100, 130),
        ("ahead_left", "2024-06-15", "cancellation", 100, 0),
        ("ahead_left_then", "2024-05-10", "cancellation", 100, 0),
    ):
        account(name, name)
        world.change(name, "2023-06-01", "new", 0, 100, "2024-05-10")
        world.change(name, "2024-05-02", "renewal", 100, 100, "2024-05-10")
        world.change(name, *after)

    account("opened", "opened", "2024-02-15")
    world.change("opened", "2024-04-01", "upsell", 70, 90)

    # A discount that outlasts what it is on.
    account("credited", "credited")
    for day, kind, before, after, product in (
        ("2024-01-05", "new", 0, 100, "crm"),
        ("2024-01-05", "discount", 0, -20, "discount"),
        ("2024-03-05", "cancellation", 100, 0, "crm"),
        ("2024-05-05", "discount", -20, 0, "discount"),
    ):
        world.change("credited", day, kind, before, after, None, product)
    account("rebated", "rebated")
    for day, kind, before, after, due, product in (
        ("2023-06-01", "new", 0, 100, "2024-05-10", "crm"),
        ("2023-06-01", "discount", 0, -90, "2024-05-10", "discount"),
        ("2024-05-10", "cancellation", 100, 0, None, "crm"),
        ("2024-05-10", "renewal", -90, -90, "2024-06-10", "discount"),
        ("2024-06-10", "renewal", -90, -100, "2025-06-10", "discount"),
    ):
        world.change("rebated", day, kind, before, after, due, product)

    # On one day, as a table without times has them.
    for name, *changes in (
        ("fell", ("downsell", 100, 50), ("upsell", 50, 80)),
        ("anew", ("cancellation", 100, 0), ("new", 0, 80)),
        ("again", ("reactivation", 0, 100), ("cancellation", 100, 0)),
        (
            "thrice",
            ("upsell", 90, 100),
            ("upsell", 100, 150),
            ("downsell", 100, 90),
        ),
    ):
        account(name, name)
        world.change(name, "2023-06-01", "new", 0, 100)
        for kind, before, after in changes:
            world.change(name, "2024-02-29", kind, before, after)
    # The rows before say less, or have a gap, or there are none.
    for name, *first in (
        ("fell_unsaid", ("new", None, 100)),
        ("fell_unlogged", ("new", 0, 90)),
        ("fell_first",),
    ):
        account(name, name)
        for kind, before, after in first:
            world.change(name, "2023-06-01", kind, before, after)
        world.change(name, "2024-02-29", "downsell", 100, 50)
        world.change(name, "2024-02-29", "upsell", 50, 80)

    account("moved", "moved")
    for first, last, plan in (
        (datetime(2023, 5, 1), datetime(2024, 4, 15), "basic"),
        (datetime(2024, 4, 15), None, "gold"),
    ):
        world.inputs["account_history"].append(
            {
                "account_id": "moved",
                "valid_from": first,
                "valid_to": last,
                "plan": plan,
            }
        )
    world.change("moved", "2023-06-01", "new", 0, 7)
    world.change("moved", "2024-04-15", "upsell", 7, 17)
    world.change("stranger", "2024-04-15", "new", 0, 1)

    # Nobody says when it began, and nobody has used it.
    world.account("undated", None, region="undated", plan="basic")
    world.change("undated", "2024-04-10", "new", 0, 55)

    # The first account with a fit: until then, it is unknown of all.
    world.account(
        "fitting", datetime(2024, 5, 10), region="fitting", fit="good"
    )
    world.change("fitting", "2024-05-10", "new", 0, 30)

    account("team", "team")
    for number, count in enumerate((1, 2, 3, 4, 90)):
        world.inputs["users"].append(
            {
                "user_id": f"team_{number}",
                "account_id": "team",
                "created_at": datetime(2023, 5, 1),
            }
        )
        world.use(f"team_{number}", "docs", AS_OF - DAY * 3, count)


def _customers(world: World, chance: random.Random) -> None:
    """For I2: US × reseller leaves 25 points more often than the rest."""
    for number in range(700):
        region = chance.choice(["US", "EU", "APAC"])
        channel = chance.choice(["reseller", "web", "partner"])
        share = 0.4 if (region, channel) == ("US", "reseller") else 0.15
        name = world.account(
            f"c{number}",
            datetime(2023, 6, 1),
            region=region,
            acquisition_channel=channel,
            plan=chance.choice(["basic", "silver", "gold"]),
            industry=chance.choice(["retail", "health", "finance", None]),
            tier=chance.choice(["one", "two"]),
            employees=chance.choice([10, 100, 1000]),
            mrr=chance.choice([100, 200, 300]),
            cancelled_at=(
                AS_OF - DAY * chance.randrange(WINDOW)
                if chance.random() < share
                else None
            ),
        )
        for _ in range(chance.choice([1, 1, 2, 9])):
            world.use(
                name,
                chance.choice(["docs", "sharing"]),
                AS_OF - DAY * chance.randrange(WINDOW, 150),
            )
        world.use(name, "docs", AS_OF - DAY * chance.randrange(40), 1 + number)


def _trials(world: World, chance: random.Random) -> None:
    """For I4: docs in the first week go with conversion, sharing doesn't.

    All who convert use reports, but only afterwards; five use them early.
    """
    for number in range(200):
        start = datetime(2023, 11, 1, 9) + DAY * (number % 20)
        with_docs = number % 2 == 0
        converts = chance.random() < (0.7 if with_docs else 0.3)
        converted_on = 7 + number % 40 if converts else None
        cancelled_at = datetime(2024, 3, 20)
        # The last days on which something counts, or the first on which it
        # doesn't.
        if number == STILL_OPEN:
            start = AS_OF - DAY * (TRIAL_USE + WINDOW - 1)
            cancelled_at = None
        elif number == LEFT_AFTERWARDS:
            cancelled_at = start + DAY * TRIAL_USE
        elif number == CONVERTED_IN_TIME:
            converted_on = TRIAL_USE + WINDOW - 1
        elif number == CONVERTED_TOO_LATE:
            converted_on = TRIAL_USE + WINDOW
        name = world.account(
            f"t{number}",
            start,
            trial_started_at=start,
            converted_at=start + DAY * converted_on if converted_on else None,
            cancelled_at=cancelled_at,
            plan="basic",
        )
        if with_docs:
            world.use(name, "docs", start + DAY * (number % 7))
        if chance.random() < 0.5:
            world.use(name, "sharing", start + DAY * 2)
        if number < 5:
            world.use(name, "reports", start + DAY)
        if number == 7:
            world.use(name, "rare", start + DAY)
        if converts:
            world.use(name, "reports", start + DAY * 7)
    # Trials whose outcome is not known yet, or came too early to count.
    early = datetime(2023, 11, 1)
    for name, start, converted, cancelled in (
        ("recent", AS_OF - DAY * (TRIAL_USE + WINDOW - 2), None, None),
        ("quick", early, early + DAY * (TRIAL_USE - 1), early + DAY * 150),
        ("gone", early, None, early + DAY * (TRIAL_USE - 1)),
        # One that began before the history does.
        ("older", early - DAY, None, early + DAY * 100),
    ):
        world.account(
            name,
            start,
            trial_started_at=start,
            converted_at=converted,
            cancelled_at=cancelled,
            plan="basic",
        )
        world.use(name, "docs", max(start, early))


def _edges(world: World) -> None:
    """For I4: who was a customer on the day before the window, or almost."""
    window = AS_OF - DAY * WINDOW
    trial = {"trial_started_at": datetime(2023, 10, 1)}
    for name, created, more in (
        ("c_began", window, {"plan": "paid"}),
        ("x_began", window + DAY, {}),
        ("c_paid", datetime(2023, 10, 1), {**trial, "converted_at": window}),
        (
            "x_paid",
            datetime(2023, 10, 1),
            {**trial, "converted_at": window + DAY},
        ),
        ("c_left", datetime(2023, 6, 1), {"cancelled_at": window + DAY}),
        ("x_left", datetime(2023, 6, 1), {"cancelled_at": window}),
    ):
        world.account(name, created, mrr=100, **more)
        world.use(name, "docs", max(created, window))


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    chance = random.Random(8)
    _subscriptions(made)
    _customers(made, chance)
    _trials(made, chance)
    _edges(made)
    return made


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable, world: World) -> Warehouse:
    made = warehouse_factory("revenue")
    made.load(**world.inputs)
    made.configure(
        CONFIG, list(world.inputs), {"as_of_date": AS_OF.date().isoformat()}
    )
    made.build(
        "--select",
        *(
            f"+product_signals__{table}"
            for table in (
                "churn_hotspots",
                "data_health",
                "feature_outcomes",
                "revenue_retention",
                "usage_distribution",
            )
        ),
    )
    return made


def _months(
    warehouse: Warehouse, value: str, attribute: str = "region"
) -> dict[str, Row]:
    return {
        f"{row['month']:%Y-%m}": row
        for row in warehouse.rows(
            "from product_signals__revenue_retention"
            f" where attribute = '{attribute}' and value = '{value}'"
        )
    }


def _has(row: Row, **expected: float | None) -> None:
    assert {
        name: row[name] if row[name] is None else float(row[name])
        for name in expected
    } == expected


def test_a_pool_of_a_million_renewed_at_950000(warehouse: Warehouse) -> None:
    """I1: 95 % net renewal, and its parts."""
    _has(
        _months(warehouse, "pool")["2024-05"],
        starting_accounts=4,
        starting_mrr=1_000_000,
        churned_accounts=1,
        logo_churn_rate=25,
        churned_mrr=80_000,
        revenue_churn_rate=8,
        cancellations=1,
        cancellation_mrr=80_000,
        cancellation_rate=25,
        renewals_due=4,
        renewals_due_mrr=1_000_000,
        base_renewals=3,
        base_renewal_mrr=920_000,
        base_renewal_rate=75,
        unanswered_renewals=0,
        renewed_mrr=950_000,
        net_renewal_rate=95,
        upsells=1,
        upsell_mrr=30_000,
        upsell_rate=25,
        downsells=0,
        new_mrr=0,
        ending_mrr=950_000,
        gross_retention_rate=92,
        net_retention_rate=95,
    )


def test_a_renewal_that_nothing_happened_to_is_due(
    warehouse: Warehouse,
) -> None:
    """I1: it is in the pool of its month, and in no other."""
    months = _months(warehouse, "silent")
    _has(
        months["2024-05"],
        renewals_due=1,
        renewals_due_mrr=100,
        base_renewals=0,
        base_renewal_rate=0,
        unanswered_renewals=1,
        unanswered_renewals_mrr=100,
        net_renewal_rate=0,
        net_retention_rate=100,
    )
    assert sum(month["renewals_due"] for month in months.values()) == 1


def test_what_is_taken_up_again_before_its_day_is_due_once(
    warehouse: Warehouse,
) -> None:
    """I1: the same money is not twice in the pool of a month."""
    _has(
        _months(warehouse, "back")["2024-05"],
        renewals_due=1,
        renewals_due_mrr=430,
        unanswered_renewals=1,
        unanswered_renewals_mrr=430,
    )


@pytest.mark.parametrize(
    ("month", "due", "renewed"),
    [
        # Renewed nine days late, without a next renewal date.
        ("2024-03", 1, 1),
        # Another term began before the first was over.
        ("2024-04", 0, 0),
        ("2024-05", 0, 0),
        # In April, one was renewed and one cancelled.
        ("2024-06", 2, 1),
    ],
)
def test_a_renewal_counts_in_the_month_it_is_due(
    warehouse: Warehouse, month: str, due: int, renewed: int
) -> None:
    _has(
        _months(warehouse, "times")[month],
        renewals_due=due,
        base_renewals=renewed,
        unanswered_renewals=0,
    )


@pytest.mark.parametrize(
    ("region", "renewed_in", "base", "renewed", "next_due"),
    [
        ("raised", "2024-05", 100, 130, 1),
        ("moved_up", "2024-03", 100, 100, 0),
        ("own_today", "2024-05", 100, 100, 0),
        ("named_none", "2024-05", 100, 100, 1),
        ("ahead", "2024-05", 100, 100, 0),
        ("ahead_raised", "2024-05", 100, 100, 0),
        ("ahead_left", "2024-05", 100, 100, 0),
        ("raised_once", "2024-05", 100, 130, 1),
        ("raised_own", "2024-05", 100, 130, 1),
        ("raised_other", "2024-05", 100, 130, 1),
        ("twice", "2024-05", 100, 130, 1),
        ("apart", "2024-05", 100, 130, 1),
        ("booked_late", "2024-05", 130, 130, 1),
        ("booked_again", "2024-05", 130, 130, 1),
    ],
)
def test_a_renewal_answers_the_day_it_was_for(
    warehouse: Warehouse,
    region: str,
    renewed_in: str,
    base: float,
    renewed: float,
    next_due: int,
) -> None:
    """I1: not the next one, nor the one that an earlier row named."""
    months = _months(warehouse, region)
    _has(
        months[renewed_in],
        renewals_due=1,
        renewals_due_mrr=base,
        base_renewals=1,
        base_renewal_mrr=base,
        renewed_mrr=renewed,
        unanswered_renewals=0,
    )
    _has(
        months["2024-06"],
        renewals_due=next_due,
        base_renewals=0,
        unanswered_renewals=next_due,
        unanswered_renewals_mrr=renewed * next_due,
    )


@pytest.mark.parametrize(
    ("region", "amount", "unanswered"),
    [("grown", 130, 1), ("ahead_left_then", 100, 0)],
)
def test_what_is_paid_on_its_day_is_due(
    warehouse: Warehouse, region: str, amount: float, unanswered: int
) -> None:
    """I1: who leaves on the day itself, renewed before, is not renewed."""
    months = _months(warehouse, region)
    _has(
        months["2024-05"],
        renewals_due=1,
        renewals_due_mrr=amount,
        base_renewals=0,
        unanswered_renewals=unanswered,
    )
    assert sum(month["renewals_due"] for month in months.values()) == 1


def test_what_is_changed_for_a_renewal_does_not_answer_the_next(
    warehouse: Warehouse,
) -> None:
    """I1: February was unanswered, April not due, and May renewed already."""
    months = _months(warehouse, "prepared")
    for month, due, renewed in (
        ("2023-07", 0, 0),
        ("2023-09", 1300, 1300),
        ("2023-10", 1300, 0),
        ("2023-11", 0, 0),
        ("2023-12", 9000, 9000),
        ("2024-02", 130, 130),
        ("2024-03", 0, 0),
        ("2024-04", 13, 13),
        ("2024-05", 130, 0),
        ("2024-06", 2, 2),
    ):
        _has(
            months[month],
            renewals_due_mrr=due,
            renewed_mrr=renewed,
            unanswered_renewals=1 if month == "2024-05" else 0,
        )


def test_a_day_that_was_replaced_is_not_what_a_renewal_answers(
    warehouse: Warehouse,
) -> None:
    """I1: March and May were not due, and June renewed already."""
    months = _months(warehouse, "redated")
    for month, due, renewed, unanswered in (
        ("2024-02", 100, 100, 0),
        ("2024-03", 130, 130, 0),
        ("2024-04", 130, 0, 0),
        ("2024-05", 13, 13, 0),
        ("2024-06", 13, 0, 1),
    ):
        _has(
            months[month],
            renewals_due_mrr=due,
            renewed_mrr=renewed,
            unanswered_renewals=unanswered,
        )


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2024-01", {"new_subscriptions": 1, "new_mrr": 100}),
        ("2024-03", {"cross_sells": 1, "cross_sell_mrr": 50}),
        (
            "2024-04",
            {
                "upsells": 1,
                "upsell_mrr": 60,
                "downsells": 1,
                "downsell_mrr": 30,
                "gross_retention_rate": 100,
                "net_retention_rate": 120,
            },
        ),
        # One product is cancelled, the account stays.
        (
            "2024-05",
            {
                "cancellations": 1,
                "cancellation_mrr": 20,
                "cancellation_rate": 100,
                "churned_accounts": 0,
                "logo_churn_rate": 0,
                "gross_retention_rate": 88.89,
            },
        ),
        # A new product of a customer is cross-sell.
        (
            "2024-06",
            {
                "reactivations": 1,
                "reactivation_mrr": 30,
                "cross_sells": 1,
                "cross_sell_mrr": 5,
                "ending_mrr": 195,
            },
        ),
    ],
)
def test_each_kind_of_change_is_apart(
    warehouse: Warehouse, month: str, expected: dict[str, float]
) -> None:
    """I1: with several products, and types as people spell them."""
    parts = dict.fromkeys(
        (
            "new_subscriptions",
            "upsells",
            "cross_sells",
            "downsells",
            "cancellations",
            "reactivations",
            "other_changes",
            "other_mrr",
        ),
        0,
    )
    _has(_months(warehouse, "products")[month], **(parts | expected))


def test_rates_are_of_those_who_paid_when_the_month_began(
    warehouse: Warehouse,
) -> None:
    """I1: what others do in their first month is counted, but in no rate."""
    _has(
        _months(warehouse, "moves")["2024-03"],
        starting_accounts=1,
        **dict.fromkeys(("upsells", "downsells", "cross_sells"), 1),
        cancellations=1,
        **dict.fromkeys(
            (
                "upsell_rate",
                "downsell_rate",
                "cross_sell_rate",
                "cancellation_rate",
                "logo_churn_rate",
            ),
            0,
        ),
        net_retention_rate=100,
    )


def test_what_nobody_can_name_is_counted(warehouse: Warehouse) -> None:
    """I1: an unknown type, and revenue that changed between two rows."""
    months = _months(warehouse, "odd")
    _has(months["2024-01"], new_subscriptions=1, new_mrr=100)
    _has(months["2024-02"], other_changes=1, other_mrr=20, ending_mrr=120)
    _has(
        months["2024-03"],
        other_changes=0,
        other_mrr=30,
        renewals_due=1,
        renewals_due_mrr=150,
        net_renewal_rate=100,
    )
    # Months after as_of_date are not known yet.
    assert max(months) == "2024-06"
    _has(months["2024-06"], cancellations=0, ending_mrr=150)
    [unknown] = warehouse.rows(
        "from product_signals__data_health"
        " where check_name = 'unknown_in_subscription_changes_rate'"
    )
    assert unknown["detail"] == "stranger"


def test_an_amount_that_is_not_given_is_what_the_row_before_left(
    warehouse: Warehouse,
) -> None:
    """I1: also if the row before gave none, either."""
    months = _months(warehouse, "unsaid")
    _has(months["2024-02"], other_mrr=0, ending_mrr=100)
    _has(months["2024-03"], upsell_mrr=20, other_mrr=0, ending_mrr=120)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("fell", {"downsell_mrr": 50, "upsell_mrr": 30, "ending_mrr": 80}),
        ("anew", {"cancellations": 1, "cross_sell_mrr": 80, "ending_mrr": 80}),
        ("again", {"cancellations": 1, "reactivations": 1, "ending_mrr": 100}),
        ("thrice", {"downsell_mrr": 10, "upsell_mrr": 60, "ending_mrr": 150}),
        ("fell_unsaid", {"upsell_mrr": 30, "ending_mrr": 80}),
        ("fell_unlogged", {"other_mrr": 10, "ending_mrr": 80}),
        ("fell_first", {"upsell_mrr": 30, "ending_mrr": 80}),
    ],
)
def test_changes_of_one_day_follow_each_other_by_their_amounts(
    warehouse: Warehouse, region: str, expected: dict[str, float]
) -> None:
    """I1: the first begins with what was paid, whatever kind it is."""
    months = _months(warehouse, region)
    expected = {"churned_accounts": 0, "other_mrr": 0} | expected
    _has(months["2024-02"], **expected)
    _has(months["2024-06"], starting_mrr=expected["ending_mrr"])


def test_nobody_keeps_less_than_nothing(warehouse: Warehouse) -> None:
    """I1: a credit is not lost revenue of others in the same segment."""
    months = _months(warehouse, "credited")
    _has(
        months["2024-03"],
        starting_accounts=1,
        starting_mrr=80,
        churned_accounts=1,
        churned_mrr=80,
        ending_mrr=-20,
        retained_mrr=-20,
        kept_mrr=0,
        gross_retention_rate=0,
        net_retention_rate=-25,
    )
    _has(months["2024-04"], starting_accounts=0, starting_mrr=-20)
    assert months["2024-04"]["net_retention_rate"] is None


def test_a_credit_alone_has_no_renewal_rate(warehouse: Warehouse) -> None:
    """I1: a higher one was 111.11 percent renewed."""
    months = _months(warehouse, "rebated")
    _has(
        months["2024-05"],
        renewals_due=2,
        renewals_due_mrr=10,
        renewed_mrr=-90,
        base_renewal_rate=50,
        net_renewal_rate=-900,
    )
    _has(
        months["2024-06"],
        renewals_due_mrr=-90,
        renewed_mrr=-100,
        base_renewal_rate=100,
        net_renewal_rate=None,
    )


def test_who_paid_before_the_first_row_did_from_their_first_day(
    warehouse: Warehouse,
) -> None:
    months = _months(warehouse, "opened")
    _has(months["2024-01"], starting_accounts=0, ending_mrr=0)
    _has(months["2024-02"], new_subscriptions=1, new_mrr=70, ending_mrr=70)
    _has(months["2024-04"], starting_mrr=70, upsell_mrr=20, ending_mrr=90)


def test_an_account_without_a_first_day_has_its_revenue(
    warehouse: Warehouse,
) -> None:
    """I1: on Snowflake, the greatest of a null and a day is null."""
    months = _months(warehouse, "undated")
    _has(months["2024-04"], new_subscriptions=1, new_mrr=55, ending_mrr=55)
    _has(months["2024-05"], starting_mrr=55, ending_mrr=55)


def test_an_account_is_what_it_was_when_the_month_began(
    warehouse: Warehouse,
) -> None:
    """I1: the plan after an upsell counts from the next month."""
    gold = _months(warehouse, "gold", "plan")
    assert gold.keys() == {"2024-05", "2024-06"}
    _has(gold["2024-05"], starting_accounts=1, starting_mrr=17)
    basic = _months(warehouse, "basic", "plan")
    everybody = _months(warehouse, "all", "all")
    assert basic["2024-04"]["upsells"] == everybody["2024-04"]["upsells"] == 3


def test_parts_add_up_and_no_rate_of_accounts_is_above_100(
    warehouse: Warehouse,
) -> None:
    """I1: nothing is lost between parts, months and segments."""
    rows = warehouse.rows("from product_signals__revenue_retention")
    assert len(rows) > 100
    for row in rows:
        assert row["ending_mrr"] == pytest.approx(
            row["starting_mrr"]
            + row["new_mrr"]
            + row["reactivation_mrr"]
            + row["upsell_mrr"]
            + row["cross_sell_mrr"]
            + row["other_mrr"]
            - row["downsell_mrr"]
            - row["cancellation_mrr"]
        )
        for name in (
            "logo_churn_rate",
            "revenue_churn_rate",
            "base_renewal_rate",
            "cancellation_rate",
            "upsell_rate",
            "cross_sell_rate",
            "downsell_rate",
            "gross_retention_rate",
        ):
            assert row[name] is None or 0 <= row[name] <= 100
        assert (row["logo_churn_rate"] is None) == (
            row["starting_accounts"] == 0
        )
    months = [*sorted(_months(warehouse, "all", "all").items())]
    for (_, before), (_, after) in pairwise(months):
        assert before["ending_mrr"] == after["starting_mrr"]
        assert before["is_complete"]
    for name in ("starting_mrr", "renewals_due", "upsell_mrr", "ending_mrr"):
        by_attribute = warehouse.rows(
            f"select month, attribute, sum({name}) as amount"
            " from product_signals__revenue_retention group by month, attribute"
        )
        assert {row["attribute"] for row in by_attribute} > {"region", "fit"}
        for row in by_attribute:
            month = dict(months)[f"{row['month']:%Y-%m}"]
            assert row["amount"] == month[name], row
    _has(_months(warehouse, "good", "fit")["2024-06"], starting_mrr=30)


def test_what_the_docs_show_of_mrr_adds_up(warehouse: Warehouse) -> None:
    """K5, I1: the chart of MRR changes explains the whole change."""
    text = (package_root() / "docs" / "bi.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^\| MRR changes \|.*$", text, re.M)
    parts = re.findall(r"`(\w+_mrr)`", line)
    assert len(parts) == 7
    for row in _months(warehouse, "all", "all").values():
        moved = sum(
            -row[part] if re.match("churn|cancel|down", part) else row[part]
            for part in parts
        )
        assert moved == pytest.approx(row["ending_mrr"] - row["starting_mrr"])


# Attributes whose values the test knows without working them out.
GIVEN = ("region", "acquisition_channel", "plan", "industry", "tier")


def _hotspots(warehouse: Warehouse) -> list[Row]:
    return warehouse.rows(
        "from product_signals__churn_hotspots order by p_value, attributes"
    )


def test_the_planted_hotspot_comes_first(warehouse: Warehouse) -> None:
    """I2: US × reseller, with everything that follows from it folded in."""
    hotspots = _hotspots(warehouse)
    [first] = [row for row in hotspots if row["rank_by_accounts"] == 1]
    assert (
        first["combination"] == "acquisition_channel = reseller and region = US"
    )
    assert first["rank_by_mrr"] == 1
    assert first["evidence"] == "clear"
    folded = {
        row["combination"]: row["explained_by"]
        for row in hotspots
        if row["evidence"] == "clear" and not row["is_finding"]
    }
    assert len(folded) > 5
    for single in ("region = US", "acquisition_channel = reseller"):
        assert folded[single] == first["combination"]
    for row in hotspots:
        assert (row["rank_by_accounts"] is None) == (not row["is_finding"])


def test_hotspots_are_counted_right(warehouse: Warehouse, world: World) -> None:
    """I2: accounts live when the window began, with their attributes then."""
    begins = AS_OF - DAY * WINDOW
    there = [
        account
        for account in world.inputs["accounts"]
        if account["created_at"]
        and account["created_at"].date() <= begins.date()
        and not (
            account.get("cancelled_at")
            and account["cancelled_at"].date() <= begins.date()
        )
    ]
    churned = sum(bool(account.get("cancelled_at")) for account in there)
    checked = 0
    for row in _hotspots(warehouse):
        assert row["described_on"] == begins.date()
        assert float(row["overall_churn_rate"]) == pytest.approx(
            100 * churned / len(there), abs=0.005
        )
        parts = {
            row[f"attribute_{n}"]: row[f"value_{n}"]
            for n in range(1, row["attributes"] + 1)
        }
        if not parts.keys() <= set(GIVEN):
            continue
        group = [
            account
            for account in there
            if all(
                (account.get(attribute) or "unknown") == value
                for attribute, value in parts.items()
            )
        ]
        left = [account for account in group if account.get("cancelled_at")]
        assert row["accounts"] == len(group) >= LEAST
        assert row["churned_accounts"] == len(left)
        assert row["lost_mrr"] == sum(account["mrr"] for account in left)
        checked += 1
    assert checked > 40


def _before_the_window(world: World) -> list[Row]:
    """Accounts that were live on the day before the outcome window."""
    day = AS_OF - DAY * WINDOW
    return [
        account
        for account in world.inputs["accounts"]
        if (account["created_at"] or AS_OF) <= day
        and (account.get("cancelled_at") or AS_OF) > day
    ]


def test_statistics_of_hotspots_are_those_of_scipy(
    warehouse: Warehouse, world: World
) -> None:
    """I2: exact test, adjusted for the number of tests, Wilson interval."""
    hotspots = _hotspots(warehouse)
    assert len(hotspots) > 300
    live = _before_the_window(world)
    base = {
        "accounts": len(live),
        "churned": sum(
            (account.get("cancelled_at") or AS_OF + DAY) <= AS_OF
            for account in live
        ),
    }
    for row in hotspots:
        count, hits = row["accounts"], row["churned_accounts"]
        assert row["p_value"] == pytest.approx(
            stats.hypergeom.sf(
                hits - 1, base["accounts"], base["churned"], count
            ),
            rel=1e-6,
        )
        interval = stats.binomtest(hits, count).proportion_ci(method="wilson")
        for bound in ("low", "high"):
            assert float(row[f"churn_rate_{bound}"]) == pytest.approx(
                100 * getattr(interval, bound), abs=0.01
            )
        expected = count * base["churned"] / base["accounts"]
        assert float(row["excess_churned_accounts"]) == pytest.approx(
            hits - expected, abs=0.0051
        )
        assert float(row["lift"]) == pytest.approx(hits / expected, abs=0.0051)
    others = hotspots[0]["tests"] - len(hotspots)
    adjusted = stats.false_discovery_control(
        [row["p_value"] for row in hotspots] + [1.0] * others
    )
    for row, expected in zip(hotspots, adjusted, strict=False):
        assert row["adjusted_p_value"] == pytest.approx(expected, rel=1e-9)


class MadeUp:
    """The model's own SQL on accounts that the test makes up, in DuckDB."""

    def __init__(self, warehouse: Warehouse, accounts: int) -> None:
        compiled = (
            warehouse.project
            / "target/compiled/product_signals/models/86_revenue"
            / "product_signals__churn_hotspots.sql"
        ).read_text(encoding="utf-8")
        self.sql = re.sub(
            r'("\w+"\.)+"(int_product_signals__\w+)"', r"\2", compiled
        )
        self.connection = duckdb.connect()
        self.connection.execute(
            "create table int_product_signals__numbers as"
            " select range::integer as number from range(16384)"
        )
        chance = random.Random(1)
        values = {
            "acquisition_channel": ["reseller", "web", "partner"],
            "habit_band": ["low", "medium", "high"],
            "plan": ["basic", "silver", "gold"],
            "region": ["US", "EU", "APAC"],
        }
        self.accounts = [
            {name: chance.choice(given) for name, given in values.items()}
            for _ in range(accounts)
        ]
        rows = [
            (number, attribute, value)
            for number, account in enumerate(self.accounts)
            for attribute, value in {**account, "all": "all"}.items()
        ]
        self.connection.execute(
            "create table items as select *,"
            " dense_rank() over (order by attribute) as attribute_number,"
            " dense_rank() over (order by attribute, value) as item from ("
            "select unnest(?) as account_id, unnest(?) as attribute,"
            " unnest(?) as value)",
            [list(column) for column in zip(*rows, strict=True)],
        )

    def hotspots(self, has_churned: list[bool]) -> list[Row]:
        """The hotspots that the model finds, given who churned."""
        self.connection.execute(
            "create or replace table int_product_signals__hotspot_items as"
            " select items.*, 100.0::double as mrr, has_churned,"
            f" date '2024-04-01' as described_on, {LEAST} as least_accounts,"
            " date '2024-06-30' as as_of_date from items inner join ("
            "select unnest(?) as has_churned, unnest(range(?)) as account_id)"
            " using (account_id)",
            [has_churned, len(has_churned)],
        )
        result = self.connection.execute(self.sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_chance_alone_is_seldom_taken_for_a_hotspot(
    warehouse: Warehouse,
) -> None:
    """I2: only as many of 100 random labellings as accepted find any.

    All findings are then false, so the false discovery rate is the rate of
    finding any: 5 %. 100 draws exceed 11 findings once in a hundred.
    """
    made_up = MadeUp(warehouse, 500)
    found = 0
    unadjusted = 0
    for seed in range(100):
        chance = random.Random(seed)
        hotspots = made_up.hotspots(
            [chance.random() < 0.18 for _ in made_up.accounts]
        )
        found += any(row["is_finding"] for row in hotspots)
        unadjusted += any(row["p_value"] < 0.05 for row in hotspots)
    assert unadjusted > 80
    assert found <= 11


def test_what_is_planted_is_found(warehouse: Warehouse) -> None:
    """I2: 25 more points for US × reseller, in at least nine of ten draws."""
    made_up = MadeUp(warehouse, 1000)
    first = []
    for seed in range(20):
        chance = random.Random(seed)
        hotspots = made_up.hotspots(
            [
                chance.random()
                < 0.15
                + 0.25
                * (
                    account["region"] == "US"
                    and account["acquisition_channel"] == "reseller"
                )
                for account in made_up.accounts
            ]
        )
        first += [
            row["combination"]
            for row in hotspots
            if row["rank_by_accounts"] == 1
        ]
    planted = "acquisition_channel = reseller and region = US"
    assert first.count(planted) >= 18, first


def _points(world: World) -> dict[str, int]:
    """Points in the profile's period, by user."""
    points: dict[str, int] = {}
    for event in world.inputs["events"]:
        if AS_OF - event["occurred_at"] < DAY * 30:
            user = event["user_id"]
            points[user] = points.get(user, 0) + 2 * event["event_count"]
    return points


def test_the_spread_of_use_is_that_of_the_users(
    warehouse: Warehouse, world: World
) -> None:
    """I3: quantiles and concentration, over all and inside an account."""
    points = _points(world)
    account_of = {
        user["user_id"]: user["account_id"] for user in world.inputs["users"]
    }
    by_account: dict[str, dict[str, int]] = {}
    for user, amount in points.items():
        by_account.setdefault(account_of[user], {})[user] = amount
    wanted = {
        ("user", "all"): [*points.values()],
        ("user", "team"): [*by_account["team"].values()],
        ("account", "all"): [
            sum(users.values()) for users in by_account.values()
        ],
    }
    rows = {
        (row["entity"], row["account_id"]): row
        for row in warehouse.rows(
            "from product_signals__usage_distribution where profile = 'main'"
        )
    }
    assert len(points) > 400
    for key, amounts in wanted.items():
        row = rows[key]
        assert row["members"] == len(amounts)
        assert row["points"] == sum(amounts)
        for percentile in (10, 25, 50, 75, 90, 99):
            assert float(row[f"p{percentile}_points"]) == pytest.approx(
                np.percentile(amounts, percentile), abs=0.01
            )
        gini = np.abs(np.subtract.outer(amounts, amounts)).mean() / (
            2 * np.mean(amounts)
        )
        assert float(row["gini"]) == pytest.approx(100 * gini, abs=0.01)
        top = sorted(amounts)[-max(1, len(amounts) // 10) :]
        assert float(row["top_tenth_share"]) == pytest.approx(
            100 * sum(top) / sum(amounts), abs=0.01
        )
    # One of five does nine tenths.
    assert float(rows["user", "team"]["top_tenth_share"]) == 90


def _outcomes(warehouse: Warehouse) -> dict[tuple[str, str], Row]:
    return {
        (row["feature"], row["outcome"]): row
        for row in warehouse.rows("from product_signals__feature_outcomes")
    }


def test_only_use_before_the_outcome_counts(
    warehouse: Warehouse, world: World
) -> None:
    """I4: reports are used by all who convert, but only afterwards."""
    outcomes = _outcomes(warehouse)
    assert len(outcomes) == len(FEATURES) * 2
    # What isn't a key feature may be one to be.
    assert {row["feature"] for row in outcomes.values() if row["is_key"]} == {
        "docs", "reports", "exports", "rare"
    }  # fmt: skip
    trials = {
        account["account_id"]: account
        for account in world.inputs["accounts"]
        if account["account_id"].startswith("t")
        and account.get("trial_started_at")
    }

    def converted_in_time(trial: Row) -> bool:
        return bool(trial["converted_at"]) and trial["converted_at"] < trial[
            "trial_started_at"
        ] + DAY * (TRIAL_USE + WINDOW)

    for feature in ("docs", "sharing", "reports"):
        used = {
            event["user_id"]
            for event in world.inputs["events"]
            if event["event_name"] == feature
            and event["user_id"] in trials
            and (
                event["occurred_at"].date()
                - trials[event["user_id"]]["trial_started_at"].date()
            ).days
            < 7
        }
        row = outcomes[feature, "converted"]
        assert row["accounts_with"] == len(used)
        assert row["accounts_without"] == 200 - len(used)
        assert row["outcomes_with"] == sum(
            converted_in_time(trials[name]) for name in used
        )
        assert row["outcomes_without"] == sum(
            converted_in_time(trials[name]) for name in trials.keys() - used
        )
    assert outcomes["reports", "converted"]["accounts_with"] == 5
    # Use on the last day before the window, or in the thirty before it.
    used = {
        event["user_id"]
        for event in world.inputs["events"]
        if event["event_name"] == "docs"
        and WINDOW <= (AS_OF.date() - event["occurred_at"].date()).days < 120
    }
    row = outcomes["docs", "retained"]
    assert row["accounts_with"] == sum(name.startswith("c") for name in used)
    paying = {
        account["account_id"]
        for account in _before_the_window(world)
        if account.get("trial_started_at") is None
        or (account.get("converted_at") or AS_OF) <= AS_OF - DAY * WINDOW
    }
    assert row["accounts_with"] + row["accounts_without"] == len(paying)
    assert {name for name in paying if name[:2] in ("c_", "x_")} == {
        "c_began",
        "c_paid",
        "c_left",
    }


def test_differences_come_with_their_statistics(warehouse: Warehouse) -> None:
    """I4: n, lift, interval, exact test, and how many were compared."""
    tested: dict[str, list[Row]] = {"converted": [], "retained": []}
    for (_, outcome), row in _outcomes(warehouse).items():
        n, hits = row["accounts_with"], row["outcomes_with"]
        m, others = row["accounts_without"], row["outcomes_without"]
        if min(n, m) == 0:
            assert row["difference"] is row["lift"] is row["p_value"] is None
            assert row["lift_low"] is row["lift_high"] is None
            continue
        share, other = hits / n, others / m
        one, two = (
            stats.binomtest(k, of).proportion_ci(method="wilson")
            for k, of in ((hits, n), (others, m))
        )
        assert float(row["difference"]) == pytest.approx(
            100 * (share - other), abs=0.011
        )
        assert float(row["lift"]) == pytest.approx(share / other, abs=0.011)
        # Newcombe (1998), method 10.
        for bound, expected in (
            (
                "low",
                -(((share - one.low) ** 2 + (two.high - other) ** 2) ** 0.5),
            ),
            ("high", ((one.high - share) ** 2 + (other - two.low) ** 2) ** 0.5),
        ):
            assert float(row[f"difference_{bound}"]) == pytest.approx(
                100 * (share - other + expected), abs=0.02
            )
        # The same of the logarithms: Zou and Donner (2008).
        for bound, sign, end, other_end in (
            ("low", -1, one.low, two.high), ("high", 1, one.high, two.low)
        ):  # fmt: skip
            if min(hits, others) == 0:
                assert row[f"lift_{bound}"] is None
                continue
            distance = np.hypot(np.log(share / end), np.log(other / other_end))
            assert float(row[f"lift_{bound}"]) == pytest.approx(
                share / other * np.exp(sign * distance), abs=0.006
            )
        if min(n, m) < LEAST:
            assert row["p_value"] is row["adjusted_p_value"] is None
            continue
        table = [[hits, n - hits], [others, m - others]]
        assert row["p_value"] == pytest.approx(
            min(
                1,
                2
                * min(
                    stats.fisher_exact(table, side).pvalue
                    for side in ("greater", "less")
                ),
            ),
            rel=1e-6,
        )
        tested[outcome].append(row)
    assert {name: len(rows) for name, rows in tested.items()} == {
        "converted": 2,
        "retained": 2,
    }
    for rows in tested.values():
        adjusted = stats.false_discovery_control(
            [row["p_value"] for row in rows]
        )
        for row, expected in zip(rows, adjusted, strict=True):
            assert row["adjusted_p_value"] == pytest.approx(expected)


def test_the_interval_of_a_lift_by_hand(warehouse: Warehouse) -> None:
    """71 and 32 of 100: Wilson's ends are .6146, .7899 and .2367, .4166."""
    row = _outcomes(warehouse)["docs", "converted"]
    assert (row["outcomes_with"], row["outcomes_without"]) == (71, 32)
    found = [float(row[f"lift{end}"]) for end in ("_low", "", "_high")]
    assert found == [1.64, 2.22, 3.06]


@pytest.mark.parametrize(
    ("feature", "outcome", "reading"),
    [
        (
            "docs",
            "converted",
            r"71.00 % of 100 accounts that used it converted, 32.00 % of 100"
            r" others. A correlation: the feature need not be the cause.",
        ),
        ("sharing", "converted", r".* others: chance may be all. A correl.*"),
        ("docs", "retained", r".* that used it stayed, .*A correlation: .*"),
        (
            "reports",
            "converted",
            r"Too little data: 5 accounts used it and 195 did not, 20 of each"
            r" are needed.",
        ),
        ("exports", "retained", r"Too little data: 0 accounts used it .*"),
        ("rare", "converted", r"Too little data: 1 account used it and 199 .*"),
    ],
)
def test_a_reading_says_what_it_is(
    warehouse: Warehouse, feature: str, outcome: str, reading: str
) -> None:
    """I4: that it is a correlation, or that there is too little data."""
    row = _outcomes(warehouse)[feature, outcome]
    assert re.fullmatch(reading, row["reading"]), row["reading"]
