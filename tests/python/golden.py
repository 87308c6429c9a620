"""One small world with every golden case of the requirements in it.

Each case is an account (or a few) named after its row, with a score profile
or checklist of its own, so that no case moves the benchmark of another: they
are kept apart by the account attribute `scenario`. What must come out stands
in tests/golden/expected.csv, once for all warehouses.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from product_signals.config import Config, read_config
from product_signals.package import starter_config

Row = dict[str, Any]

AS_OF_DATE = date(2024, 6, 30)
KEY_FEATURES = [f"feature_{n}" for n in range(1, 11)]
USES = [f"use_{n}" for n in range(1, 11)]
SAMPLE = [475, 89, 101, 7, 3, 21, 2, 149, 223, 1, 13, 9, 37]
ONBOARDING = {
    "create_account": {"event_name": "account"},
    "invite": {"event_name": "invited", "min_count": 2},
    "create_project": {"event_name": "project"},
    "upload": {"event_name": "file", "min_count": 2},
    "calendar": {"event_name": "calendar_event", "min_count": 3},
    "task": {"event_name": "task"},
    "done": {"event_name": "task_done"},
}
VARIABLES = {
    "as_of_date": AS_OF_DATE.isoformat(),
    "account_attributes": ["scenario"],
}


def day(age: int) -> datetime:
    """Noon, so many days before the date the figures are for."""
    return datetime(2024, 6, 30, 12) - timedelta(days=age)


class World:
    """Collects the rows of the inputs."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.users: list[Row] = []
        self.accounts: list[Row] = []
        self.account_history: list[Row] = []

    def account(self, name: str, age: int = 400, **attributes: Any) -> str:
        """An account, created so many days ago."""
        self.accounts.append(
            {
                "account_id": name,
                "created_at": day(age),
                "scenario": name.split("_", maxsplit=1)[0],
                "plan": "basic",
                **attributes,
            }
        )
        return name

    def user(self, name: str, account: str, age: int = 400, **more: Any) -> str:
        """A user of an account, created so many days ago."""
        self.users.append(
            {
                "user_id": name,
                "account_id": account,
                "created_at": day(age),
                **more,
            }
        )
        return name

    def event(
        self, user: str, name: str, age: int = 0, count: int = 1, **more: Any
    ) -> None:
        """An event, so many days ago; count is a pre-counted row."""
        self.events.append(
            {
                "event_id": f"event_{len(self.events)}",
                "user_id": user,
                "event_name": name,
                "occurred_at": day(age),
                "event_count": count,
                "actor_type": "human",
                **more,
            }
        )


