"""Which trial to call, and what it is worth (G1 to G6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from golden import AS_OF_DATE, World, day
from product_signals.config import Config, read_config
from product_signals.errors import UserError
from product_signals.gate import check_config, check_seeds
from product_signals.package import starter_config
from product_signals.seeds import write_seeds
from scipy.stats import beta
from warehouse import Warehouse

Row = dict[str, Any]

HISTORY_START, ENDS = 60, -10
SMALL, MEDIUM, LARGE = 10, 100, 1000
# The days, as ages, on which a trial that goes all the way got there.
NUDGED, QUALIFIED, CONVERTED = 15, 12, 2
# And one that nobody called in time.
EARLY, OVERDUE, CALLED, CANCELLED = 15, 9, 5, 1
REPLAYED = (16, 13, 10, 6, 3, 0)
SIGNAL_KEY = "far_activated|account|answered|"
# The seed's likelihood and how many trials it weighs.
STRENGTHS = {"golden_lead": 200, "fizzler": 10, "silent_success": 3}


def _config() -> Config:
    starter = read_config(starter_config()).model_dump(
        exclude_none=True, exclude_unset=True
    )
    for persona, strength in STRENGTHS.items():
        starter["trial_personas"][persona]["prior_strength"] = strength
    starter["pql_thresholds"]["simple"]["large"]["min_active_users"] = 2
    return Config.model_validate(
        {
            "seed_prefix": "leads",
            "events": {
                "step": {},
                "point": {"weight": 1, "counts_as_activity": True},
                "key": {"feature": "key"},
            },
            "features": {"key": {"is_key": True}},
            # With so many points the score is their number.
            "profiles": {"everybody": {"benchmark": 100, "period_days": 30}},
            # Of a thousand steps, each event meets one: 0.1 percent.
            "checklists": {
                "steps": {
                    "entity": "account",
                    "steps": {
                        f"step_{n}": {"event_name": "step", "min_count": n}
                        for n in range(1, 1001)
                    },
                }
            },
            "bands": starter["bands"],
            "pql_thresholds": starter["pql_thresholds"],
            "trial_personas": starter["trial_personas"],
            "signals": {
                "far_activated": {
                    "entity": "account",
                    "severity": "low",
                    "description": "Most steps are met.",
                    "teams": ["sales"],
                    "groups": [
                        [
                            {
                                "metric": "activation_rate",
                                "operator": ">",
                                "value": 80,
                            }
                        ]
                    ],
                    "actions": [{"team": "sales", "action": "Call"}],
                }
            },
        }
    )


class Trials(World):
    """Collects accounts on trial."""

    def trial(
        self,
        name: str,
        activation: float = 0,
        score: int = 0,
        employees: int | None = SMALL,
        users: int = 1,
        age: int = 10,
        **attributes: Any,
    ) -> str:
        """An account on trial: so far and so active since a day."""
        account = self.account(
            name,
            70,
            **{
                "trial_started_at": day(70),
                "trial_ends_at": day(ENDS),
                "employees": employees,
                **attributes,
            },
        )
        for n in range(users):
            user = self.user(f"{name}_{n}", account, 70)
            if score:
                self.event(user, "point", age, score)
        self.steps(name, activation, age)
        return account

    def steps(self, name: str, activation: float, age: int) -> None:
        """More of the checklist, in percent."""
        if activation:
            self.event(f"{name}_0", "step", age, round(activation * 10))

    def talk(
        self, account: str, direction: str, age: int, **more: Any
    ) -> None:
        """A message from or to an account."""
        self.communications.append(
            {
                "account_id": account,
                "occurred_at": day(age),
                "direction": direction,
                "sentiment": None,
                **more,
            }
        )

    def talks(self, account: str, sentiment: str | None = None) -> None:
        """An account that answers what it was asked."""
        self.talk(account, "outbound", 30)
        self.talk(account, "inbound", 25, sentiment=sentiment)


def _world() -> Trials:
    world = Trials()
    # G1: rates beside the thresholds, all with a score of 30.
    for size, employees, rates in (
        ("small", SMALL, (74.9, 75, 79.9, 80, 100)),
        ("medium", MEDIUM, (59.9, 60, 80, 80.1)),
        ("large", LARGE, (24.9, 25, 50, 50.1)),
    ):
        for rate in rates:
            world.trial(
                f"{size}_{rate}", rate, 30, employees,
                2 if size == "large" else 1,
            )  # fmt: skip
    world.trial("sizeless", 80, 30, None)
    # G3: activated, but not enough use.
    world.trial("hardly_used", 80, 24)
    world.trial("lonely", 25, 30, LARGE)
    # Contacted in time, by a message or a response; asked only, or too early.
    for name in ("called", "answered", "postponed", "wrote", "called_before"):
        world.trial(name, 90, 30, MEDIUM)
    world.talk("called", "outbound", 10)
    world.talk("wrote", "inbound", 9)
    world.talk("called_before", "outbound", 11)
    for name, response in (
        ("answered", "acknowledged"), ("postponed", "snoozed")
    ):  # fmt: skip
        world.signal_responses.append(
            {
                "signal_key": SIGNAL_KEY.replace("answered", name),
                "responded_at": day(10),
                "response": response,
            }
        )
    # Two that change.
    world.trial("journey", 70, 30, age=20, converted_at=day(CONVERTED))
    world.steps("journey", 5, NUDGED)
    world.steps("journey", 10, QUALIFIED)
    world.trial("late", 20, 30, MEDIUM, age=20, cancelled_at=day(CANCELLED))
    world.steps("late", 45, EARLY)
    world.steps("late", 30, OVERDUE)
    world.talk("late", "outbound", CALLED)
    _personas(world)
    _signups(world)
    return world


def _personas(world: Trials) -> None:
    """G4, G5: one of each, and ended ones that tell how likely that is."""
    deal = {"deal_size": 10_000, "csm": "ann"}
    world.trial("golden", 90, 60, **deal)
    world.talks("golden")
    world.trial("silent", 90, 60, **deal)
    world.trial("contrary", 50, 30, **deal)
    world.talks("contrary", "Negative")
    for name, fit, sentiment in (
        ("good_fit", "Good", None),
        ("poor_fit", "poor", "positive"),
        ("content", None, "neutral"),
        ("cross", None, "negative"),
        ("unknown_fit", None, None),
    ):
        world.trial(name, 10, 10, fit=fit)
        world.talks(name, sentiment)
    world.trial("fizzler", 90, 10)
    # Asked three times, answered once: little is none.
    for age in (40, 30, 20):
        world.talk("fizzler", "outbound", age)
    world.talk("fizzler", "inbound", 35)
    world.trial("heartbreaker", 10, csm="ann")
    world.trial("nearly", 90, 30, csm="bob", trial_ends_at=day(-40))
    world.talks("nearly")
    # Of five that looked like heartbreakers, one converted, and only then
    # used the product and talked.
    for n in range(4):
        world.trial(f"ended_{n}", 10, age=50, trial_ends_at=day(30 - n))
    world.trial("bloomer", 10, age=50, converted_at=day(20))
    world.steps("bloomer", 85, 20)
    world.event("bloomer_0", "point", 20, 90)
    world.talk("bloomer", "inbound", 20)


def _signups(world: Trials) -> None:
    """G2: ten sign-ups, of whom seven find out unaided, later eight."""
    for n in range(10):
        account = world.account(f"signup_{n}", 40)
        user = world.user(f"signup_{n}_0", account, 40)
        if n < 8:
            world.event(user, "key", 39 if n < 7 else 20)
        if n == 8:
            world.talk(account, "outbound", 39)
            world.event(user, "key", 38)
    # So the last days of these two saw another product.
    world.trial("when_complex", 60, 30, age=35, trial_ends_at=day(21))
    world.trial("when_simple", 60, 30, age=35, trial_ends_at=day(20))
    world.trial("when_unknown", 60, 30, age=35, trial_ends_at=day(34))


def _build(
    warehouse: Warehouse, world: Trials, *left_out: str, **variables: Any
) -> Warehouse:
    inputs = {
        name: getattr(world, name)
        for name in (
            "events",
            "users",
            "accounts",
            "communications",
            "signal_responses",
        )
        if name not in left_out
    }
    warehouse.load(**inputs)
    warehouse.configure(
        _config(),
        list(inputs),
        {
            "as_of_date": AS_OF_DATE.isoformat(),
            "history_start": day(HISTORY_START).date().isoformat(),
            **variables,
        },
    )
    warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    return _build(warehouse_factory("leads"), _world())


@pytest.fixture(scope="module")
def leads(warehouse: Warehouse) -> dict[str, Row]:
    return _leads(warehouse)


def _leads(warehouse: Warehouse) -> dict[str, Row]:
    return {
        row["account_id"]: row
        for row in warehouse.rows("from product_signals__leads")
    }


def _day(age: int) -> date:
    return day(age).date()


def test_x(leads):
    for r in leads.values():
        print(r)
    assert 0
