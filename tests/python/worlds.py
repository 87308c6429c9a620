"""Small random worlds with everything that makes scoring hard."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from oracle import World
from product_signals.config import Config

Row = dict[str, Any]
START = datetime(2024, 1, 1)
DAY = timedelta(days=1)

EVENTS = {
    "login": {"weight": 1, "daily_cap": 1},
    "create": {"feature": "docs", "counts_as_activity": True, "weight": 5},
    "edit": {
        "feature": "docs",
        "counts_as_activity": True,
        "weight": 1.5,
        "daily_cap": 4,
    },
    "share": {"feature": "sharing", "counts_as_activity": True, "weight": 8},
    "report": {
        "feature": "reports",
        "counts_as_activity": True,
        "weight": 10,
        "flow": "tour",
        "flow_step": 2,
    },
    "tune": {
        "feature": "settings",
        "weight": 0.3,
        "flow": "setup",
        "flow_step": 1,
    },
    "look": {
        "feature": "docs",
        "counts_as_activity": True,
        "flow": "tour",
        "flow_step": 1,
    },
    "guide": {"flow": "tour", "flow_step": 0},
    "delete": {"is_risk": True, "flow": "setup", "flow_step": 3},
    "export": {"is_risk": True},
    # A flow that is only help has no last step to miss.
    "manual": {"flow": "books", "flow_step": 0},
}
FEATURES = {
    "docs": {"is_key": True, "is_differentiated": True},
    "sharing": {"is_key": True, "plans": ["pro"]},
    "reports": {"is_key": True, "launched_on": date(2024, 2, 1)},
    "settings": {"is_setting": True, "plans": ["pro", "team"]},
}
PROFILES = {
    "trial": {
        "priority": 1,
        "period_days": 5,
        "min_population": 2,
        "filter": {
            "entity": "account",
            "attribute": "subscription_status",
            "values": ["trial"],
        },
    },
    "admins": {
        "priority": 4,
        "weight_set": "other",
        "period_days": 7,
        "min_population": 3,
        "account_method": "active_average",
        "filter": {"entity": "user", "attribute": "role", "values": ["admin"]},
    },
    "main": {
        "priority": 2,
        "period_days": 7,
        "min_population": 4,
        "filter": {
            "entity": "account",
            "attribute": "plan",
            "values": ["pro", "team"],
        },
    },
    "exponential": {
        "priority": 5,
        "period_days": 10,
        "normalization": "exponential",
        "account_method": "total",
        "min_population": 3,
    },
    "percentile": {
        "priority": 6,
        "period_days": 4,
        "normalization": "percentile",
        "min_population": 50,
    },
    "fading": {
        "priority": 7,
        "period_days": 9,
        "change_days": 4,
        "decay": "linear",
        "decay_days": 6,
        "benchmark": 40,
    },
    "half": {
        "priority": 8,
        "period_days": 6,
        "decay": "half_life",
        "decay_days": 2.5,
        "account_method": "active_average",
        "min_population": 2,
    },
    "halving": {
        "priority": 9,
        "period_days": 12,
        "change_days": 15,
        "decay": "halving",
        "decay_days": 4,
        "account_method": "total",
        "normalization": "exponential",
        "min_population": 3,
    },
}
CHECKLISTS = {
    "trialing": {
        "entity": "account",
        "priority": 1,
        "filter": {"attribute": "subscription_status", "values": ["trial"]},
        "steps": {
            "made": {"event_name": "create", "min_count": 2},
            "shared": {"event_name": "share", "min_users": 2, "min_count": 2},
            "soon": {"event_name": "edit", "min_count": 3, "within_days": 9},
        },
    },
    "onboarding": {
        "entity": "account",
        "priority": 2,
        "steps": {
            "made": {"event_name": "create", "min_count": 4},
            "reported": {"event_name": "report", "min_users": 2},
            "shared": {"event_name": "share", "min_count": 3},
        },
    },
    "admin": {
        "entity": "user",
        "priority": 1,
        "filter": {"attribute": "role", "values": ["admin"]},
        "steps": {
            "made": {"event_name": "create"},
            "reported": {"event_name": "report", "min_count": 2},
            "tuned": {"event_name": "tune", "within_days": 20},
        },
    },
    "anyone": {
        "entity": "user",
        "priority": 2,
        "steps": {
            "made": {"event_name": "create"},
            "edited": {"event_name": "edit", "min_count": 5},
            "shared": {"event_name": "share"},
        },
    },
}
BANDS = {
    "tenure_days": {"new": None, "young": 30, "established": 181},
    "size_value": {"small": None, "medium": 25, "large": 100},
    "score": {"inactive": None, "low": 0.01, "medium": 25, "high": 50},
    "activation_rate": {"low": None, "medium": 40, "high": 80},
    "active_user_rate": {"low": None, "medium": 40, "high": 75},
    "adoption_rate": {"low": None, "medium": 25, "high": 75},
    "champion_days": {"contributor": None, "champion": 4},
    "silent_days": {"active": None, "silent": 5},
    "flow_days": {"under_way": None, "abandoned": 3},
    "feature_days": {"in_use": None, "lost": 5},
    "feature_weeks": {"rare": None, "usual": 2},
    "survey_days": {"current": None, "outdated": 12},
    "reply_days": {"answered": None, "unanswered": 4},
    "inactive_days": {"active": None, "dormant": 9, "lost": 25},
    "health_score": {"red": None, "yellow": 20, "green": 45},
    "alert_minimum_users": {"few": None, "enough": 2},
    "alert_minimum_events": {"few": None, "enough": 6},
    "nps": {"negative": None, "neutral": 7, "positive": 9},
    "csat": {"worst": None, "negative": 1, "neutral": 3, "positive": 4},
    "communication": {"none": None, "low": 0.01, "active": 50},
    "signup_days": {"under_way": None, "settled": 2},
    "unaided_signups": {"complex": None, "simple": 3},
}
PQL_THRESHOLDS = {
    "simple": {
        "small": {"nudge_at": 20, "qualify_at": 40, "overdue_above": 60},
        "medium": {"qualify_at": 30, "min_score": 10},
        "unknown": {"qualify_at": 30, "default_deal_size": 100},
    }
}
PERSONAS = {
    "eager": {
        "activation_band": ["medium", "high"],
        "engagement_band": ["medium", "high"],
        "communication_band": ["active"],
        "likelihood": 0.8,
    },
    "idle": {
        "activation_band": ["low"],
        "engagement_band": ["inactive", "low"],
        "communication_band": ["none", "low"],
        "likelihood": 0.1,
    },
    "unclassified": {"likelihood": 0.2},
}


def _signal(
    entity: str,
    *groups: list[tuple[Any, ...]],
    kind: str = "state",
    **more: Any,
) -> Row:
    """A signal; each condition is metric, operator, value, clear_value."""
    names = ("metric", "operator", "value", "clear_value")
    return {
        "entity": entity,
        "kind": kind,
        "severity": "high",
        "description": "Something is up",
        "teams": ["success"],
        "groups": [
            [dict(zip(names, c, strict=False)) for c in group]
            for group in groups
        ],
        "actions": [{"team": "success", "action": "Call"}],
        **more,
    }


def _event(entity: str, *conditions: tuple[Any, ...], **more: Any) -> Row:
    return _signal(entity, list(conditions), kind="event", **more)


def _health(**components: tuple[Any, ...]) -> Row:
    """A set of components; each is metric, floor, ceiling, weight."""
    names = ("metric", "floor", "ceiling", "weight")
    return {
        name: dict(zip(names, component, strict=True))
        for name, component in components.items()
    }


HEALTH = {
    "any": {
        "any": _health(
            habit=("habit", 0, 40, 7),
            recency=("days_since_last_active", 9, 0, 2.5),
            activation=("activation_rate", 10, 90, 1),
            seats=("seats_used_rate", 0, 20, 1),
        ),
        "gold": _health(
            habit=("score", 0, 80, 1), top=("top_user_share", 100, 20, 3)
        ),
    },
    "adopted": {
        "any": _health(
            adoption=("adoption_rate", 0, 75, 2),
            people=("active_users", 0, 3, 1),
            seats=("seats_used_rate", 0, 20, 1),
        )
    },
    "renewal": {
        "gold": _health(
            ends=("days_to_contract_end", 0, 90, 3), off=("habit", 0, 1, 0)
        )
    },
}
SIGNALS = {
    "unwell": _signal(
        "account",
        [("health_score", "<", 20, 25), ("health_coverage", ">=", 50)],
        [("health_change", "<=", -30)],
    ),
    "drop": _signal(
        "account",
        [("behavior_change", "<", -5, 0)],
        [("active_users", "=", 0), ("plan", "in", ["pro", "free"])],
        min_days=2,
        grace_days=1,
        suppressed_by=["fleet"],
        closed_by=["rise", "risky"],
    ),
    "rise": _signal(
        "account",
        [("behavior_change", ">", 5, 0), ("is_comparable", "=", True)],
        grace_days=2,
        closed_by=["drop"],
    ),
    "full": _signal(
        "account",
        [("known_active_rate", ">=", 30), ("is_free", "=", False)],
        closed_by=["drop", "rise", "ending"],
    ),
    # Users, by scores
    "strong": _signal(
        "user", [("score_band", "in", ["medium", "high"])], min_days=3
    ),
    "leading": _signal(
        "user", [("rank_in_account", "=", 1), ("active_days", ">=", 1)]
    ),
    "top": _signal(
        "user", [("leads_account", "=", True)], min_days=2, closed_by=["ahead"]
    ),
    "user_fell": _signal(
        "user",
        [("behavior_change", "<", -5, 0), ("is_comparable", "=", True)],
        min_days=2,
        grace_days=1,
        suppressed_by=["drop"],
        closed_by=["top"],
    ),
    "ahead": _signal(
        "user",
        [("score_rank", "<=", 3), ("trend", "!=", "new")],
        [("score_percentile", ">", 70), ("previous_score", ">", 0)],
        grace_days=2,
    ),
    # Users, by counts of days
    "quiet": _signal(
        "user",
        [
            ("days_since_last_active", ">=", 3),
            ("days_since_last_active", "<", 9),
        ],
    ),
    "absent": _signal(
        "user",
        [
            ("days_since_last_active", ">=", 7),
            ("days_since_last_active", "<", 21, 28),
        ],
        min_days=2,
    ),
    "fresh": _signal(
        "user",
        [("tenure_days", "<", 10)],
        [("tenure_days", "in", [20, 21, 25])],
        [("tenure_days", ">", 40.5), ("tenure_days", "!=", 44)],
        suppressed_by=["leading", "quiet"],
    ),
    "young": _signal("user", [("tenure_band", "=", "young")], min_days=4),
    "never_used": _signal(
        "user",
        [
            ("days_since_licensed", ">=", 4),
            ("days_on_record", ">=", 3),
            ("days_since_last_active", "is_null"),
        ],
    ),
    "stuck": _signal(
        "user",
        [("days_since_last_step", ">", 5), ("activation_rate", "<", 100)],
        grace_days=2,
        suppressed_by=["quiet", "turnover"],
    ),
    # Users, by all else
    "admin": _signal(
        "user", [("role", "=", "admin"), ("is_active", "=", True)]
    ),
    "trialist": _signal(
        "user",
        [("account_status", "=", "trial"), ("adoption_rate", ">", 0)],
        [("activation_band", "=", "high"), ("features_used", ">", 1)],
    ),
    "tuned": _signal(
        "user", [("settings_used", ">=", 1)], [("key_features_used", ">", 1)]
    ),
    "valued": _signal(
        "user",
        [("event_value", ">", 10, 4), ("lifetime_adoption_rate", ">", 30)],
        min_days=2,
    ),
    # Users, what happens
    "flow_left": _event("user", ("flows_abandoned", ">=", 1), grace_days=2),
    "help_needed": _event(
        "user",
        ("helps_unanswered", ">=", 1),
        ("event_count", ">=", 1),
        suppressed_by=["flow_left", "drop"],
    ),
    "was_here": _event("user", ("days_since_last_active", "=", 0)),
    # Accounts, what happens
    "joined": _event(
        "account", ("new_users", ">=", 1), ("tenure_days", ">=", 1)
    ),
    "taken_up": _event("account", ("key_features_first_used", ">=", 1)),
    "put_aside": _event("account", ("key_features_lost", ">=", 1)),
    "risky": _event("account", ("risk_events", ">=", 2), grace_days=1),
    "champion_gone": _event(
        "account", ("champions_lost", ">=", 1), suppressed_by=["left"]
    ),
    "bad_answer": _event(
        "account", ("negative_surveys", ">=", 1), suppressed_by=["drop"]
    ),
    "left": _event("account", ("days_since_cancelled", "=", 0), grace_days=6),
    "converted": _event(
        "account", ("days_since_converted", "=", 0), grace_days=6
    ),
    "activated": _event(
        "account",
        ("activation_rate", ">=", 50),
        ("activation_rate_day_before", "<", 50),
    ),
    "crossed": _event(
        "account",
        ("score", ">=", 20),
        ("score_day_before", "<", 20),
        suppressed_by=["risky", "fleet", "quiet_product"],
    ),
    # Accounts, as they are
    "turnover": _signal(
        "account", [("user_turnover_rate", ">=", 20, 10)], grace_days=2
    ),
    "ending": _signal(
        "account",
        [("days_to_contract_end", ">=", 0), ("days_to_contract_end", "<=", 15)],
        [("days_since_last_active", ">=", 7), ("top_user_share", "is_null")],
        suppressed_by=["drop"],
    ),
    "on_file": _signal(
        "account",
        [("urgent_tickets", ">=", 1), ("reply_rate", "<", 50)],
        [("days_since_down_sell", "<", 9), ("assessment_rating", "<=", 2.5)],
        grace_days=1,
    ),
    # Everybody at once
    "fleet": _signal(
        "product",
        [
            ("falling_account_rate", ">=", 40, 20),
            ("compared_accounts", ">=", 2),
        ],
    ),
    "odd_product": _signal(
        "product",
        [("gap_beyond_usual", ">", 0)],
        [("falling_beyond_usual", ">=", 3, 0)],
    ),
    "quiet_product": _signal("product", [("days_since_last_event", ">=", 1)]),
}


def world_config() -> Config:
    """The configuration of every random world."""
    return Config.model_validate(
        {
            "seed_prefix": "world",
            "events": EVENTS,
            "weight_sets": {"other": {"create": 2, "report": 9, "login": 0.5}},
            "features": FEATURES,
            "profiles": PROFILES,
            "checklists": CHECKLISTS,
            "bands": BANDS,
            "signals": SIGNALS,
            "health": HEALTH,
            "pql_thresholds": PQL_THRESHOLDS,
            "trial_personas": PERSONAS,
        }
    )


def random_world(seed: int, days: int = 70) -> World:
    """A world of a few accounts with late, double and odd rows.

    Args:
        seed: The same seed makes the same world.
        days: How long it lasts.
    """
    chance = random.Random(seed)
    some_day = lambda low, high: START + DAY * chance.randint(low, high)  # noqa: E731
    # Users have the same ids, as where both are numbers.
    accounts = [_account(chance, f"u{n}", days) for n in range(6)]
    account_ids = [a["account_id"] for a in accounts]
    users = []
    for n in range(18):
        created = some_day(-40, days - 10)
        users.append(
            {
                "user_id": f"u{n}",
                "full_name": f"User {n}" if n % 5 else None,
                "account_id": chance.choice([*account_ids[:5], None]),
                "created_at": created + timedelta(hours=chance.randint(0, 23)),
                "role": chance.choice(["admin", "member", None]),
                "is_internal": n == 17,
                "deactivated_at": (
                    some_day(10, days) if chance.random() < 0.25 else None
                ),
                "licensed_at": (
                    created + DAY * chance.choice([0, 0, 3, 15])
                    if chance.random() < 0.7
                    else None
                ),
            }
        )
    memberships = []
    for user in users[:6]:
        moved = some_day(5, 30)
        memberships.append(
            {
                "user_id": user["user_id"],
                "account_id": chance.choice(
                    [*account_ids, user["account_id"] or "ghost"]
                ),
                "valid_from": moved,
                "valid_to": (
                    moved + DAY * chance.randint(3, 30)
                    if chance.random() < 0.6
                    else None
                ),
                "role": chance.choice(["admin", None]),
            }
        )
        if chance.random() < 0.5:
            memberships.append(
                {
                    **memberships[-1],
                    "account_id": chance.choice(account_ids),
                    "valid_from": moved + DAY * chance.randint(1, 6),
                    "valid_to": None,
                }
            )
    history = []
    for account in accounts[:4]:
        bounds = sorted(chance.sample(range(-5, days), 3))
        for first, last in zip(bounds, [*bounds[1:], None], strict=True):
            if chance.random() < 0.85:
                history.append(
                    {
                        "account_id": account["account_id"],
                        "valid_from": START + DAY * first,
                        "valid_to": None
                        if last is None
                        else START + DAY * last,
                        "plan": chance.choice(["pro", "team", "free", None]),
                        "seats": chance.choice([5, 30, 120, None]),
                    }
                )
    # One has another plan from the last day on.
    history.append(
        {
            "account_id": accounts[4]["account_id"],
            "valid_from": START + DAY * (days - 1),
            "valid_to": None,
            "plan": "free" if accounts[4]["plan"] == "pro" else "pro",
            "seats": accounts[4]["seats"],
        }
    )
    return World(
        config=world_config(),
        events=_events(chance, users, account_ids, days),
        surveys=_surveys(chance, account_ids, days),
        users=users,
        accounts=accounts,
        account_history=history,
        memberships=memberships,
        **_records(random.Random(seed), account_ids, days),
        adoption_window_days=14,
        active_window_days=6,
        seen_days=20,
        renewal_window_days=30,
        onboarding_days=25,
        trend_threshold=8,
        size_column="seats",
    )


def _account(chance: random.Random, account_id: str, days: int) -> Row:
    created = START + DAY * chance.randint(-60, 20)
    trial = created if chance.random() < 0.5 else None
    converted = (
        created + DAY * chance.randint(5, 40) if chance.random() < 0.6 else None
    )
    return {
        "account_id": account_id,
        "created_at": created,
        "trial_started_at": trial,
        "trial_ends_at": trial and trial + DAY * 14,
        "converted_at": converted,
        "cancelled_at": (
            START + DAY * chance.randint(30, days + 40)
            if chance.random() < 0.25
            else None
        ),
        "contract_ends_at": (
            START + DAY * chance.randint(20, days + 40)
            if chance.random() < 0.5
            else None
        ),
        "plan": chance.choice(["pro", "team", "free", None]),
        "seats": chance.choice([10, 50, 200, None]),
        "tier": "gold" if account_id in ("u1", "u3", "u4") else None,
    }


def _events(
    chance: random.Random, users: list[Row], account_ids: list[str], days: int
) -> list[Row]:
    people = [u["user_id"] for u in users] + ["stranger", "nobody"]
    names = [*EVENTS, "unmapped"]
    events = []
    for user_id in people:
        # Bursts and silences fill windows and empty them.
        busy = chance.random() ** 2
        on = chance.random() < 0.6
        for day in range(days):
            if chance.random() < 0.08:
                on = not on
            if not on or chance.random() > 0.15 + busy * 0.6:
                continue
            for _ in range(chance.choice([1, 1, 2, 3, 6])):
                occurred = (
                    START
                    + DAY * day
                    + timedelta(seconds=chance.randint(0, 86399))
                )
                event = {
                    "event_id": f"e{len(events)}",
                    "user_id": user_id,
                    "account_id": chance.choice(
                        [None] * 9 + [*account_ids[:3], "ghost"]
                    ),
                    "event_name": chance.choice(names),
                    "occurred_at": occurred,
                    "loaded_at": occurred
                    + timedelta(hours=chance.choice([0, 1, 30, 300])),
                    "event_count": chance.choice([None] * 8 + [1, 3, 0]),
                    "event_value": chance.choice([None, None, 2.25, 10]),
                    "actor_type": chance.choice(
                        [None] * 12 + ["agent", "system", "automation"]
                    ),
                }
                events.append(event)
                if chance.random() < 0.05:
                    events.append(
                        {**event, "loaded_at": event["loaded_at"] + DAY}
                    )
                if chance.random() < 0.02:
                    events.append({**event, "event_name": "create"})
    for event in chance.sample(events, 8):
        events.append({**event, **chance.choice(BROKEN)})
    chance.shuffle(events)
    return events


def _surveys(
    chance: random.Random, account_ids: list[str], days: int
) -> list[Row]:
    answers = []
    for _ in range(60):
        answer = {
            "account_id": chance.choice([*account_ids, "ghost", "nobody's"]),
            "answered_at": START
            + timedelta(hours=chance.randint(-10 * 24, (days + 5) * 24)),
            "score": chance.choice([None, 0, 1, 2, 2.5, 3, 6, 6.5, 7, 10]),
            "user_id": chance.choice([None, "u1", "stranger"]),
            "survey": chance.choice([None, " ", "nps", "NPS ", "csat", "ces"]),
        }
        # Some answer twice, or give another answer at the same time.
        answers += [answer] * chance.choice([1, 1, 1, 2])
        if chance.random() < 0.2:
            answers.append({**answer, "survey": "csat", "score": 1})
    return [
        *answers,
        {**answers[0], "account_id": None},
        {**answers[0], "answered_at": None},
    ]


def _records(
    chance: random.Random, account_ids: list[str], days: int
) -> dict[str, list[Row]]:
    """Records, including some from before the world and after it."""

    def record(time: str, **columns: list[Any]) -> Row:
        hour = chance.randint(-80 * 24, (days + 5) * 24)
        return {
            "account_id": chance.choice([*account_ids, "ghost", None]),
            # Some share a time, as if only the day were known.
            time: START
            + timedelta(hours=chance.choice([hour, hour // 24 * 24])),
            **{name: chance.choice(of) for name, of in columns.items()},
        }

    tickets = [
        record(
            "opened_at",
            ticket_id=[f"t{n}", f"t{n}", "again", None],
            closed_at=[None, None, 0, -3, 30, 100, 500],
            priority=[None, "", "low", "Urgent ", "high", "p1"],
        )
        for n in range(60)
    ]
    for ticket in tickets:
        if ticket["closed_at"] is not None:
            ticket["closed_at"] = ticket["opened_at"] + timedelta(
                hours=ticket["closed_at"]
            )
    ways = ["inbound", "outbound", " Outbound", "INBOUND", "meeting", None]
    money = [None, 0, 50.5, 100, 120]
    return {
        "tickets": tickets,
        "communications": [
            record("occurred_at", direction=ways) for _ in range(120)
        ],
        "assessments": [
            record("assessed_at", rating=[None, 0.5, 1, 2.5, 4, 5, 6])
            for _ in range(50)
        ],
        "subscription_changes": [
            record(
                "changed_at",
                change_type=["up", "down", "cancelled", None],
                mrr_before=money,
                mrr_after=money,
            )
            | {"product": None if n % 3 else "crm"}
            for n in range(50)
        ],
    }


def with_bursts(world: World) -> World:
    """A world in which most users begin by repeating one action.

    So steps are met by neither the first nor the last event of a day, and by
    several users taking turns.

    Args:
        world: One of random_world().
    """
    chance = random.Random(len(world.events))
    like = [e for e in world.events if e["event_id"] and e["loaded_at"]]
    bursts = []
    for user in world.users:
        day = max(user["created_at"].replace(hour=0), START)
        name = chance.choice(["create", "edit", "share", "report"])
        for event in chance.sample(like, chance.choice([0, 4, 7, 10])):
            occurred = day + timedelta(
                days=chance.choice([0, 0, 0, 1]),
                seconds=chance.randint(0, 86399),
            )
            bursts.append(
                {
                    **event,
                    "event_id": f"b{len(bursts)}",
                    "user_id": user["user_id"],
                    "event_name": name,
                    "occurred_at": occurred,
                    "loaded_at": occurred + DAY * chance.choice([0, 1, 12]),
                }
            )
            if chance.random() < 0.2:
                again = bursts[-1]["occurred_at"] - timedelta(hours=2)
                bursts.append({**bursts[-1], "occurred_at": again})
    events = [*world.events, *bursts]
    chance.shuffle(events)
    return replace(world, events=events)


BROKEN: list[Row] = [
    {"event_id": None},
    {"user_id": None},
    {"event_name": None},
    {"occurred_at": None},
    {"event_count": -1},
    {"event_count": 1.5},
    {"occurred_at": datetime(1989, 12, 31), "event_id": "old"},
    {"occurred_at": datetime(2024, 3, 1), "loaded_at": datetime(2024, 2, 1)},
]