def golden_config() -> Config:
    """The configuration: the shipped rules, and a profile for each case."""
    starter = read_config(starter_config())
    shown = starter.model_dump(exclude_none=True, exclude_unset=True)

    def profile(scenario: str, **settings: Any) -> Row:
        return {
            "filter": {
                "entity": "account",
                "attribute": "scenario",
                "values": [scenario],
            },
            **settings,
        }

    active = {"counts_as_activity": True}
    return Config.model_validate(
        {
            "seed_prefix": "golden",
            "events": {
                "point": {"weight": 1, **active},
                "look": {**active},
                "click": {"weight": 0.01, **active},
                "hammer": {"weight": 3, "daily_cap": 5, **active},
                "login": {"weight": 1},
                "create": active,
                "upload": active,
                "edit": active,
                **{
                    use: {"feature": feature, "weight": 1, **active}
                    for use, feature in zip(USES, KEY_FEATURES, strict=True)
                },
                "use_gold": {"feature": "gold", **active},
                "configure": {"feature": "setup", **active},
                "use_future": {"feature": "future", **active},
                **{step["event_name"]: active for step in ONBOARDING.values()},
            },
            "weight_sets": {
                "first": {
                    "point": 2,
                    "look": 9,
                    "create": 5,
                    "upload": 1,
                    "edit": 0,
                },
                "second": {
                    "point": 3,
                    "look": 5,
                    "create": 10,
                    "upload": 3,
                    "edit": 1,
                },
            },
            "features": {
                **{feature: {"is_key": True} for feature in KEY_FEATURES},
                "gold": {"is_key": True, "plans": ["gold"]},
                "setup": {"is_setting": True},
                "future": {"is_key": True, "launched_on": "2024-07-01"},
            },
            "profiles": {
                "c1": profile("c1", weight_set="first"),
                "c1b": profile("c1b", weight_set="second"),
                "c3": profile("c3", min_population=13),
                "c3_exponential": profile(
                    "c3",
                    priority=2,
                    min_population=13,
                    normalization="exponential",
                ),
                "c3_percentile": profile(
                    "c3", priority=2, normalization="percentile"
                ),
                "c3_few": profile("c3", priority=2, min_population=20),
                "c3_fixed": profile("c3", priority=2, benchmark=950),
                "c3_ninety": profile(
                    "c3",
                    priority=2,
                    normalization="exponential",
                    benchmark=223,
                ),
                "c3_monthly": profile("c3", priority=2, period_days=30),
                "c7": profile("c7", benchmark=10),
                "c7_active": profile(
                    "c7",
                    priority=2,
                    benchmark=10,
                    account_method="active_average",
                ),
                "c9": profile(
                    "c9", period_days=30, decay="linear", decay_days=90
                ),
                "c9_half": profile(
                    "c9",
                    priority=2,
                    period_days=30,
                    decay="half_life",
                    decay_days=3,
                ),
                "c10": profile("c10", benchmark=10000),
                "c14": profile("c14"),
                "c14b": profile("c14b"),
                "f2": profile("f2"),
                "f3": profile("f3", benchmark=100),
                "f5": profile("f5", benchmark=10000),
                "b5": profile("b5", benchmark=1000),
                "everybody": {"priority": 9, "benchmark": 100},
            },
            "checklists": {
                "five": {
                    "entity": "account",
                    "priority": 1,
                    "filter": {"attribute": "scenario", "values": ["e1"]},
                    "steps": {
                        f"step_{n}": {"event_name": f"use_{n}"}
                        for n in range(1, 6)
                    },
                },
                "five_of_user": {
                    "entity": "user",
                    "priority": 1,
                    "filter": {"attribute": "scenario", "values": ["e1"]},
                    "steps": {
                        f"step_{n}": {"event_name": f"use_{n}"}
                        for n in range(1, 6)
                    },
                },
                "seven": {
                    "entity": "account",
                    "priority": 2,
                    "filter": {"attribute": "scenario", "values": ["e2"]},
                    "steps": ONBOARDING,
                },
                "trial": {
                    "entity": "account",
                    "priority": 3,
                    "filter": {
                        "attribute": "subscription_status",
                        "values": ["trial"],
                    },
                    "steps": {
                        "together": {
                            "event_name": "edit",
                            "min_count": 2,
                            "min_users": 2,
                        },
                        "soon": {"event_name": "create", "within_days": 7},
                        "shared": {"event_name": "upload"},
                    },
                },
                "paid": {
                    "entity": "account",
                    "priority": 4,
                    "steps": {
                        "first": {"event_name": "use_1"},
                        "second": {"event_name": "use_2"},
                        "third": {"event_name": "use_3"},
                    },
                },
            },
            "bands": shown["bands"],
            "signals": shown["signals"]
            | {
                "active_admin": {
                    "entity": "user",
                    "severity": "info",
                    "description": "Somebody who decides is at work.",
                    "teams": ["sales"],
                    "groups": [
                        [
                            {
                                "metric": "role",
                                "operator": "in",
                                "value": ["admin", "owner"],
                            },
                            {
                                "metric": "is_active",
                                "operator": "=",
                                "value": True,
                            },
                        ],
                        [
                            {
                                "metric": "role",
                                "operator": "=",
                                "value": 'it\'s "me"',
                            }
                        ],
                    ],
                    "actions": [{"team": "sales", "action": "Say hello"}],
                }
            },
        }
    )


def golden_world() -> World:
    """The rows."""
    world = World()
    for build in (
        _roll_up,
        _scores,
        _movement,
        _adoption,
        _activation,
        _signals,
    ):
        build(world)
    return world


