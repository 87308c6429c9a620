"""One small world with every golden case of the requirements.

Each case is an account (or a few) named after its row. It has its own score
profile or checklist, so that no case moves the benchmark of another; the
account attribute `scenario` keeps them apart. The expected results are in
tests/golden/expected.csv, the same for all warehouses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import md5
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
    "user_attributes": ["team"],
}


def day(age: int) -> datetime:
    """Noon, a number of days before the date of the figures."""
    return datetime(2024, 6, 30, 12) - timedelta(days=age)


def working_days(ages: Iterable[int]) -> list[int]:
    """The ages that are Mondays to Fridays."""
    return [age for age in ages if day(age).weekday() < 5]


class World:
    """Collects the rows of the inputs."""

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.users: list[Row] = []
        self.accounts: list[Row] = []
        self.memberships: list[Row] = []
        self.account_history: list[Row] = []
        self.usage_limits: list[Row] = []
        self.surveys: list[Row] = []
        self.communications: list[Row] = []
        self.tickets: list[Row] = []
        self.assessments: list[Row] = []
        self.subscription_changes: list[Row] = []
        self.signal_responses: list[Row] = []

    def account(self, name: str, age: int = 400, **attributes: Any) -> str:
        """Adds an account, created `age` days ago."""
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

    def user(
        self, name: str, account: str | None, age: int = 400, **more: Any
    ) -> str:
        """Adds a user of an account, created `age` days ago."""
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

    def limit(
        self, account: str, used: float, allowed: float, **more: Any
    ) -> None:
        """Adds how much of a limit an account uses."""
        self.usage_limits.append(
            {
                "account_id": account,
                "meter": "rows",
                "used": used,
                "allowed": allowed,
                "measured_at": day(3),
                **more,
            }
        )

    def answer(
        self, user: str, account: str, survey: str, score: int, age: int
    ) -> None:
        """What a user answered, so many days ago."""
        self.surveys.append(
            {
                "account_id": account,
                "user_id": user,
                "survey": survey,
                "score": score,
                "answered_at": day(age),
            }
        )


def golden_config() -> Config:
    """The configuration: the package's rules, and a profile for each case."""
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
                "sign_on": {"feature": "sso", **active},
                "use_future": {"feature": "future", **active},
                **{step["event_name"]: active for step in ONBOARDING.values()},
                "export": {"is_risk": True},
                "delete": {"is_risk": True},
                **{
                    f"guide_{name}": {
                        "flow": "guide",
                        "flow_step": step,
                        **active,
                    }
                    for step, name in enumerate(
                        ("help", "start", "next", "end")
                    )
                },
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
                "setup": {"is_setting": True, "plans": ["basic", "gold"]},
                "sso": {"is_setting": True, "plans": ["gold"]},
                "hooks": {"is_setting": True, "launched_on": "2024-07-01"},
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
                "c3_far": profile(
                    "c3", priority=2, normalization="exponential", benchmark=1
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
                "c9_halving": profile(
                    "c9",
                    priority=3,
                    period_days=180,
                    decay="halving",
                    decay_days=60,
                    account_method="total",
                ),
                # Of nine points, less than half a millionth is left.
                "c9_faded": profile(
                    "c9",
                    priority=4,
                    period_days=180,
                    decay="half_life",
                    decay_days=0.12,
                    normalization="percentile",
                ),
                "c10": profile("c10", benchmark=10000),
                "c10_month": profile(
                    "c10",
                    priority=2,
                    period_days=40,
                    change_days=10,
                    benchmark=10000,
                ),
                "c14": profile("c14"),
                "c14b": profile("c14b"),
                "f2": profile("f2"),
                "f3": profile("f3", benchmark=100),
                "f5": profile("f5", benchmark=10000),
                "b5": profile("b5", benchmark=1000),
                "b5long": profile("b5long", period_days=120, benchmark=1000),
                # A hundred more clicks a day make one more point a week.
                "slope": profile("slope", benchmark=4900),
                "j1": profile("j1", benchmark=1000),
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
                **{
                    checklist: {
                        "entity": entity,
                        "priority": 2,
                        "filter": {"attribute": "scenario", "values": ["e5"]},
                        "steps": {
                            "third": {"event_name": "file", "min_count": 3},
                            # Until the day before most of the events.
                            "early": {
                                "event_name": "file",
                                "min_count": 3,
                                "within_days": 18,
                            },
                            **more,
                        },
                    }
                    for checklist, entity, more in (
                        (
                            "files",
                            "account",
                            {
                                "together": {
                                    "event_name": "file",
                                    "min_count": 3,
                                    "min_users": 2,
                                }
                            },
                        ),
                        ("files_of_user", "user", {}),
                    )
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
            # Most cases have accounts with one user.
            "bands": shown["bands"]
            | {
                "alert_minimum_users": {"few": None, "enough": 1},
                "alert_minimum_events": {"few": None, "enough": 1},
                # In whole days, as of 14.
                "silent_days": {"active": None, "silent": 13.5},
            },
            "signals": shown["signals"]
            | {
                # A state with one condition, which may last.
                "crowded": {
                    "entity": "account",
                    "severity": "medium",
                    "description": "Four of five seats are taken.",
                    "teams": ["sales"],
                    "grace_days": 3,
                    "groups": [
                        [
                            {
                                "metric": "seats_used_rate",
                                "operator": ">=",
                                "value": 80,
                                "clear_value": 75,
                            }
                        ]
                    ],
                    "actions": [
                        {"team": "sales", "action": "Offer more seats"}
                    ],
                },
                # A state that asks for a missing value, until there is one.
                "unconverted": {
                    "entity": "account",
                    "severity": "info",
                    "description": "Has not paid yet.",
                    "teams": ["sales"],
                    "grace_days": 3,
                    "groups": [
                        [
                            {
                                "metric": "attribute_scenario",
                                "operator": "=",
                                "value": "unpaid",
                            },
                            {
                                "metric": "days_since_converted",
                                "operator": "is_null",
                            },
                        ]
                    ],
                    "actions": [{"team": "sales", "action": "Call"}],
                },
                # One that compares with a past, which a new profile hasn't.
                "compared": {
                    "entity": "user",
                    "severity": "info",
                    "description": "Can be compared.",
                    "teams": ["sales"],
                    "grace_days": 3,
                    "groups": [
                        [
                            {
                                "metric": "role",
                                "operator": "=",
                                "value": "mover",
                            },
                            {
                                "metric": "behavior_change",
                                "operator": ">=",
                                "value": -100,
                            },
                            {
                                "metric": "previous_score",
                                "operator": ">=",
                                "value": 0,
                            },
                        ]
                    ],
                    "actions": [{"team": "sales", "action": "Call"}],
                },
                **{
                    f"own_{attribute}": {
                        "entity": entity,
                        "severity": "info",
                        "description": "An attribute of the user's own.",
                        "teams": ["sales"],
                        "groups": [
                            [
                                {
                                    "metric": f"attribute_{attribute}",
                                    "operator": "in",
                                    "value": values,
                                }
                            ]
                        ],
                        "actions": [{"team": "sales", "action": "Call"}],
                    }
                    for entity, attribute, values in (
                        ("account", "scenario", ["f1", "f0"]),
                        ("user", "team", ["it", "r&d"]),
                    )
                },
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
                },
                "unwell": {
                    "entity": "account",
                    "severity": "info",
                    "description": "Health is low, or far from what it was.",
                    "teams": ["sales"],
                    "groups": [
                        [
                            {
                                "metric": "health_grade",
                                "operator": "=",
                                "value": "red",
                            },
                            {
                                "metric": "tier",
                                "operator": "=",
                                "value": "grade",
                            },
                        ],
                        [
                            {
                                "metric": "health_change",
                                "operator": "<=",
                                "value": -20,
                            }
                        ],
                    ],
                    "actions": [{"team": "sales", "action": "Ask"}],
                },
            },
            "health": {
                "any": {
                    "any": {
                        "money": health("mrr", 0, 100, 50),
                        "people": health("employees", 0, 200, 30),
                        # Less is better.
                        "debt": health("deal_size", 30, 0, 20),
                        "off": health("seats", 0, 1, 0),
                    },
                    "gold": {"gold": health("mrr", 0, 1000, 1)},
                    "grade": {"money": health("mrr", 0, 100, 1)},
                    "thirds": {
                        "one": health("mrr", 0, 100, 1),
                        "three": health("deal_size", 0, 100, 1),
                        "two": health("employees", 0, 100, 1),
                    },
                    "age": {"age": health("tenure_days", 60, 0, 2)},
                    "judged": {
                        "judgement": health("assessment_rating", 1, 5, 1)
                    },
                },
                "trial": {
                    "any": {"trial": health("mrr", 50, 150, 3)},
                    "gold": {"trial_gold": health("mrr", 100, 0, 3)},
                },
            },
        }
    )


