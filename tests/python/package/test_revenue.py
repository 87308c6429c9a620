"""Revenue, churn hot-spots, spread of use, outcomes of features (I1 to I4)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from product_signals.config import Config, read_config
from product_signals.package import starter_config
from scipy import stats
from warehouse import Warehouse

Row = dict[str, Any]
AS_OF = datetime(2024, 6, 30, 12)
DAY = timedelta(days=1)
WINDOW = 90
LEAST = 20
FEATURES = ["docs", "sharing", "reports", "exports"]
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
            "exports": {"is_key": True, "plans": ["gold"]},
        },
        "profiles": {"main": {"period_days": 30, "min_population": 1}},
        "bands": read_config(starter_config()).bands,
    }
)  # fmt: skip


class World:
    """Collects the rows of the inputs; an account has one user."""

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

    def account(self, name: str, created: datetime, **more: Any) -> str:
        self.inputs["accounts"].append(
            {"account_id": name, "created_at": created, **more}
        )
        self.inputs["users"].append(
            {"user_id": name, "account_id": name, "created_at": created}
        )
        return name

    def use(self, user: str, feature: str, at: datetime, count: int = 1) -> None:
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
    """The cases of I1, a region for each."""

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
    # Nothing is known of it but its renewal.
    account("p4", "pool")
    world.change("p4", "2024-05-21", "renewal", 20_000, 20_000)

    account("silent", "silent")
    world.change("silent", "2024-02-10", "new", 0, 100, "2024-05-10")

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

    account("opened", "opened", "2024-02-15")
    world.change("opened", "2024-04-01", "upsell", 70, 90)

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


def _customers(world: World, chance: random.Random) -> None:
    """Of I2: US × reseller leaves 25 points more often than the rest."""
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
    """Of I4: docs in the first week go with conversion, sharing doesn't.

    All who convert use reports, but only afterwards; but for five.
    """
    for number in range(200):
        start = datetime(2023, 11, 1, 9) + DAY * (number % 20)
        with_docs = number % 2 == 0
        converts = chance.random() < (0.7 if with_docs else 0.3)
        name = world.account(
            f"t{number}",
            start,
            trial_started_at=start,
            converted_at=start + DAY * (7 + number % 40) if converts else None,
            cancelled_at=datetime(2024, 3, 20),
            plan="basic",
        )
        if with_docs:
            world.use(name, "docs", start + DAY * (number % 7))
        if chance.random() < 0.5:
            world.use(name, "sharing", start + DAY * 2)
        if number < 5:
            world.use(name, "reports", start + DAY)
        if converts:
            world.use(name, "reports", start + DAY * 7)
    # Of whom the outcome is not known yet, or was before it could be one.
    for name, start, converted in (
        ("recent", AS_OF - DAY * 96, None),
        ("quick", datetime(2023, 11, 1), datetime(2023, 11, 7)),
    ):
        world.account(
            name,
            start,
            trial_started_at=start,
            converted_at=converted,
            cancelled_at=datetime(2024, 3, 30),
            plan="basic",
        )
        world.use(name, "docs", start)


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    chance = random.Random(8)
    _subscriptions(made)
    _customers(made, chance)
    _trials(made, chance)
    return made


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable, world: World) -> Warehouse:
    made = warehouse_factory("revenue")
    made.load(**world.inputs)
    made.configure(
        CONFIG, list(world.inputs), {"as_of_date": AS_OF.date().isoformat()}
    )
    made.build()
    return made


def test_x(warehouse):
    for t in ("revenue_retention","churn_hotspots","feature_outcomes","usage_distribution"):
        print(t, warehouse.rows(f"select count(*) from product_signals__{t}"))
    import shutil
    shutil.copy(warehouse.database, "/tmp/revenue.duckdb")
    shutil.copytree(warehouse.project/"target", "/tmp/revenue_target", dirs_exist_ok=True)