def _roll_up(world: World) -> None:
    """A2, A4, A5, A6, A7, B1, B3, B6, K1."""
    account = world.account("a2")
    one, two, three = (world.user(f"a2_{n}", account) for n in (1, 2, 3))
    world.event(one, "create")
    world.event(two, "create", 1)
    world.event(three, "upload", 2, 3)
    world.event(one, "edit", 1, 3)
    world.event(two, "edit", 2, 2)
    world.event(three, "edit", 0)
    for age in (0, 29, 30, 180, 181, 730, 731):
        world.account(f"a4_{age}", age)
    for employees in (49, 50, 499, 500):
        world.account(f"a5_{employees}", employees=employees)
    world.account("a5_unknown")
    world.account("a6_empty")
    account = world.account("a6_people", seats=8)
    for n in range(6):
        world.user(f"a6_{n}", account)
    world.user("a6_internal", account, is_internal=True)
    world.user("a6_left", account, deactivated_at=day(3))
    world.event("a6_0", "look")
    world.event("a6_1", "look", 6)
    world.event("a6_2", "look", 7)
    world.event("a6_3", "login", 0)
    world.event("a6_4", "look", 90)
    world.event("a6_internal", "look")
    account = world.account("a7")
    user = world.user("a7_user", account)
    world.event(user, "configure", 29)
    world.event(user, "configure", 30)
    world.event(user, "point", 6, 3, event_value=10.5)
    world.event(user, "point", 0, 2, event_value=4)
    world.event(user, "point", 7, 1, event_value=100)
    # Three events as they happened, and a day's count from another source.
    user = world.user("k1_user", world.account("k1"))
    for hour in range(3):
        world.event(
            user,
            "point",
            1,
            occurred_at=day(1) + timedelta(hours=hour),
            source="clicks",
        )
    world.event(user, "point", 1, 4, event_id="k1_daily", source="summary")
    account = world.account("b6")
    robot = world.user("b6_robot", account)
    world.event(robot, "look", actor_type="automation")
    world.event(robot, "look", actor_type="system")
    world.event(world.user("b6_login", account), "login")


def _scores(world: World) -> None:
    """C1 to C5, C8, C9."""
    user = world.user("c1_user", world.account("c1"))
    for name, count in (
        ("point", 50),
        ("look", 11),
        ("create", 25),
        ("upload", 75),
        ("edit", 1000),
    ):
        world.event(user, name, count=count)
    user = world.user("c1b_user", world.account("c1b"))
    for name, count in (
        ("point", 9),
        ("look", 7),
        ("create", 5),
        ("upload", 20),
        ("edit", 15),
    ):
        world.event(user, name, count=count)
    account = world.account("c3")
    for points in SAMPLE:
        world.event(world.user(f"c3_{points}", account), "point", count=points)
    world.user("c3_idle", account)
    world.event("c3_idle", "login", 60)
    account = world.account("c8")
    user = world.user("c8_user", account)
    world.event(user, "hammer", 0, 12)
    world.event(user, "hammer", 1, 3)
    # Two accounts: the cap is per account and day.
    world.event(user, "hammer", 1, 9, account_id=world.account("c8_other"))
    world.event(world.user("c9_user", world.account("c9")), "point", 3, 9)


def _movement(world: World) -> None:
    """C7, C10, C14, F5: score changes."""
    for account, active in (("c7_whole", 4), ("c7_half", 2)):
        world.account(account)
        for n in range(4):
            user = world.user(f"{account}_{n}", account)
            world.event(user, "point", 10, 8)
            if n < active:
                world.event(user, "point", 2, 8)
    for name, before, now in (
        ("c10_up", 5000, 6000),
        ("c10_almost", 5000, 5999),
        ("c10_down", 5000, 4000),
        ("f5_20.00", 7000, 5000),
        ("f5_20.01", 7000, 4999),
        ("f5_rise", 4999, 7000),
        ("f5_gone", 7000, 0),
    ):
        user = world.user(f"{name}_user", world.account(name))
        world.event(user, "point", 8, before)
        if now:
            world.event(user, "point", 1, now)
    user = world.user(
        "c10_left_user", world.account("c10_left", cancelled_at=day(20))
    )
    for age in range(21, 200):
        world.event(user, "point", age, 200 - age)
    user = world.user("c10_new_user", world.account("c10_new", 12), 12)
    world.event(user, "point", 8, 100)
    world.event(user, "point", 1, 300)
    account = world.account("c14")
    for name, before, now in (("steady", 50, 50), ("growing", 100, 200)):
        user = world.user(f"c14_{name}", account)
        world.event(user, "point", 8, before)
        world.event(user, "point", 1, now)
    user = world.user("c14b_user", world.account("c14b"))
    world.event(user, "point", 8, 100)
    for age in (13, 14):
        user = world.user(f"f5_idle{age}_user", world.account(f"f5_idle{age}"))
        world.event(user, "point", age, 100)