def health(metric: str, floor: float, ceiling: float, weight: float) -> Row:
    """A component of the health score."""
    return {
        "metric": metric,
        "floor": floor,
        "ceiling": ceiling,
        "weight": weight,
    }


def golden_world() -> World:
    """The rows."""
    world = World()
    for build in (
        _roll_up,
        _scores,
        _movement,
        _adoption,
        _activation,
        _times_of_steps,
        _signals,
        _alerts,
        _usage,
        _slopes,
        _flows,
        _trials,
        _people,
        _power_users,
        _episodes,
        _work,
        _health,
        _own_past,
        _lost_features,
        _records,
        _subscriptions,
        _responses,
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
    # Only memberships say whose users they are, and that they have left:
    # whatever they did during it, before it, or on the day they left.
    account = world.account("a6_member")
    for n, (given, age, since) in enumerate(
        (
            (None, 12, 400),
            (account, 12, 400),
            (account, 20, 15),
            (account, 10, 400),
        )
    ):
        user = world.user(f"a6_member_{n}", None)
        world.event(user, "look", age, account_id=given)
        world.memberships.append(
            {
                "user_id": user,
                "account_id": account,
                "valid_from": day(since),
                "valid_to": day(10),
            }
        )
    # Without an account of their own: one is back after the day on which a
    # membership ended, one moved on that day, one came that day without having
    # been a member, one uses two accounts at once.
    account = world.account("a6_return")
    world.account("a6_returned")
    for name, age, given in (
        ("back", 10, account),
        ("back", 7, account),
        ("moved", 10, "a6_returned"),
        ("came", 10, account),
        ("both", 9, account),
        ("both", 9, "a6_returned"),
    ):
        world.event(f"a6_{name}", "look", age, account_id=given)
    for name in ("back", "moved", "came", "both"):
        world.user(f"a6_{name}", None)
    world.memberships += [
        {
            "user_id": user,
            "account_id": account,
            "valid_from": day(400),
            "valid_to": day(10),
        }
        for user in ("a6_back", "a6_moved")
    ]
    # Older than the account: nobody joins what is not there yet.
    world.user("a6_older_0", world.account("a6_older", 20), 40)
    world.event("a6_0", "look")
    world.event("a6_1", "look", 6)
    world.event("a6_2", "look", 7)
    world.event("a6_3", "login", 0)
    world.event("a6_4", "look", 90)
    world.event("a6_internal", "look")
    account = world.account("a6_leaver")
    world.user("a6_idle", account)
    world.event(world.user("a6_stays", account), "look")
    gone = world.user("a6_gone", account, deactivated_at=day(3))
    world.event(gone, "look", 5)
    world.event("a6_stranger", "look", account_id=account)
    account = world.account("a7")
    user = world.user("a7_user", account)
    world.event(user, "configure", 29)
    world.event(user, "configure", 30)
    world.event(user, "point", 6, 3, event_value=10.5)
    world.event(user, "point", 0, 2, event_value=4)
    world.event(user, "point", 7, 1, event_value=100)
    # Three single events, and a day's count from another source.
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
    account = world.account("c9")
    world.event(world.user("c9_user", account), "point", 3, 9)
    user = world.user("c9_steps", account)
    for age in (59, 60, 119, 120, 179, 180):
        world.event(user, "point", age, 4)
    # 89/90 + 88/90 + 87/90 is three times 88/90, except for the last bit.
    account = world.account("c9_tie")
    world.event(world.user("c9_tie_1", account), "point", 2, 3)
    user = world.user("c9_tie_2", account)
    for age in (1, 2, 3):
        world.event(user, "point", age)


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
        ("f5_rise_20", 5000, 7000),
        ("f5_gone", 7000, 0),
    ):
        user = world.user(f"{name}_user", world.account(name))
        world.event(user, "point", 8, before)
        if now:
            world.event(user, "point", 1, now)
    user = world.user("f5_turned_user", world.account("f5_turned"))
    for age, points in ((15, 7000), (8, 4999), (1, 7000)):
        world.event(user, "point", age, points)
    # The level they rise from must not be a rise itself.
    for name, before in (("f5_rise", 4999), ("f5_rise_20", 5000)):
        for age in (15, 22):
            world.event(f"{name}_user", "point", age, before)
    user = world.user(
        "c10_left_user", world.account("c10_left", cancelled_at=day(20))
    )
    for age in range(21, 200):
        world.event(user, "point", age, 200 - age)
    user = world.user("c10_month_user", world.account("c10_month"))
    world.event(user, "point", 30, 4000)
    world.event(user, "point", 5, 2000)
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
    for age in (29, 30):
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
    # Not a key feature.
    world.event(user, "configure", occurred_at=day(20) + timedelta(minutes=30))
    done = [
        ("account", 1), ("invited", 2), ("project", 1), ("file", 2),
        ("calendar_event", 3), ("task", 1), ("task_done", 1),
    ]  # fmt: skip
    for steps in range(8):
        account = world.account(f"e2_{steps}", 50)
        user = world.user(f"e2_{steps}_user", account, 50)
        for place, (name, count) in enumerate(done):
            # The next step gets one less than it needs.
            enough = count if place < steps else count - 1
            if enough:
                world.event(user, name, 40 - place, enough)
    for name, age, activated in (
        ("e2_day29", 50, 21),
        ("e2_day30", 50, 20),
        ("e2_june", 25, 23),
    ):
        user = world.user(f"{name}_user", world.account(name, age), age)
        for step, count in done:
            world.event(user, step, activated, count)
    account = world.account(
        "e3_trial", 20, trial_started_at=day(20), trial_ends_at=day(6)
    )
    one = world.user("e3_one", account, 20)
    two = world.user("e3_two", account, 20)
    world.event(one, "edit", 15, 5)
    world.event(two, "edit", 10)
    world.event(one, "create", 13)
    world.account("e4_paid", 20, trial_started_at=day(20), converted_at=day(5))
    world.account("e4_soon", 20, trial_started_at=day(-1))


