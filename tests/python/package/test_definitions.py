"""Compares every figure of random worlds with the oracle.

It only knows the definitions (A1, A3, A6, B1–B6, C1–C14, D1–D7, E1–E7, F1, F6,
H1–H4, L1, L8, L9).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from histories import INPUTS, build
from jinja2 import Environment
from oracle import Oracle
from product_signals.config import ProfileFilter
from product_signals.package import package_root
from warehouse import Warehouse, same
from worlds import random_world, with_bursts

FADING = ("fading", "half")

# Two equal raw scores may differ in the last digit after decay, in the SQL as
# well as in the oracle.
LOOSE_WHERE_FADING = ("score_rank", "score_percentile", "rank_in_account")

# Metrics that grow by themselves every day.
COUNTS_OF_DAYS = (
    "tenure_days",
    "tenure_band",
    "days_since_licensed",
    "days_on_record",
    "days_since_last_step",
    "days_since_last_active",
    "periods_since_last_active",
)


@pytest.fixture(scope="module")
def built(
    request: pytest.FixtureRequest, warehouse_factory: Callable
) -> tuple[Warehouse, Oracle]:
    world = with_bursts(random_world(request.config.getoption("--world")))
    warehouse = warehouse_factory("world")
    build(warehouse, world, history_grain="day")
    return warehouse, Oracle(world)


def compare(
    warehouse: Warehouse,
    table: str,
    keys: Iterable[str],
    expected: dict[tuple, dict[str, Any]],
    where: str = "true",
) -> None:
    """Checks that both have the same rows with the same figures."""
    keys = list(keys)
    actual = {
        tuple(row[key] for key in keys): row
        for row in warehouse.rows(
            f"select * from product_signals__{table} where {where}"
        )
    }
    assert len(expected) > 0
    assert expected.keys() == actual.keys()
    wrong = [
        (key, column, actual[key][column], figure)
        for key, row in expected.items()
        for column, figure in row.items()
        if not same(actual[key][column], figure)
        and not (key[0] in FADING and column in LOOSE_WHERE_FADING)
    ]
    assert wrong == []


def test_user_scores(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    compare(
        warehouse,
        "user_scores",
        ["profile", "user_id", "as_of_date"],
        {
            (profile["profile"], user, day): row
            for number, profile in enumerate(oracle.profiles)
            for user in oracle.all_users
            for day in oracle.dates
            if (row := oracle.user_score(number, user, day))
        },
    )


def test_account_scores(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    compare(
        warehouse,
        "account_scores",
        ["profile", "account_id", "as_of_date"],
        {
            (profile["profile"], account, day): row
            for number, profile in enumerate(oracle.profiles)
            for account in oracle.all_accounts
            for day in oracle.dates
            if (row := oracle.account_score(number, account, day))
        },
    )


def test_accounts_daily(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    expected = {
        (account, day): row
        for account in oracle.all_accounts
        for day in oracle.dates
        if (row := oracle.account_day(account, day))
    }
    compare(warehouse, "accounts_daily", ["account_id", "as_of_date"], expected)
    now = {
        (account,): row | oracle.confidence("account", account, row)
        for (account, day), row in expected.items()
        if day == oracle.as_of
    }
    compare(
        warehouse,
        "accounts",
        ["account_id"],
        now,
        "lifecycle_stage <> 'churned'",
    )


def test_health_components(built: tuple[Warehouse, Oracle]) -> None:
    """H1, H2, H3: every account's components today, and their exact sum."""
    warehouse, oracle = built
    compare(
        warehouse,
        "health_components",
        ["account_id", "component"],
        {
            (account, part["component"]): part
            for account in oracle.all_accounts
            for part in oracle.health_parts(account, oracle.as_of)
        },
    )
    assert (
        warehouse.rows(
            "select account_id, health_score, sum(contribution),"
            " sum(applied_weight) from product_signals__accounts"
            " left join product_signals__health_components using (account_id)"
            " group by all having health_score is distinct from"
            " sum(contribution) or abs(sum(applied_weight) - 100) > 0.02"
        )
        == []
    )


def test_who_is_silent_is_not_well(
    built: tuple[Warehouse, Oracle], pytestconfig: pytest.Config
) -> None:
    """H3: five silent days keep an account from green, as the reason says."""
    warehouse, _ = built
    rows = warehouse.rows(
        "select days_since_last_active >= 5 as is_silent, health_grade,"
        " health_reason from product_signals__accounts_daily"
        " where health_score >= 45"
        " and not (known_users = 0 and users_left_30d > 0)"
    )
    for row in rows:
        silent = row["is_silent"] or False
        assert (row["health_grade"] == "green") != silent, row
        said = row["health_reason"].endswith(
            "; nobody active for 5 days or more"
        )
        assert said == silent, row
    # Other worlds may have no such account.
    silents = any(row["is_silent"] for row in rows)
    assert silents or pytestconfig.getoption("--world") != 2