def _adoption(world: World) -> None:
    """D1 to D5, D7."""
    account = world.account("d1")
    for use in USES[:2]:
        world.event(world.user(f"d1_{use}", account), use, 29)
    user = world.user("d1_two", account)
    for use in USES[:2]:
        world.event(user, use)
    user = world.user("d1_eight", account)
    for use in USES[:8]:
        world.event(user, use)
    account = world.account("d2")
    for name, used in (("left", USES[:4]), ("right", USES[2:8])):
        user = world.user(f"d2_{name}", account)
        for use in used:
            world.event(user, use)
    user = world.user("d3_user", world.account("d3", plan="gold"))
    world.event(user, "use_gold")
    account = world.account("d5")
    user = world.user("d5_user", account)
    world.event(user, "use_1", 0, 3)
    world.event(user, "use_2", 29)
    world.event(user, "use_3", 30)
    world.event(user, "use_4", 60)


def _activation(world: World) -> None:
    """E1 to E7."""
    account = world.account("e1", 20)
    user = world.user("e1_user", account, 20)
    world.event(user, "use_1", 20, occurred_at=day(20) + timedelta(minutes=90))
    world.event(user, "use_2", 12)
    done = [
        ("account", 1), ("invited", 2), ("project", 1), ("file", 2),
        ("calendar_event", 3), ("task", 1), ("task_done", 1),
    ]  # fmt: skip
    for steps in range(8):
        account = world.account(f"e2_{steps}", 50)
        user = world.user(f"e2_{steps}_user", account, 50)
        for place, (name, count) in enumerate(done):
            # One short of what the next step needs is not enough.
            enough = count if place < steps else count - 1
            if enough:
                world.event(user, name, 40 - place, enough)
    account = world.account(
        "e3_trial", 20, trial_started_at=day(20), trial_ends_at=day(6)
    )
    one = world.user("e3_one", account, 20)
    two = world.user("e3_two", account, 20)
    world.event(one, "edit", 15, 5)
    world.event(two, "edit", 10)
    world.event(one, "create", 13)
    world.account("e4_paid", 20, trial_started_at=day(20), converted_at=day(5))


def _signals(world: World) -> None:
    """F1, F2, F3, B5."""
    account = world.account("f1", csm="Kim")
    for name, role in (
        ("f1_admin", "admin"),
        ("f1_member", "member"),
        ("f1_none", None),
        ("f1_idle", "owner"),
        ("f1_odd", 'it\'s "me"'),
    ):
        world.user(name, account, role=role)
        if name not in ("f1_idle", "f1_odd"):
            world.event(name, "look")
    for name, age, people in (
        ("f2_fires", 181, 21),
        ("f2_few", 181, 20),
        ("f2_young", 180, 21),
    ):
        account = world.account(name, age, employees=100)
        for n in range(people):
            user = world.user(f"{name}_{n}", account, age)
            for use in USES[:8]:
                world.event(user, use)
    for name, people in (("f3_fires", 2), ("f3_three", 3)):
        account = world.account(name, 181, employees=100)
        for n in range(4):
            user = world.user(f"{name}_{n}", account, 181)
            world.event(user, "point", 8, 90)
            if n < people:
                world.event(user, "use_1", 1, 10)
    for name, days in (("b5_fires", 13), ("b5_short", 6)):
        user = world.user(f"{name}_user", world.account(name))
        for age in range(days):
            world.event(user, "look", age, 20)
    user = world.user("b5_logins_user", world.account("b5_logins"))
    for age in range(13):
        world.event(user, "login", age, 20)