def _times_of_steps(world: World) -> None:
    """E2, E3, E5: which event of a day was the third."""

    def file(user: str, *hours: float, **more: Any) -> None:
        for hour in hours:
            time = datetime(2024, 6, 18) + timedelta(hours=hour)
            world.event(user, "file", **{"occurred_at": time, **more})

    def user(name: str) -> str:
        account = world.account(f"e5_{name}", 30)
        return world.user(f"e5_{name}_user", account, 30)

    file(user("alone"), 12, 8, 10.5, 11, 9.25)
    # Two days earlier there was one.
    begun = user("begun")
    file(begun, 8, 9, 10, 11)
    file(begun, 0, occurred_at=day(14))
    # The second was sent twice, first with the time 10:00.
    again = user("again")
    file(again, 8, 11, 12)
    file(again, 10, 9, event_id="e5_again")
    # None, four and one, counted beforehand.
    counted = user("counted")
    file(counted, 7, 12)
    file(counted, 8, count=0)
    file(counted, 9, count=4)
    robot = user("robot")
    file(robot, 8, 9, 11, 12)
    file(robot, 8.5, 9.5, actor_type="automation")
    # Users take turns, and another comes after the third event.
    file(user("turns"), 8, 10, 12)
    file(world.user("e5_turns_other", "e5_turns", 30), 9, 11)
    file(user("late"), 8, 9, 10, 12)
    file(world.user("e5_late_other", "e5_late", 30), 11)
    staff = world.user("e5_late_staff", "e5_late", 30, is_internal=True)
    file(staff, 8.5)
    # One of the four events is in another account.
    guest = user("guest")
    file(guest, 8, 10, 11, 12)
    file(guest, 9, account_id=world.account("e5_host", 30))
    # A member of this account until the 18th.
    world.account("e5_next", 30)
    moved = user("moved")
    file(moved, 0, 1, occurred_at=day(13))
    file(moved, 8, 9, 10, 11)
    world.memberships += [
        {
            "user_id": moved,
            "account_id": account,
            "valid_from": datetime(2024, month, 18),
            "valid_to": datetime(2024, month + 1, 18),
        }
        for account, month in (("e5_moved", 5), ("e5_next", 6))
    ]


def _signals(world: World) -> None:
    """F1, F2, F3, B5: signals on several metrics at once."""
    account = world.account("f1", csm="Kim")
    for name, role in (
        ("f1_admin", "admin"),
        ("f1_member", "member"),
        ("f1_none", None),
        ("f1_idle", "owner"),
        ("f1_odd", 'it\'s "me"'),
    ):
        team = "r&d" if name == "f1_odd" else None
        world.user(name, account, role=role, team=team)
        if name not in ("f1_idle", "f1_odd"):
            world.event(name, "look")
    for name, age, people, employees, features in (
        ("f2_fires", 181, 21, 100, 8),
        ("f2_few", 181, 20, 100, 8),
        ("f2_young", 180, 21, 100, 8),
        ("f2_small", 181, 21, 49, 8),
        ("f2_narrow", 181, 21, 100, 7),
    ):
        account = world.account(name, age, employees=employees)
        for n in range(people):
            user = world.user(f"{name}_{n}", account, age)
            for use in USES[:features]:
                world.event(user, use)
    for name, age, people, features in (
        ("f3_fires", 181, 2, 1),
        ("f3_three", 181, 3, 1),
        ("f3_young", 180, 2, 1),
        ("f3_20", 181, 2, 2),
        ("f3_30", 181, 2, 3),
    ):
        account = world.account(name, age, employees=100)
        for n in range(4):
            user = world.user(f"{name}_{n}", account, age)
            world.event(user, "point", 8, 90)
            if n < people:
                for use in USES[:features]:
                    world.event(user, use, 1, 10)
    for name, now in (("f3_drop20", 70), ("f3_drop21", 69)):
        account = world.account(name, 181, employees=100)
        for n in range(2):
            user = world.user(f"{name}_{n}", account, 181)
            world.event(user, "point", 8, 90)
            world.event(user, "point", 1, now)
    for name, days, count in (
        ("b5_fires", 13, 20),
        ("b5_short", 6, 20),
        ("b5_50", 13, 7),
        ("b5_49", 13, 7),
    ):
        user = world.user(f"{name}_user", world.account(name))
        for age in range(days):
            more = name == "b5_50" and age % 7 == 0
            world.event(user, "look", age, count + more)
    user = world.user("b5_logins_user", world.account("b5_logins"))
    for age in range(13):
        world.event(user, "login", age, 20)
    # Many logins within the period, and nobody for three months.
    for name, last in (("b5long_gone", 90), ("b5long_here", 89)):
        user = world.user(f"{name}_user", world.account(name))
        for age in range(last, last + 10):
            world.event(user, "login", age, 20)


