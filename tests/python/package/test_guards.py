"""Broken tracking, rules that do not flap, little use (F7, F8, M8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from golden import AS_OF_DATE, World, day, working_days
from product_signals.config import Config, read_config
from product_signals.package import starter_config
from warehouse import Warehouse

FALLING = [f"falling_{n}" for n in range(15)]
STEADY = [f"steady_{n}" for n in range(7)]
STEADY_WEEK = [10] * 7
# Their previous weeks, and the one week that differs. The score was 70; it
# becomes 49, 58, 49 and so on, or 49, 61, 49.
FLAPPING = {
    "over_threshold": ([21, 5, 12, 5, 12, 5, 10], [0, 14, 3, 14, 3, 14, 1]),
    "over_clear_value": ([21, 2, 14, 2, 14, 2, 15], [0, 14, 2, 14, 2, 14, 3]),
}
# Days before the date of the figures.
FIRST_EVENT, LAST_BEFORE_GAP, SECOND_EVENT = 110, 48, 41
FLAPPING_WEEK = range(27, 20, -1)
# Users have a key in the CRM, accounts have none.
WITHOUT_CRM = {
    "signal_name": "Not in the CRM",
    "entity": "account",
    "kind": "state",
    "severity": "info",
    "description": "The account has no key in the CRM.",
    # As in a seed edited by hand: success|success|
    "teams": ["success", "success", ""],
    "actions": [{"team": "success", "action": "Enter it there"}],
    "groups": [[{"metric": "crm_id", "operator": "is_null"}]],
}
# Neither key features nor mrr are there: nobody is known to pay nothing.
UNFED = {
    "nothing_adopted": {"metric": "key_features_used", "value": 0},
    "not_free": {"metric": "is_free", "value": False},
    "unlike_free": {"metric": "is_free", "value": True, "operator": "!="},
}
EARLY_FALL, FALL = 11, 4


def _config() -> Config:
    shipped = read_config(starter_config()).model_dump(
        exclude_none=True, exclude_unset=True
    )
    return Config.model_validate(
        {
            "seed_prefix": "guards",
            "events": {"point": {"weight": 1, "counts_as_activity": True}},
            "profiles": {"everybody": {"benchmark": 100}},
            "bands": shipped["bands"],
            "signals": {
                **shipped["signals"],
                "without_crm": WITHOUT_CRM,
                **{
                    name: {
                        **WITHOUT_CRM,
                        "groups": [[{"operator": "=", **rule}]],
                    }
                    for name, rule in UNFED.items()
                },
            },
        }
    )


def _world() -> World:
    """25 accounts with three people: 15 fall silent on one day, one before."""
    world = World()
    for name in (*FALLING, *STEADY, *FLAPPING, "early"):
        account = world.account(name)
        users = [
            world.user(f"{name}_{n}", account, crm_id=name) for n in range(3)
        ]
        week, odd_week = FLAPPING.get(name, (STEADY_WEEK, STEADY_WEEK))
        last = {"early": EARLY_FALL + 1}.get(
            name, FALL + 1 if name in FALLING else 0
        )
        for age in range(SECOND_EVENT, last - 1, -1):
            place = (FLAPPING_WEEK[0] - age) % 7
            count = (odd_week if age in FLAPPING_WEEK else week)[place]
            for user in users if count else []:
                world.event(user, "point", age, count)
    # A product used on working days: quiet weekends are not a fault.
    for age in working_days(range(LAST_BEFORE_GAP, FIRST_EVENT + 1)):
        world.event("steady_0_0", "point", age)
    # M8: two people who fall from 70 to 0, and three with three events each.
    for name, people, count in (("two_people", 2, 70), ("nine_events", 3, 3)):
        account = world.account(name)
        for n in range(people):
            user = world.user(f"{name}_{n}", account, crm_id=name)
            world.event(user, "point", EARLY_FALL + 1, count)
    return world


@pytest.fixture(scope="module")
def guarded(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    world = _world()
    warehouse = warehouse_factory("guards")
    warehouse.load(
        events=world.events, users=world.users, accounts=world.accounts
    )
    warehouse.configure(
        _config(),
        ["events", "users", "accounts"],
        {"as_of_date": AS_OF_DATE.isoformat()},
    )
    warehouse.build(
        "--select",
        "+product_signals__accounts_daily",
        "+product_signals__signal_digest",
        "+product_signals__work_list",
    )
    return warehouse


def _signals(warehouse: Warehouse, signal: str) -> list[dict]:
    return warehouse.rows(
        "select * from product_signals__signals"
        f" where signal = '{signal}' order by opened_on, entity_id"
    )


def test_one_warning_when_the_fleet_drops(guarded: Warehouse) -> None:
    silent, dropped = _signals(guarded, "fleet_drop")
    # Two more days without events than at a weekend, then they resumed.
    assert silent["opened_on"] == day(LAST_BEFORE_GAP - 4).date()
    assert silent["closed_on"] == day(SECOND_EVENT).date()
    assert silent["reason"] == (
        "On 17 May 2024: no event for 4 days, usually at most 2"
    )
    # 15 of 25 accounts at once, and the one that fell before.
    assert dropped["opened_on"] == day(FALL).date()
    assert dropped["is_open"]
    assert dropped["reason"] == (
        f"On {day(FALL).day} {day(FALL):%B %Y}: 27 accounts compared;"
        " score falling in 62.96 % of accounts, usually in at most 0 %"
    )


def test_drops_of_that_day_are_held_back(guarded: Warehouse) -> None:
    open_drops = {
        row["entity_id"]: row
        for row in _signals(guarded, "score_drop")
        if row["is_open"]
    }
    assert open_drops.keys() == {*FALLING, "early"}
    assert [open_drops[name]["is_held_back"] for name in FALLING] == [True] * 15
    assert {open_drops[name]["priority"] for name in FALLING} == {None}
    assert not open_drops["early"]["is_held_back"]
    work = guarded.rows(
        "select signal, account_id from product_signals__work_list"
        " order by place"
    )
    assert work == [
        {"signal": "fleet_drop", "account_id": None},
        {"signal": "score_drop", "account_id": "early"},
    ]


@pytest.mark.parametrize("account", FLAPPING)
def test_a_flapping_score_is_one_episode(
    guarded: Warehouse, account: str
) -> None:
    changes = guarded.rows(
        "select behavior_change from product_signals__accounts_daily"
        f" where account_id = '{account}'"
        f" and as_of_date >= date '{day(FLAPPING_WEEK[0]).date()}'"
        f" and as_of_date <= date '{day(FLAPPING_WEEK[-1]).date()}'"
        " order by as_of_date"
    )
    between = -12 if account == "over_threshold" else -9
    assert [row["behavior_change"] for row in changes] == [
        -21, between, -21, between, -21, between, -21,
    ]  # fmt: skip
    (drop,) = [
        row
        for row in _signals(guarded, "score_drop")
        if row["entity_id"] == account
    ]
    assert drop["opened_on"] == day(FLAPPING_WEEK[0]).date()
    assert drop["last_held_on"] == day(FLAPPING_WEEK[-1]).date()
    assert drop["closed_on"] == day(FLAPPING_WEEK[-1] - 1).date()


def test_a_team_that_a_rule_names_twice_is_one(guarded: Warehouse) -> None:
    assert guarded.rows(
        "select team from product_signals__signal_digest"
        " where signal = 'without_crm'"
    ) == [{"team": "success"}]


def test_the_digest_says_what_nothing_feeds(guarded: Warehouse) -> None:
    """F12: neither an input nor the configuration, which has one event."""
    digest = {
        row["signal"]: row
        for row in guarded.rows(
            "select * from product_signals__signal_digest where team <> 'sales'"
            " or signal in ('capacity_nearly_full', 'fully_activated')"
        )
    }
    blind = {
        signal: row["missing_inputs"]
        for signal, row in digest.items()
        if not row["is_evaluable"]
    }
    assert blind == {
        "busy_not_successful": "key_features",
        "cancelled": "cancelled_at",
        "capacity_nearly_full": "usage_limits",
        "converted_to_paid": "converted_at",
        "evangelist": "key_features",
        "expansion_opportunity": "key_features|size_column",
        "fast_adoption": "key_features",
        "flow_abandoned": "flows",
        "fully_activated": "account_checklists|trial_started_at",
        "healthy_but_at_renewal_risk": "cancelled_at|contract_ends_at"
        "|subscription_changes",
        "help_without_completion": "flows",
        "key_feature_adopted": "key_features",
        "key_feature_lost": "key_features",
        "licensed_never_used": "licensed_at",
        "negative_survey": "surveys",
        "never_started": "mrr",
        "nothing_adopted": "key_features",
        "potential_problem": "key_features|size_column",
        "ready_for_more": "key_features",
        "risk_feature_used": "risk_events",
        "silent_before_contract_end": "contract_ends_at",
        "trial_silent_1d": "trial_started_at",
        "trial_silent_3d": "trial_started_at",
        "weak_but_growing": "subscription_changes",
        "without_crm": "crm_id",
    }
    assert digest["score_drop"]["held_back_signals"] == 15
    for signal in ("not_free", "unlike_free"):
        assert digest[signal]["open_signals"] == len(_world().accounts)
    # A rule opens only where the digest says that it can.
    assert digest["nothing_adopted"]["open_signals"] == 0