def test_activity_daily(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    compare(
        warehouse,
        "activity_daily",
        ["entity", "activity_date"],
        {
            (entity, day): oracle.activity(entity, day)
            for entity in ("user", "account")
            for day in oracle.dates
        },
    )


def test_activation(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    entities = [
        *(("account", account) for account in oracle.accounts),
        *(("user", user) for user in oracle.all_users if user in oracle.users),
    ]
    listed = [
        (checklist, entity, entity_id)
        for entity, entity_id in entities
        for checklist in oracle.checklists_of(entity, entity_id)
    ]
    compare(
        warehouse,
        "activation",
        ["checklist", "entity", "entity_id"],
        {key: oracle.activation(key[1], key[2], key[0]) for key in listed},
    )
    steps = {}
    for checklist, entity, entity_id in listed:
        for step in oracle.steps:
            if step["checklist"] == checklist:
                count, users, met_on = oracle.step_met(
                    entity, entity_id, checklist, step["step"]
                )
                steps[checklist, entity, entity_id, step["step"]] = {
                    "current_count": count,
                    "contributing_users": users,
                    "is_met": met_on is not None,
                    "met_on": met_on,
                    "met_at": oracle.step_met_at(
                        entity, entity_id, checklist, step["step"]
                    ),
                }
    compare(
        warehouse,
        "activation_steps",
        ["checklist", "entity", "entity_id", "step"],
        steps,
    )
    # Some by an event that the day's facts don't identify.
    assert warehouse.rows(
        "from product_signals__activation_steps where is_met and"
        " met_at not in (select unnest([first_occurred_at, last_occurred_at])"
        " from int_product_signals__daily_activity)"
    )


def test_features(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    features = [f["feature"] for f in oracle.features]
    compare(
        warehouse,
        "account_features",
        ["account_id", "feature"],
        {
            (account, feature): oracle.account_feature(account, feature)
            for account in oracle.accounts
            if oracle.begins("account", account) <= oracle.as_of
            for feature in features
        },
    )
    usage = {
        (feature, day): oracle.feature_use(feature, day)
        for feature in features
        for day in oracle.dates
    }
    # C11, C13: features ranked by the engagement they bring.
    for (_, day), row in usage.items():
        row["rank"] = 1 + sum(
            usage[other, day]["points"] > row["points"] for other in features
        )
    assert {row["rank"] for row in usage.values()} >= {1, 2, 3}
    compare(warehouse, "feature_usage", ["feature", "as_of_date"], usage)


def test_score_components(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    entities = [
        *(("user", user) for user in oracle.all_users),
        *(("account", account) for account in oracle.all_accounts),
    ]
    compare(
        warehouse,
        "score_components",
        ["profile", "entity", "entity_id", "event_name"],
        {
            (profile["profile"], entity, entity_id, event_name): row
            for number, profile in enumerate(oracle.profiles)
            for entity, entity_id in entities
            for event_name, row in oracle.components(
                number, entity, entity_id
            ).items()
        },
    )


@pytest.mark.parametrize(
    "attribute",
    [
        "all",
        "plan",
        "tier",
        "subscription_status",
        "tenure_band",
        "size_band",
        "lifecycle_stage",
    ],
)
def test_segment_scores(
    built: tuple[Warehouse, Oracle], attribute: str
) -> None:
    """A1, B4, C10–C12, J5: of the product, and of similar accounts."""
    warehouse, oracle = built
    expected = {}
    for day in oracle.dates:
        values = {oracle.segment(a, attribute, day) for a in oracle.accounts}
        for number, profile in enumerate(oracle.profiles):
            rows = {
                value: row
                for value in values
                if (row := oracle.product(number, day, attribute, value))
            }
            for value, row in rows.items():
                expected[profile["profile"], day, value] = {
                    **row,
                    **oracle.product_change(number, day, attribute, value),
                    "score_rank": 1
                    + sum(
                        other["mean_score"] > row["mean_score"]
                        for other in rows.values()
                    ),
                }
    assert {row["trend"] for row in expected.values()} > {"new", "flat"}
    compare(
        warehouse,
        "segment_scores",
        ["profile", "as_of_date", "value"],
        expected,
        f"attribute = '{attribute}'",
    )


@pytest.mark.parametrize(
    "attribute", ["all", "plan", "size_band", "lifecycle_stage"]
)
def test_segment_features(
    built: tuple[Warehouse, Oracle], attribute: str
) -> None:
    """D6: who of a segment uses a feature, and how much."""
    warehouse, oracle = built
    expected = {
        (day, *key): row
        for day in oracle.dates
        for key, row in oracle.segment_features(attribute, day).items()
    }
    compare(
        warehouse,
        "segment_features",
        ["as_of_date", "value", "feature"],
        expected,
        f"attribute = '{attribute}'",
    )
    assert {row["depth"] is None for row in expected.values()} == {True, False}


@pytest.mark.parametrize("attribute", ["all", "plan"])
def test_activation_cohorts(
    built: tuple[Warehouse, Oracle], attribute: str
) -> None:
    """E7: how far and how fast the sign-ups of a month got."""
    warehouse, oracle = built
    cohorts: dict[tuple, list[str]] = {}
    for account in oracle.accounts:
        for checklist in oracle.checklists_of("account", account):
            month = oracle.begins("account", account).replace(day=1)
            value = oracle.segment(account, attribute, oracle.as_of)
            cohorts.setdefault((checklist, month, value), []).append(account)
    compare(
        warehouse,
        "activation_cohorts",
        ["checklist", "signup_month", "value"],
        {
            key: oracle.cohort(key[0], accounts)
            for key, accounts in cohorts.items()
        },
        f"attribute = '{attribute}'",
    )


def test_users(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    expected = {}
    for user in oracle.users:
        row = oracle.user_day(user, oracle.as_of)
        if row is None:
            continue
        names = {
            episode["signal"]
            for episode in oracle.episodes()
            if episode["entity_id"] == user
            and oracle.signals[episode["signal"]]["entity"] == "user"
            and episode["closed_on"] is None
        }
        habit = oracle.habit(
            {
                event["day"]
                for event in oracle.by_user[user]
                if event["is_activity"] and event["day"] <= oracle.as_of
            },
            oracle.as_of,
        )
        expected[user,] = (
            row
            | oracle.confidence("user", user, row)
            | {
                "habit": habit["habit"],
                "active_days_90d": habit["active_days_90d"],
                "next_step": (
                    oracle.activation("user", user, row["checklist"])[
                        "next_step"
                    ]
                    if row["checklist"]
                    else None
                ),
                "open_signals": len(names),
                "open_signal_names": "|".join(sorted(names)) or None,
            }
        )
    compare(warehouse, "users", ["user_id"], expected)


def test_days_on_which_a_signal_could_hold(
    built: tuple[Warehouse, Oracle],
) -> None:
    """No state holds for an account that is lost after 25 silent days.

    Events can on the day of the cancellation, which they tell, too.
    """
    warehouse, oracle = built
    [days] = warehouse.rows(
        "select count(*) as event, count(*) filter"
        " (coalesce(days_since_last_active, 0) < 25) as state"
        " from product_signals__accounts_daily where as_of_date >"
        " (select max(as_of_date) - 90 from product_signals__accounts)"
    )
    assert days["state"] < days["event"]
    days["event"] += sum(
        oracle.start <= cancelled.date() <= oracle.as_of
        and oracle.as_of - cancelled.date() < timedelta(days=90)
        and oracle.begins("account", account["account_id"]) <= cancelled.date()
        for account in oracle.world.accounts
        if (cancelled := account.get("cancelled_at"))
    )
    for kind, amount in days.items():
        assert warehouse.rows(
            "select distinct possible_days_90d from"
            " product_signals__signal_digest"
            f" where entity = 'account' and kind = '{kind}'"
        ) == [{"possible_days_90d": amount}]


def test_internal_users_have_no_attributes(
    built: tuple[Warehouse, Oracle],
) -> None:
    """Whoever counts users by role counts those of `users`."""
    warehouse, oracle = built
    assert any(user["is_internal"] for user in oracle.world.users)
    counted, listed = (
        warehouse.rows(
            f"select {role} as role, count(*) as users from {table}"
            f" where {role} is not null {condition} group by 1 order by 1"
        )
        for role, table, condition in (
            (
                "value",
                "product_signals__attributes",
                "and entity = 'user' and attribute = 'role'",
            ),
            ("role", "product_signals__users", ""),
        )
    )
    assert counted == listed


def test_whom_no_profile_or_checklist_fits(warehouse_factory: Callable) -> None:
    """C6, E4: has no figures of one, and may have had some the day before.

    Nobody has a place among the users of a profile that has none. M4: agents
    don't count if they are excluded, and automation does if it is not.
    """
    world = random_world(4, 45)
    profiles = {
        plan: world.config.profiles["main"].model_copy(
            update={
                "normalization": "percentile",
                "benchmark": 40,
                "filter": ProfileFilter(
                    entity="account", attribute="plan", values=[plan]
                ),
            }
        )
        for plan in ("pro", "visited")
    }
    checklists = {
        name: world.config.checklists[name] for name in ("trialing", "admin")
    }
    visitors = {user["user_id"] for user in world.users if user["account_id"]}
    event = next(e for e in world.events if e["user_id"] in visitors)
    world = replace(
        world,
        config=world.config.model_copy(
            update={"profiles": profiles, "checklists": checklists}
        ),
        accounts=[
            *world.accounts,
            {**world.accounts[0], "account_id": "a9", "plan": "visited"},
        ],
        events=[
            *world.events,
            {
                **event,
                "event_id": "visit",
                "event_name": "create",
                "account_id": "a9",
            },
        ],
        excluded_actor_types=["system", "agent"],
    )
    warehouse = warehouse_factory("narrow")
    build(
        warehouse,
        world,
        "--select",
        "+product_signals__account_scores",
        "+product_signals__accounts",
        "+product_signals__accounts_daily",
        "+product_signals__users",
        history_grain="day",
    )
    narrow = (warehouse, Oracle(world))
    test_account_scores(narrow)
    test_accounts_daily(narrow)
    test_user_metrics(narrow)
    test_users(narrow)
    assert warehouse.rows(
        "from product_signals__account_scores"
        " where profile = 'visited' and raw_score > 0"
        " and active_average is null and score = 0"
    )
    assert warehouse.rows(
        "from product_signals__accounts_daily"
        " where activation_rate is null and activation_rate_day_before > 0"
    )
    assert warehouse.rows(
        "from product_signals__users"
        " where profile is null and days_since_last_active < 6"
    )


def test_an_account_has_one_champion(built: tuple[Warehouse, Oracle]) -> None:
    """C6, F10, K3: though its admins have a score profile of their own."""
    warehouse, _ = built
    assert not warehouse.rows(
        "select account_id, as_of_date from product_signals__user_scores"
        " where is_main_profile and leads_account"
        " group by account_id, as_of_date having count(*) > 1"
    )


def test_user_metrics(built: tuple[Warehouse, Oracle]) -> None:
    """A row holds until the user's next one, except for counts of days."""
    warehouse, oracle = built
    rows = {
        (row["user_id"], row["as_of_date"]): row
        for row in warehouse.rows("from int_product_signals__user_figures")
    }
    wrong, standing = [], {}
    for user in oracle.users:
        for day in oracle.dates:
            expected = oracle.user_day(user, day)
            is_new = (user, day) in rows
            assert not is_new or expected is not None
            if expected is None:
                continue
            standing = rows[user, day] if is_new else standing
            wrong += [
                (user, day, column, standing[column], figure)
                for column, figure in expected.items()
                if (is_new or column not in COUNTS_OF_DAYS)
                and not same(standing[column], figure)
                and not (
                    expected["profile"] in FADING
                    and column in LOOSE_WHERE_FADING
                )
            ]
    assert len(rows) > 100
    assert wrong == []


def test_signals(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    keys = ["signal", "entity_id", "opened_on", "subject_id"]
    compare(
        warehouse,
        "signals",
        keys,
        {
            tuple(episode[key] for key in keys): episode
            for episode in oracle.episodes()
        },
    )
    closed_by_others = [
        episode
        for episode in oracle.episodes()
        if episode.get("close_reason") == "opposite"
    ]
    assert len(closed_by_others) > 3
    # Some in their grace days. It stays so once these are over.
    assert any(
        episode["closed_on"] - episode["last_held_on"] > timedelta(days=1)
        and episode["closed_on"] < oracle.as_of - timedelta(days=5)
        for episode in closed_by_others
    )


def test_days_without_published_scores_count_alike(
    built: tuple[Warehouse, Oracle], warehouse_factory: Callable
) -> None:
    """C6, F1: ranks in the account, too, whoever has another main profile."""
    daily, oracle = built
    weekly = warehouse_factory("weekly")
    build(weekly, oracle.world, "--select", "+product_signals__signals")
    query = (
        "select * exclude (detected_on) from product_signals__signals"
        " order by signal_id"
    )
    assert weekly.rows(query) == daily.rows(query)


def test_rejected_events(built: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = built
    rejected = warehouse.rows("from product_signals__rejected_events")
    assert len(rejected) == len(oracle.rejected) > 0
    assert all(row["reason"] for row in rejected)
    health = {
        row["check_name"]: row
        for row in warehouse.rows("from product_signals__data_health")
    }
    assert health["accepted_rows"]["value"] == len(oracle.accepted)
    assert health["received_rows"]["value"] == len(oracle.world.events)
    assert health["received_rows"]["status"] == "ok"
    assert health["rejected_rows"]["value"] == len(oracle.rejected)
    # The most frequent one; of several, the first by name.
    reason, amount = min(
        Counter(row["reason"] for row in rejected).items(),
        key=lambda counted: (-counted[1], counted[0]),
    )
    assert f": {amount} {reason}" in health["rejected_rows"]["detail"]
    conflicting = health["conflicting_event_ids"]
    named = conflicting["detail"].partition(": ")[2].partition(" and ")[0]
    assert conflicting["value"] > 0
    for event_id in named.split(", "):
        assert sum(e["event_id"] == event_id for e in oracle.world.events) > 1


# Columns with the time at which a run wrote a row.
RUN_TIMES = ("detected_at", "changed_at")


def public_tables(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Every public table in order, without when and why a run wrote rows."""
    names = [
        row["table_name"]
        for row in warehouse.rows(
            "select table_name from information_schema.tables"
            " where table_name like 'product\\_signals\\_\\_%' escape '\\'"
        )
    ]
    assert len(names) > 15
    return {
        name: [
            {key: row[key] for key in row if key not in RUN_TIMES}
            for row in warehouse.rows(f"select * from {name} order by all")
            if row.get("check_name") != "rebuilt_days"
        ]
        for name in names
    }


@pytest.mark.long
def test_order_of_rows_is_irrelevant(
    built: tuple[Warehouse, Oracle], warehouse_factory: Callable
) -> None:
    warehouse, oracle = built
    shuffled = replace(oracle.world)
    for name in INPUTS:
        rows = list(getattr(shuffled, name))
        random.Random(1).shuffle(rows)
        setattr(shuffled, name, rows)
    again = warehouse_factory("shuffled")
    build(again, shuffled, history_grain="day")
    after = public_tables(again)
    for name, rows in public_tables(warehouse).items():
        assert after[name] == rows, name


@pytest.mark.long
def test_a_past_day_as_it_was_known_then(warehouse_factory: Callable) -> None:
    """L1: what arrived later is left out, or changes that day."""
    world = random_world(3)
    day = max(e["occurred_at"] for e in world.events if e["occurred_at"])
    day = (day - timedelta(days=20)).replace(hour=0, minute=0, second=0)
    known = [
        event
        for event in world.events
        if event["loaded_at"] < day + timedelta(days=1)
    ]
    assert 0 < len(known) < len(world.events)
    as_of_date = day.date().isoformat()
    warehouse = warehouse_factory("then")
    build(warehouse, world, as_of_date=as_of_date, only_loaded_by_then=True)
    then = public_tables(warehouse)
    build(warehouse, replace(world, events=known), as_of_date=as_of_date)
    for name, rows in public_tables(warehouse).items():
        assert then[name] == rows, name
    build(warehouse, world, as_of_date=as_of_date)
    changed = public_tables(warehouse)["product_signals__user_scores"]
    assert changed != then["product_signals__user_scores"]


def test_periods_that_begin_alike_are_one() -> None:
    """Whatever the order in which a sort leaves equal rows.

    Many users are active in an account on the same day. With several threads,
    each sort of a warehouse has an order of its own.
    """
    path = package_root() / "macros/scores/profiles.sql"
    macros = Environment(extensions=["jinja2.ext.do"]).from_string(
        path.read_text(encoding="utf-8")
    )
    days, users = 100, 3000
    with duckdb.connect() as connection:
        connection.execute("set threads = 4")
        connection.execute(
            "create table periods as select day, day as valid_from,"
            f" day + 14 as valid_to from range({days}) as days(day)"
            f" cross join range({users}) as users(number)"
            " order by hash(number * 1000 + day)"
        )
        rows = connection.execute(
            macros.module.joined_periods("periods", "day")
        ).fetchall()
    assert sorted(rows) == [(day, day, day + 14) for day in range(days)]