def _alerts(world: World) -> None:
    """F5: what happens on a day."""
    for age in (3, 6, 7):
        world.account(f"f5_new{age}", age)
    world.account("f5_tomorrow", -1)
    world.account("f5_converted", 20, converted_at=day(0))
    world.account("f5_converts", 20, converted_at=day(-1))
    world.account("f5_left", 100, cancelled_at=day(3))
    world.account("f5_leaving", 100, cancelled_at=day(-1))
    # F12: of an account that cancels today, the cancellation is left to do.
    account = world.account("f12_left", cancelled_at=day(0))
    world.event(world.user("f12_left_user", account), "delete", 2)
    account = world.account("f5_left_silent", 150, cancelled_at=day(3))
    world.user("f5_left_silent_1", account, 150)
    world.event("f5_left_silent_1", "point", 100)
    account = world.account("f5_team", 100)
    world.user("f5_first", account, 100)
    for name in ("f5_joined", "f5_joined_too"):
        world.user(name, account, 3)
    world.user("f5_internal", account, 3, is_internal=True)
    account = world.account("f5_founded", 3, trial_started_at=day(3))
    world.user("f5_founder", account, 3)
    world.user("f5_colleague", account, 2)
    # The same five steps, on trial and as a customer.
    trial = {"trial_started_at": day(20)}
    for name, status, age, before, after in (
        ("f5_20", trial, 20, [], ["use_1"]),
        ("f5_40", trial, 20, ["use_1"], ["use_2"]),
        ("f5_40_paid", {}, 20, ["use_1"], ["use_2"]),
        ("f5_100", trial, 20, USES[:4], ["use_5"]),
        ("f5_100_paid", {}, 20, USES[:4], ["use_5"]),
        (
            "f5_100_pays",
            {**trial, "converted_at": day(1)},
            20,
            USES[:4],
            ["use_5"],
        ),
        ("f5_leap", trial, 20, ["use_1"], USES[1:5]),
        ("f5_at_once", {"trial_started_at": day(3)}, 3, [], USES[:5]),
    ):
        account = world.account(name, age, scenario="e1", **status)
        user = world.user(f"{name}_user", account, age)
        for use in before:
            world.event(user, use, 5)
        for use in after:
            world.event(user, use, 3)
    account = world.account("f5_features")
    one, two = (world.user(f"f5_features_{n}", account) for n in (1, 2))
    world.event(one, "use_1", 5)
    world.event(two, "use_1", 3)
    for use in ("use_2", "use_3", "configure"):
        world.event(one, use, 2)
    account = world.account("f5_first_day", 3)
    user = world.user("f5_first_day_user", account, 3)
    world.event(user, "use_1", 3)
    world.event(user, "use_2", 2)
    user = world.user("f5_risk_user", world.account("f5_risk"))
    world.event(user, "export", 2, 2)
    world.event(user, "delete", 2)
    world.event(user, "edit", 1)


def _usage(world: World) -> None:
    """F9: seats, capacity, licences, logins, contracts, adoption, surveys."""
    for name, seats, users, active, silent, mrr in (
        ("f9_seats80", 5, 4, 3, 6, 1),
        ("f9_seats79", 5.00626, 4, 3, 6, 1),
        ("f9_seats_of_four", 4, 4, 3, 6, 1),
        ("f9_seats_active50", 5, 4, 2, 6, 1),
        ("f9_seats_active60", 6, 5, 3, 6, None),
        ("f9_seats_free", 5, 4, 3, 6, 0),
    ):
        account = world.account(name, seats=seats, mrr=mrr)
        for n in range(users):
            user = world.user(f"{name}_{n}", account)
            if n < active:
                world.event(user, "look", silent)
    for name, used in (("f9_capacity80", 80), ("f9_capacity79", 79.9)):
        world.limit(world.account(name), used, 100)
        world.limit(name, 1, 100, meter="files")
        # An older reading, no longer valid.
        world.limit(name, 79, 100, measured_at=day(9))
    account = world.account("f9_licences")
    for name, age, more in (
        ("f9_licence14", 14, {}),
        ("f9_licence13", 13, {}),
        ("f9_licence_used", 14, {}),
        # Licensed before the events begin, on 14 December.
        ("f9_licence_old", 400, {}),
        ("f9_licence_left", 20, {"deactivated_at": day(2)}),
    ):
        world.user(name, account, licensed_at=day(age), **more)
    world.event("f9_licence_used", "look", 13)
    for name, age, mrr in (
        ("f9_never", 13, 10),
        ("f9_never_short", 12, 10),
        ("f9_never_free", 13, 0),
        ("f9_never_but", 13, 10),
    ):
        world.user(f"{name}_user", world.account(name, age, mrr=mrr), age)
    world.event("f9_never_but_user", "look", 5)
    # F11: where nobody ever started, whose licence it was is no task.
    account = world.account("f11_never", 20, mrr=10)
    world.user("f11_never_user", account, 20, licensed_at=day(14))
    for name, days, idle in (
        ("f9_login5", 13, 2),
        ("f9_login4", 13, 3),
        ("f9_login_short", 12, 2),
        ("f9_login_look", 13, 2),
    ):
        user = world.user(f"{name}_user", world.account(name))
        for age in range(days):
            if age % 7 >= idle:
                world.event(user, "login", age)
    world.event("f9_login_look_user", "look", 3)
    for name, left, age in (
        ("f9_silent", 90, 14),
        ("f9_silent13", 90, 13),
        ("f9_contract91", 91, 14),
        ("f9_inactive90", 90, 30),
        ("f9_inactive91", 91, 30),
        ("f9_contract_over", -1, 14),
    ):
        account = world.account(name, contract_ends_at=day(-left))
        world.event(world.user(f"{name}_user", account), "look", age)
    for name, first, age in (
        ("f9_fast", 29, 60),
        ("f9_slow", 30, 100),
        ("f9_fast_new", 29, 59),
    ):
        account = world.account(name, age)
        user = world.user(f"{name}_user", account, age)
        for use, since in zip(USES, (first, 15, 0), strict=False):
            world.event(user, use, since)
    # The steps that make it adopted are uses 1 to 3.
    for name, age, since, uses in (
        ("f9_ready", 97, 6, USES[:8]),
        ("f9_ready90", 96, 6, USES[:8]),
        ("f9_ready_short", 100, 5, USES[:8]),
        ("f9_ready70", 100, 6, USES[:7]),
        ("f9_ready_onboarding", 100, 6, USES[1:9]),
    ):
        user = world.user(f"{name}_user", world.account(name, age), age)
        for use in uses:
            world.event(user, use, since, 8)
    for left in (91, 90, 0, -1):
        account = world.account(
            f"h4_ends_in_{left}", contract_ends_at=day(-left)
        )
        user = world.user(f"{account}_user", account)
        for use in USES[:3]:
            world.event(user, use, 150)
    for account, answers in (
        ("f9_survey", {"nps": 6, "csat": 2}),
        ("f9_pleased", {"nps": 7, "csat": 3}),
    ):
        world.account(account)
        for survey, score in answers.items():
            user = world.user(f"{account}_{survey}", account)
            world.answer(user, account, survey, score, 2)


def _slopes(world: World) -> None:
    """F9: declining and flat, over twelve weeks."""
    for name, days, first, daily in (
        ("f9_declining100", 96, 7000, 100),
        ("f9_declining99", 96, 7000, 99),
        ("f9_flat24", 118, 10000, -24),
        ("f9_flat25", 118, 10000, -25),
    ):
        user = world.user(f"{name}_user", world.account(name, scenario="slope"))
        for age in range(days):
            world.event(user, "click", age, first + daily * age)
    # Three points down a week, on too few days or just enough.
    for age in (89, 88):
        account = world.account(f"f9_declining_day{age}", age)
        user = world.user(f"{account}_user", account, age)
        for since in range(age, -1, -7):
            world.event(user, "point", since, 10 + 3 * since // 7)
    for age in (208, 207):
        account = world.account(f"f9_flat_day{age}", age)
        user = world.user(f"{account}_user", account, age)
        for since in range(0, 120, 7):
            world.event(user, "point", since, 14)


def _flows(world: World) -> None:
    """F9: abandoned guided flows, and help that did not help."""
    account = world.account("f9_flow")
    for name, steps in {
        "left": {"start": 7},
        "recent": {"start": 6},
        "done6": {"start": 7, "end": 1},
        "done7": {"start": 7, "end": 0},
        "on": {"start": 7, "next": 3},
        "known": {"end": 30, "start": 7},
        "help": {"help": 7},
        "help_done": {"help": 7, "end": 1},
        "help_late": {"help": 8, "end": 0},
        "help_known": {"end": 8, "help": 7},
    }.items():
        user = world.user(f"f9_flow_{name}", account)
        for step, age in steps.items():
            world.event(user, f"guide_{step}", age)
    # F12: nothing is left to do for who leaves today.
    user = world.user("f12_gone", account, deactivated_at=day(0))
    world.event(user, "guide_start", 8)


def _trials(world: World) -> None:
    """F9: users silent on trial."""
    account = world.account("f9_trial", 20, trial_started_at=day(20))
    for age in (0, 1, 2, 3, 14, 15):
        world.event(world.user(f"f9_trial_{age}", account, 20), "look", age)
    for age in (0, 1, 2, 3):
        world.user(f"f9_trial_never{age}", account, age)
    world.event(world.user("f9_paid_5", world.account("f9_paid")), "look", 5)


def _people(world: World) -> None:
    """F10, I3: champions, turnover, accounts that depend on one person."""
    account = world.account("f10_tie")
    for n in (1, 2, 3):
        user = world.user(f"f10_tie_{n}", account)
        world.event(user, "point", 6, 60 if n < 3 else 59)
    account = world.account("m4")
    for n, actors in enumerate(
        (("human", "human", "human", "agent"), ("agent",), ("system",)), 1
    ):
        user = world.user(f"m4_{n}", account)
        for actor in actors:
            world.event(user, "point", 1, actor_type=actor)
    for name, age, clicks in (
        ("f10_champion", 36, 5000),
        ("f10_champion29", 35, 5000),
        ("f10_champion49", 36, 4999),
    ):
        account = world.account(name)
        world.event(world.user(f"{name}_1", account, age), "click", 6, clicks)
        world.event(world.user(f"{name}_2", account), "point", 6)
    for name, ages, left in (
        ("f10_lost15", (28, 21, 14), None),
        ("f10_lost14", (27, 21, 14), None),
        # Led on 14 of 30 days, and on the day before those.
        ("f10_lost_31st", (50, 27, 21, 14), None),
        ("f10_lost_silent13", (27, 20, 13), None),
        ("f10_lost_left", (24, 17, 10), day(2)),
    ):
        account = world.account(name)
        leader = world.user(f"{name}_1", account, deactivated_at=left)
        for age in ages:
            world.event(leader, "point", age, 5)
        other = world.user(f"{name}_2", account)
        for age in range(0, 29, 7):
            world.event(other, "point", age)
    # An account has one champion, so that it loses no more at once.
    account = world.account("f10_lost_tied")
    for n in (1, 2):
        user = world.user(f"f10_lost_tied_{n}", account, deactivated_at=day(2))
        for age in (24, 17, 10):
            world.event(user, "point", age, 5)
    for name, ages in (
        ("f7_idle", (100, 60, 20)),
        ("f9_quiet", (14, 20, 25)),
        ("f9_quiet_for_13", (13, 20, 25)),
        ("f9_quiet_4_days", (14, 20, 25, 30)),
        ("m11_every_day", range(180)),
        ("m11_every_working_day", working_days(range(180))),
        ("m11_oldest_60", working_days(range(120, 180))),
        ("m11_long_ago", range(180, 190)),
    ):
        user = world.user(f"{name}_1", world.account(name))
        for age in ages:
            world.event(user, "point", age)
    for name, age, silent in (
        ("m12_turned", 100, 0),
        ("m12_silent_89", 100, 89),
        ("m12_dormant_90", 100, 90),
        ("m12_silent_179", 200, 179),
        ("m12_lost_180", 200, 180),
    ):
        account = world.account(name, seats=10)
        for n in range(8):
            gone = day(1) if name == "m12_turned" and n == 0 else None
            world.user(f"{name}_{n}", account, age + n, deactivated_at=gone)
        world.event(f"{name}_1", "point", silent)
    account = world.account("unpaid_m12", 100, converted_at=day(1))
    world.event(world.user("unpaid_m12_1", account, 100), "point", 0)
    # Into an account whose profile is another.
    account = world.account("mover_m12")
    user = world.user("mover_m12_1", account, role="mover")
    world.event(user, "point", 3)
    world.memberships += [
        {
            "user_id": user,
            "account_id": account,
            "valid_from": day(400),
            "valid_to": day(1),
        },
        {
            "user_id": user,
            "account_id": world.account("f5_m12"),
            "valid_from": day(1),
            "valid_to": None,
        },
    ]
    for name, people, left in (
        ("f10_turnover25", 8, (29, 10)),
        ("f10_turnover22", 9, (29, 10)),
        ("f10_turnover_one", 4, (10,)),
        ("f10_turnover_day", 8, (39, 10)),
        ("f10_turnover_apart", 8, (40, 10)),
    ):
        account = world.account(name)
        for n in range(people):
            gone = day(left[n]) if n < len(left) else None
            world.user(f"{name}_{n}", account, deactivated_at=gone)
    # Of an account that was made anew. Whoever left before it began, or on its
    # first day, was never there.
    account = world.account("f10_turnover_anew", 3)
    for n, age in enumerate((20, 4, 3, 2)):
        world.user(
            f"f10_turnover_anew_{n}", account, 60, deactivated_at=day(age)
        )
    for name, people, points, since in (
        ("f10_single80", 3, (80, 20), 13),
        ("f10_single79", 3, (799, 201), 13),
        ("f10_single_short", 3, (80, 20), 12),
        ("f10_single_two", 2, (80, 20), 13),
    ):
        account = world.account(name)
        for n in range(people):
            user = world.user(f"{name}_{n}", account)
            if n < 2:
                world.event(user, "point", since, points[n])
                world.event(user, "point", 6, points[n])
    # The others keep the account from dropping with them.
    account = world.account("f10_people", scenario="f5")
    for name, before, now in (
        ("f10_user40.00", 7000, 3000),
        ("f10_user40.01", 7000, 2999),
        ("f10_user_from50", 5000, 900),
        ("f10_user_from49", 4999, 900),
        *((f"f10_steady{n}", 5000, 5000) for n in range(5)),
    ):
        user = world.user(name, account)
        if name.startswith("f10_steady"):
            world.event(user, "point", 15, before)
        world.event(user, "point", 8, before)
        world.event(user, "point", 1, now)


def _power_users(world: World) -> None:
    """F10, F11, J1: the best of twenty, and signals that experts don't get."""
    account = world.account("j1")
    best = {
        # Percentile 100, 95, 90 and 85.
        "j1_three_days": (187, 3, 100, 8),
        "j1_young": (186, 4, 70, 8),
        "j1_narrow": (400, 4, 60, 7),
        "j1_fourth": (400, 7, 30, 8),
    }
    for name, (age, days, points, features) in best.items():
        user = world.user(name, account, age)
        for since in range(28):
            if since % 7 < days:
                world.event(user, "point", since, points)
        for use in USES[:features]:
            world.event(user, use, 21)
        world.event(user, "guide_start", 7)
    for n in range(1, 17):
        user = world.user(f"j1_{n}", account)
        for week in range(4):
            world.event(user, "point", 7 * week, n)


def _episodes(world: World) -> None:
    """F7: grace, hysteresis, closing, opening again."""
    for name, back in (("f7_gap3", 17), ("f7_gap4", 16)):
        account = world.account(name, seats=5)
        for n in range(3):
            world.user(f"{name}_{n}", account, 100)
        world.user(f"{name}_left", account, 100, deactivated_at=day(20))
        world.user(f"{name}_back", account, back)
    for name, people, left in (
        ("f7_75", 13, 1),
        ("f7_never", 12, 0),
        ("f7_68", 13, 2),
    ):
        account = world.account(name, seats=16)
        for n in range(people):
            gone = day(10) if n < left else None
            world.user(f"{name}_{n}", account, 100, deactivated_at=gone)
    for name, age in (("f7_cancelled", 5), ("f7_cancelled_now", 1)):
        account = world.account(name, seats=5, cancelled_at=day(age))
        for n in range(4):
            world.user(f"{name}_{n}", account, 100)
    # Three days of grace, cut short by the cancellation.
    for name, emptied, age in (
        ("f7_left_today", 2, 0),
        ("f7_left_yesterday", 3, 1),
        ("f7_left_too", 3, 1),
    ):
        account = world.account(name, seats=5, cancelled_at=day(age))
        for n in range(4):
            gone = day(emptied) if n < 2 else None
            world.user(f"{name}_{n}", account, 100, deactivated_at=gone)


def _work(world: World) -> None:
    """F12: what is most urgent for one owner."""
    for name, mrr, seats, silent in (
        ("f12_inactive", 1, None, 60),
        ("f12_rich", 500, 1, 0),
        ("f12_poor", 100, 1, 0),
    ):
        account = world.account(name, csm="Ana", mrr=mrr, seats=seats)
        world.event(world.user(f"{name}_user", account), "look", silent)
    world.account("f12_news", 0, csm="Ana", mrr=1000)


def _health(world: World) -> None:
    """H1, H2, H3: health, by figures of the accounts input."""
    trial = {"trial_started_at": day(20)}
    for name, figures in {
        "h1_all": {"mrr": 80, "employees": 100, "deal_size": 15},
        "h1_beyond": {"mrr": 150, "employees": 200, "deal_size": 45},
        "h1_gold": {"mrr": 80, "tier": "gold"},
        "h1_trial": {"mrr": 80, **trial},
        "h1_trial_gold": {"mrr": 80, "tier": "gold", **trial},
        "h1_trial_other": {"mrr": 80, "tier": "grade", **trial},
        "h2_no_debt": {"mrr": 80, "employees": 100},
        "h2_no_money": {"employees": 100, "deal_size": 15},
        "h2_money": {"mrr": 80},
        "h2_zero": {"mrr": 0, "employees": 0, "deal_size": 30},
        "h2_none": {},
        "h2_left": {"mrr": 80, "cancelled_at": day(2)},
        "h3_thirds": {
            "mrr": 50,
            "deal_size": 50,
            "employees": 0,
            "tier": "thirds",
        },
        "h3_two_thirds": {"mrr": 100, "deal_size": 25, "tier": "thirds"},
        "h3_29.99": {"mrr": 29.99, "tier": "grade"},
        "h3_30": {"mrr": 30, "tier": "grade"},
        "h3_59.99": {"mrr": 59.99, "tier": "grade"},
        "h3_60": {"mrr": 60, "tier": "grade"},
    }.items():
        world.account(name, **figures)
    # 60 days make 0 points, 0 days make 100.
    for age in (12, 42):
        world.account(f"h3_age_{age}", age, tier="age")


def _own_past(world: World) -> None:
    """M1, M3: weekly users compared with the past, set-up features in use."""
    past = [10, 10, 10, 12, 10, 10, 8, 10]
    for name, age, recent, before in (
        ("m1", 400, [5, 5, 5], past),
        ("m1_silent", 400, [0, 0, 0], past),
        ("m1_four_weeks", 400, [5, 5, 5], [10, 0, 10, 0, 10, 0, 10, 0]),
        ("m1_three_weeks", 400, [5, 5, 5], [10, 0, 10, 0, 10, 0, 0, 0]),
        # Nine, ten and seven whole weeks old: the first days are too few.
        ("m1_nine_weeks", 68, [6, 6, 3], [4, 6, 8, 2, 10, 1]),
        ("m1_ten_weeks", 69, [7, 7, 7], [1, 2, 3, 4, 5, 6]),
        ("m1_seven_weeks", 54, [5, 5, 5], [10, 10, 10]),
    ):
        account = world.account(name, age)
        people = [world.user(f"{name}_{n}", account, age) for n in range(12)]
        for week, count in enumerate([*recent, 11, *before]):
            for user in people[:count]:
                world.event(user, "look", 7 * week + 3)
                world.event(user, "login", 7 * week)
            # A login is not activity; below, one person comes twice.
            world.event(people[11], "login", 7 * week)
            if count:
                world.event(people[0], "look", 7 * week + 1)
    for name, plan, uses in (
        ("m3_one_of_two", "gold", {"configure": 29}),
        ("m3_both", "gold", {"configure": 29, "sign_on": 0}),
        ("m3_too_old", "gold", {"configure": 30}),
        ("m3_not_entitled", "basic", {"configure": 3, "sign_on": 0}),
        ("m3_nothing_to_use", "free", {"configure": 3}),
    ):
        user = world.user(f"{name}_user", world.account(name, plan=plan))
        for use, age in uses.items():
            world.event(user, use, age)


def _lost_features(world: World) -> None:
    """M2: a key feature that is used for weeks and then not at all."""
    for name, ages, look in (
        ("m2_lost", (14, 21, 28, 35), 6),
        ("m2_eight_weeks", (14, 21, 28, 69), 6),
        ("m2_nine_weeks", (14, 21, 28, 70), 6),
        ("m2_three_weeks", (14, 15, 21, 28), 6),
        ("m2_13_days", (13, 20, 27, 34), 6),
        ("m2_quiet", (14, 21, 28, 35), 7),
        ("m2_on_the_day", (15, 22, 29, 36, 1), 6),
        ("m2_back", (16, 23, 30, 37, 1), 6),
    ):
        user = world.user(f"{name}_user", world.account(name))
        for age in ages:
            world.event(user, "use_1", age)
        world.event(user, "look", look)
    # What the plan no longer has was not given up.
    for name, plan in (("m2_in_plan", "gold"), ("m2_not_in_plan", "basic")):
        user = world.user(f"{name}_user", world.account(name, plan=plan))
        for age in (14, 21, 28, 35):
            world.event(user, "use_gold", age)
        world.event(user, "look", 6)
    # A setting is not a key feature.
    user = world.user("m2_setting_user", world.account("m2_setting"))
    for age in (14, 21, 28, 35):
        world.event(user, "configure", age)
    world.event(user, "look", 6)


def _records(world: World) -> None:
    """H1, M5: tickets, surveys, communications, assessments."""
    for ticket, opened, closed, priority in (
        ("urgent", 10, None, " Urgent"),
        ("closed_today", 5, 0, "high"),
        ("closed_later", 3, -2, "low"),
        ("today", 0, None, None),
        ("tomorrow", -1, None, "urgent"),
        ("within_a_day", 2, 2, "urgent"),
    ):
        row = {
            "ticket_id": ticket,
            "account_id": "h1_tickets",
            "opened_at": day(opened),
            "closed_at": None if closed is None else day(closed),
            "priority": priority,
        }
        world.tickets += [row, {**row, "closed_at": None}]
    for name, answers in (
        ("h1_tickets", []),
        ("h1_survey", [("nps", 9, 100), ("csat", 2, 10)]),
        ("h1_survey_old", [("nps", 9, 180)]),
        ("h1_survey_kept", [("nps", 7, 179)]),
        ("h1_off_scale", [("nps", 6, 2), ("csat", 0, 1), ("ces", 5, 1)]),
    ):
        world.account(name)
        for survey, score, age in answers:
            world.answer(f"{name}_user", name, survey, score, age)
    for name, messages in (
        (
            "h1_talk",
            [
                *(("outbound", age) for age in (90, 89, 60, 20, 5)),
                *(("inbound", age) for age in (46, 59, 7)),
            ],
        ),
        ("h1_too_late", [("outbound", 20), ("inbound", 6)]),
        ("h1_same_time", [("inbound", 10), ("outbound", 10)]),
        ("h1_called", [("Inbound ", 2), ("inbound", -1)]),
    ):
        world.account(name)
        for direction, age in messages:
            world.communications.append(
                {
                    "account_id": name,
                    "occurred_at": day(age),
                    "direction": direction,
                }
            )
    world.account("m5", tier="judged")
    for rating, age in ((4, 40), (2, 10), (7, 3), (5, -1)):
        world.assessments.append(
            {"account_id": "m5", "assessed_at": day(age), "rating": rating}
        )


def _subscriptions(world: World) -> None:
    """M6: revenue that rises and falls."""
    renewal = {"contract_ends_at": day(-60)}
    for name, attributes, changes in (
        (
            "m6_down_sold",
            {},
            [
                ("new", 300, None, 100),
                ("up-sell", 89, 100, 150),
                ("down-sell", 20, 150, 120),
            ],
        ),
        ("m6_old", {}, [("new", 300, 0, 100), ("up-sell", 90, 100, 150)]),
        ("m6_new", {}, [("new", 5, None, 100)]),
        (
            "m6_new_and_raised",
            {},
            [("new", 5, 0, 100), ("up-sell", 5, 100, 150)],
        ),
        (
            "m6_free_before",
            {"mrr": 29.99},
            [("new", 40, 0, 0), ("up-sell", 5, 0, 29.99)],
        ),
        (
            "m6_taken_back",
            {"mrr": 29.99},
            [
                ("new", 40, 0, 100),
                ("cancellation", 40, 100, 0),
                ("new", 5, 0, 29.99),
            ],
        ),
        (
            "m6_discounted",
            {"mrr": 29.99},
            [
                ("new", 40, 0, 29.99, "crm"),
                ("discount", 40, 0, -29.99, "discount"),
                ("renewal", 10, 29.99, 29.99, "crm"),
                ("discount", 5, -29.99, 0, "discount"),
            ],
        ),
        # Nobody wrote down when it began to pay.
        ("m6_gap", {}, [("new", 40, 0, 0), ("up-sell", 5, 100, 150)]),
        # The first row says that it paid before, so it is not new later.
        (
            "m6_came_back",
            {},
            [("cancellation", 40, 100, 0), ("reactivation", 5, 0, 150)],
        ),
        ("m6_moved", {}, [("swap", 5, 100, 0), ("swap", 5, 0, 150)]),
        ("m6_cancelled", {}, [("cancellation", 1, 100, None)]),
        ("m6_at_risk", {"mrr": 80, **renewal}, [("down-sell", 20, 99, 80)]),
        ("m6_unwell", {"mrr": 59.99, **renewal}, [("down-sell", 20, 99, 60)]),
        ("m6_at_peace", {"mrr": 80, **renewal}, [("up-sell", 20, 60, 80)]),
        ("m6_signed", {"mrr": 80}, [("down-sell", 20, 99, 80)]),
        ("m6_notice", {"mrr": 80, "cancelled_at": day(-90)}, []),
        ("m6_later_notice", {"mrr": 80, "cancelled_at": day(-91)}, []),
        ("m6_unwell_notice", {"mrr": 59.99, "cancelled_at": day(-90)}, []),
        ("m6_weak", {"mrr": 29.99}, [("up-sell", 89, 10, 29.99)]),
        ("m6_weaker", {"mrr": 29.99}, [("down-sell", 89, 40, 29.99)]),
        ("m6_strong", {"mrr": 80}, [("up-sell", 89, 10, 80)]),
        # An amount that isn't given is what the change before left.
        (
            "m6_renewed",
            {"mrr": 80, **renewal},
            [("new", 300, None, 500), ("renewal", 20, 500, None)],
        ),
        (
            "m6_raised",
            {},
            [("new", 300, None, 100), ("up-sell", 20, None, 120)],
        ),
        (
            "m6_lowered",
            {"mrr": 80, **renewal},
            [("new", 300, None, 100), ("down-sell", 20, None, 80)],
        ),
        (
            "m6_lowered_weak",
            {"mrr": 29.99},
            [("new", 300, None, 100), ("down-sell", 89, None, 29.99)],
        ),
        (
            "m6_unsaid",
            {},
            [
                ("new", 300, None, 100),
                ("renewal", 60, None, None),
                ("up-sell", 20, None, 120),
            ],
        ),
        (
            "m6_left",
            {},
            [("new", 300, None, 100), ("cancellation", 1, None, None)],
        ),
        (
            "m6_products",
            {},
            [
                ("new", 300, None, 100, "crm"),
                ("new", 299, None, 50, "mail"),
                ("up-sell", 20, None, 60, "mail"),
                ("renewal", 10, None, None, "crm"),
            ],
        ),
    ):
        # Health equals the MRR: green from 60, red below 30.
        world.account(name, tier="grade", **attributes)
        for change, age, before, after, *product in changes:
            world.subscription_changes.append(
                {
                    "account_id": name,
                    "changed_at": day(age),
                    "change_type": change,
                    "mrr_before": before,
                    "mrr_after": after,
                    "product": product[0] if product else None,
                }
            )


def _responses(world: World) -> None:
    """M7, M10: what the team answered to accounts whose capacity is full."""

    def respond(account: str, age: int, response: str, until: Any = None):
        natural_key = f"capacity_nearly_full|account|{len(account)}|{account}"
        world.signal_responses.append(
            {
                "signal_key": md5(natural_key.encode()).hexdigest(),
                "responded_at": day(age),
                "response": response,
                "until": until,
                "responded_by": "Mia",
            }
        )

    for name, responses in {
        "m7_acknowledged": [(5, "acknowledged")],
        "m7_dismissed": [(0, "dismissed")],
        "m7_snoozed": [(5, "snoozed", day(-1))],
        "m7_over": [(5, "snoozed", day(0))],
        "m7_week": [(6, "snoozed")],
        "m7_past_week": [(7, "snoozed")],
        "m7_last_word": [(8, "dismissed"), (4, "snoozed", day(1))],
        "m7_tomorrow": [(-1, "dismissed")],
        "m7_before": [(21, "dismissed")],
        "m7_again": [(17, "dismissed")],
    }.items():
        account = world.account(name)
        world.limit(account, 95, 100, measured_at=day(20))
        for response in responses:
            respond(account, *response)
    for used, age in ((50, 15), (95, 5)):
        world.limit("m7_again", used, 100, measured_at=day(age))

    for name, owner, ages in (
        ("m10_recent", "Mia", [89]),
        ("m10_past", "Mia", [90]),
        ("m10_often", None, [50, 5]),
        ("m10_never", "Nils", []),
        ("m10_left", "Nils", [50]),
    ):
        account = world.account(
            name,
            csm=owner,
            tier="m10",
            cancelled_at=day(3) if name == "m10_left" else None,
        )
        world.limit(account, 95, 100, measured_at=day(100))
        for age in ages:
            respond(account, age, "acknowledged")
