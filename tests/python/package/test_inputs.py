"""Inputs that are odd, empty or wrong (A6, B6, L7, L8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from product_signals.builder import Outcome
from product_signals.config import Config
from product_signals.errors import UserError
from warehouse import Warehouse

Row = dict[str, Any]
INPUTS = ["events", "users", "accounts"]
TABLES = (
    "account_scores",
    "accounts",
    "accounts_daily",
    "activity_daily",
    "attribute_history",
    "attributes",
    "data_health",
    "rejected_events",
    "user_scores",
    "users",
)
NOON = datetime(2024, 3, 10, 12)
DAY = timedelta(days=1)
NO_COUNT = "event_count is not a whole number from 0 to 1,000,000,000"

CONFIG = Config.model_validate(
    {
        "seed_prefix": "plain",
        "events": {
            "work": {"feature": "work", "counts_as_activity": True, "weight": 2}
        },
        "features": {"work": {"is_key": True}},
        "profiles": {"main": {"period_days": 7, "min_population": 1}},
        "checklists": {
            "start": {
                "entity": "account",
                "steps": {"worked": {"event_name": "work"}},
            }
        },
        "bands": {
            "score": {"inactive": None, "low": 0.01, "high": 50},
            "unseen_days": {"seen": None, "unseen": 30},
        },
    }
)


def event(number: int, **changes: Any) -> Row:
    return {
        "event_id": f"e{number}",
        "user_id": "u1",
        "event_name": "work",
        "occurred_at": NOON,
        **changes,
    }


USERS = [{"user_id": "u1", "account_id": "a1", "created_at": NOON - 90 * DAY}]
ACCOUNTS = [{"account_id": "a1", "created_at": NOON - 90 * DAY}]


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable) -> Warehouse:
    """One warehouse for all tests; each brings its own rows."""
    made = warehouse_factory("inputs")
    made.configure(CONFIG, INPUTS)
    return made


def build(warehouse: Warehouse, **variables: Any) -> Outcome:
    """Builds the models that are tested here."""
    return warehouse.build(
        "--select",
        *(f"+product_signals__{table}" for table in TABLES),
        **variables,
    )


def refused(warehouse: Warehouse, *arguments: str, **variables: Any) -> str:
    with pytest.raises(UserError) as error:
        warehouse.build(*arguments, **variables)
    return str(error.value)


NASTY = 'Robert\'); drop table raw.events; -- "quoted" 🚀 a|b, c=d\\'


def test_nasty_names_bad_rows_and_a_refused_build(
    warehouse: Warehouse,
) -> None:
    """Names are names, bad rows are kept with a reason (L8)."""
    good = {
        "event_id": "e0",
        "user_id": "u1",
        "event_name": "work",
        "occurred": "2024-03-10 12:00:00",
        "count": "2",
        "loaded": "2024-03-10T14:00:00+02:00",
    }
    one = {**good, "count": "1"}
    bad = {
        "event_id is missing": {"event_id": "  "},
        "user_id is missing": {"user_id": None},
        "event_name is missing": {"event_name": ""},
        "occurred_at is missing": {"occurred": " "},
        "occurred_at is not a time": {"occurred": "2024-02-30"},
        "occurred_at is before 1990": {"occurred": "1989-12-31T23:59:59Z"},
        "occurred_at is over a day after loaded_at": {
            "loaded": "2024-03-09 11:59:59"
        },
        NO_COUNT: {"count": "-1"},
    }
    rows = [
        good,
        {**good, "event_id": "e1", "loaded": "2024-03-09 12:00:00"},
        {**good, "event_id": "e2", "count": "0"},
        {**good, "event_id": "e3", "count": "three"},
        {**good, "event_id": "e4", "count": "1.5"},
        *(
            {**good, "event_id": f"bad{n}", **change}
            for n, change in enumerate(bad.values())
        ),
        {**one, "user_id": NASTY, "event_id": NASTY},
        {**one, "user_id": NASTY, "event_id": "n2", "event_name": NASTY},
        {**one, "event_id": "n3", "event_name": "x" * 10_000_000},
        {**one, "event_id": "n4", "user_id": " u1 "},
    ]
    warehouse.load(
        events=rows,
        users=[*USERS, {**USERS[0], "user_id": NASTY, "account_id": NASTY}],
        accounts=[*ACCOUNTS, {**ACCOUNTS[0], "account_id": NASTY}],
    )
    warehouse.execute(
        "create or replace table raw.events as select * rename ("
        "occurred as occurred_at, count as event_count, loaded as loaded_at)"
        " from raw.events"
    )
    build(warehouse)
    scores = {
        row["user_id"]: row
        for row in warehouse.rows(
            "from product_signals__user_scores"
            f" where as_of_date = '{NOON.date()}'"
        )
    }
    assert scores[NASTY]["raw_score"] == 2
    assert scores[NASTY]["event_count"] == 2
    assert scores[NASTY]["account_id"] == NASTY
    # e0 and e1 with a weight, and n3 without.
    assert (scores["u1"]["event_count"], scores["u1"]["raw_score"]) == (5, 8)
    # An id keeps its spaces: " u1 " is somebody else.
    assert scores[" u1 "]["account_id"] is None
    accounts = warehouse.rows("from product_signals__accounts order by 1")
    assert [row["account_id"] for row in accounts] == [NASTY, "a1"]
    rejected = warehouse.rows("from product_signals__rejected_events")
    assert sorted(row["reason"] for row in rejected) == sorted(
        [*bad, *[NO_COUNT] * 2]
    )
    assert {row["event_count"] for row in rejected} >= {"-1", "1.5", "three"}
    health = {
        row["check_name"]: row["value"]
        for row in warehouse.rows("from product_signals__data_health")
    }
    assert health["received_rows"] == len(rows)
    assert health["accepted_rows"] + health["duplicate_rows"] + health[
        "rejected_rows"
    ] == len(rows)
    assert health["unmapped_event_rate"] == pytest.approx(Decimal(100 * 2) / 7)
    # A refused build leaves the last good tables.
    warehouse.load(users=[*USERS, *USERS])
    refused(warehouse)
    assert accounts == warehouse.rows(
        "from product_signals__accounts order by 1"
    )
    # The highest raw score makes 100.
    assert (accounts[1]["score"], accounts[1]["active_user_rate"]) == (100, 100)


@pytest.mark.parametrize(
    ("events", "users", "accounts", "accounts_out", "users_out"),
    [
        pytest.param([], [], [], 0, 0, id="nothing"),
        pytest.param(
            [], USERS, ACCOUNTS, 1, 1, id="no events", marks=pytest.mark.long
        ),
        pytest.param(
            [event(1)], [], [], 0, 0, id="only events", marks=pytest.mark.long
        ),
    ],
)
def test_little_or_nothing(
    warehouse: Warehouse,
    events: list[Row],
    users: list[Row],
    accounts: list[Row],
    accounts_out: int,
    users_out: int,
) -> None:
    # Other tests had users and accounts, which may not all be gone at once.
    warehouse.execute("drop table if exists product_signals__attribute_history")
    warehouse.load(events=events, users=users, accounts=accounts)
    build(warehouse)
    shown = warehouse.rows("from product_signals__accounts")
    assert len(shown) == accounts_out
    assert len(warehouse.rows("from product_signals__users")) == users_out
    # L7: an event that has a weight but has not been seen for 30 days.
    unseen = warehouse.rows(
        "select value, detail from product_signals__data_health"
        " where check_name = 'unseen_events'"
    )
    assert unseen == [
        {"value": 0, "detail": None}
        if events
        else {"value": 1, "detail": "work"}
    ]
    statuses = {
        row["check_name"]: row["status"]
        for row in warehouse.rows("from product_signals__data_health")
    }
    silent = "ok" if events else "error"
    assert statuses["received_rows"] == silent
    assert statuses["freshness_days"] == silent
    for row in shown:
        assert row["score"] == 0
        assert row["active_user_rate"] is None
        assert "active_user_rate: no user was seen" in row["null_reasons"]


def test_days_are_cut_in_the_timezone(warehouse: Warehouse) -> None:
    late = datetime(2024, 3, 10, 23, 30)
    warehouse.load(
        events=[event(1, occurred_at=late), event(2)],
        users=[{**USERS[0], "created_at": late}],
        accounts=[{"account_id": "a1", "created_at": late}],
    )
    warehouse.execute(
        "alter table raw.users alter created_at type date"
        " using created_at::date"
    )
    build(warehouse, timezone="Asia/Tokyo")
    days = warehouse.rows(
        "select activity_date from product_signals__activity_daily"
        " where entity = 'user' and active_1d = 1 order by 1"
    )
    assert [row["activity_date"] for row in days] == [
        date(2024, 3, 10),
        date(2024, 3, 11),
    ]
    # A time is converted; a date is the same day in every time zone.
    for table, tenure_days in (("accounts", 0), ("users", 1)):
        assert warehouse.rows(
            f"select tenure_days from product_signals__{table}"
        ) == [{"tenure_days": tenure_days}]


@pytest.mark.long
def test_as_of_date_and_weekly_history(warehouse: Warehouse) -> None:
    warehouse.load(
        events=[event(n, occurred_at=NOON - DAY * n) for n in range(16)],
        users=USERS,
        accounts=[*ACCOUNTS, {"account_id": "a2", "created_at": NOON - DAY}],
    )
    build(warehouse, history_grain="week", as_of_date="2024-03-07")
    # Nothing after as_of_date counts, and later accounts don't exist yet.
    [account] = warehouse.rows("from product_signals__accounts")
    assert account["as_of_date"] == date(2024, 3, 7)
    assert account["event_count"] == 7
    days = warehouse.rows(
        "select as_of_date from product_signals__user_scores order by 1"
    )
    assert [row["as_of_date"] for row in days] == [
        date(2024, 2, 25),
        date(2024, 3, 3),
        date(2024, 3, 7),
    ]
    # Accounts keep every day.
    assert len(warehouse.rows("from product_signals__account_scores")) == 13


@pytest.mark.long
def test_history_start_limits_history_not_windows(
    warehouse: Warehouse,
) -> None:
    # Accounts of other tests have left, but lived on these days.
    warehouse.execute("drop table if exists product_signals__attribute_history")
    warehouse.load(
        events=[event(n, occurred_at=NOON - DAY * n) for n in range(30)],
        users=USERS,
        accounts=ACCOUNTS,
    )
    build(warehouse)
    query = (
        "select as_of_date, raw_score, score from"
        " product_signals__account_scores"
        " where as_of_date >= '2024-03-01' order by 1"
    )
    full = warehouse.rows(query)
    build(warehouse, history_start="2024-03-01")
    assert warehouse.rows(query) == full
    [first] = warehouse.rows(
        "from product_signals__accounts_daily where as_of_date = '2024-03-01'"
    )
    assert first["trend"] == "new"
    assert first["days_since_last_active"] == 0
    assert first["activation_rate"] == 100


def test_columns_are_checked(warehouse: Warehouse) -> None:
    warehouse.load(events=[event(1)], users=USERS, accounts=ACCOUNTS)
    warehouse.execute(
        "create or replace table raw.events as select * replace"
        " (epoch(occurred_at)::bigint as occurred_at)"
        " rename (event_name as name) from raw.events"
    )
    message = refused(warehouse)
    assert (
        "model product_signals_events (variable events_model) has no column"
        " event_name; select it under that name"
    ) in message
    assert "column occurred_at is bigint; cast it to a timestamp" in message
    # Each build has a time in one table and an id in another.
    times = (
        ("time with time zone", "'10:00:00+01'"),
        ("text[]", "['2024-01-01']"),
        ("timestamp[]", "[timestamp '2024-01-01']"),
        ("struct(day text)", "{'day': '2024-01-01'}"),
    )
    ids = (
        ("json", """'"u1"'"""),
        ("text[]", "['u1']"),
        ("struct(id text)", "{'id': 'u1'}"),
        ("text[2]", "['u1', 'u2']"),
    )
    for time, id_ in zip(times, ids, strict=True):
        for table, column, (kind, value) in (
            ("users", "created_at", time),
            ("accounts", "account_id", id_),
        ):
            warehouse.execute(
                f"create or replace table raw.{table} as select * replace"
                f" (cast({value} as {kind}) as {column}) from raw.{table}"
            )
        message = refused(warehouse)
        assert "column created_at is " in message, time
        assert "; cast it to a timestamp or a date" in message, time
        assert "column account_id is " in message, id_
        assert "; take the one text out of it" in message, id_


def test_a_missing_model_is_named(warehouse: Warehouse) -> None:
    message = refused(warehouse, accounts_model="my_accounts")
    assert "my_accounts" in message
    assert "not found" in message


def test_an_ephemeral_model_is_refused(warehouse: Warehouse) -> None:
    model = warehouse.project / "models" / "product_signals_users.sql"
    text = model.read_text(encoding="utf-8")
    model.write_text(
        "{{ config(materialized='ephemeral') }}\n" + text, encoding="utf-8"
    )
    try:
        assert "is ephemeral" in refused(warehouse)
    finally:
        model.write_text(text, encoding="utf-8")


def test_keys_must_be_there_and_unique(warehouse: Warehouse) -> None:
    warehouse.load(
        events=[event(1)],
        users=[*USERS, *USERS, {**USERS[0], "user_id": None}],
        accounts=[*ACCOUNTS, {**ACCOUNTS[0], "account_id": " "}],
    )
    message = refused(warehouse)
    assert (
        'product_signals_users, row user_id=u1: user_id "u1" is the key of 2'
        " rows; make the model one row per user_id"
    ) in message
    assert 'row user_id=(empty): user_id "" is missing' in message
    assert "product_signals_accounts, row account_id=(empty)" in message


def test_variables_are_checked(warehouse: Warehouse) -> None:
    warehouse.load(events=[event(1)], users=USERS, accounts=ACCOUNTS)
    message = refused(
        warehouse,
        "--select",
        "+int_product_signals__gate",
        as_of_date="2024-02-30",
        history_start="1989-12-31",
        history_grain="month",
        timezone="Berlin",
        adoption_window_days=0,
        rebuild_from="yesterday",
        max_rebuild_days=-1,
        seen_days=7.5,
        onboarding_days=True,
        size_column="headcount",
        account_attributes=["colour", "lifecycle_stage", "my attr", "it's"],
        user_attributes="team",
        only_loaded_by_then="maybe",
        excluded_actor_types=["bot"],
        trend_threshold=float("nan"),
    )
    for expected in (
        'as_of_date "2024-02-30" is not a date; write YYYY-MM-DD',
        'history_start "1989-12-31" is before 1990',
        'history_grain "month" is unknown; write day or week',
        'timezone "Berlin" is not a time zone; write an IANA name',
        'adoption_window_days "0" is not a whole number from 1 to 3660',
        'seen_days "7.5" is not a whole number',
        'rebuild_from "yesterday" is not a date; write YYYY-MM-DD',
        'max_rebuild_days "-1" is not a whole number from 0 to 3660',
        'onboarding_days "True" is not a whole number',
        'size_column "headcount" is not an amount of an account; write one of',
        "has no column colour, which the variable account_attributes names",
        'account_attributes has "lifecycle_stage", a name that the package',
        'account_attributes has "my attr", which is not a plain column name',
        """account_attributes has "it's", which is not a plain column name""",
        'user_attributes "team" is not a list of texts; write [a, b]',
        'trend_threshold "nan" is not a number above 0',
        'excluded_actor_types has "bot"; actors are human, agent, automation,'
        " system",
        'only_loaded_by_then "maybe" is neither true nor false',
    ):
        assert expected in message


def test_a_last_day_that_is_yet_to_come_is_refused(
    warehouse: Warehouse,
) -> None:
    """Such as a mistyped year: no earlier day could publish anything more."""
    warehouse.load(events=[event(1)], users=USERS, accounts=ACCOUNTS)
    message = refused(
        warehouse,
        "--select",
        "+int_product_signals__gate",
        as_of_date="2999-02-10",
    )
    assert 'as_of_date "2999-02-10" is yet to come: until then' in message


def test_a_first_day_that_is_yet_to_come_is_refused(
    warehouse: Warehouse,
) -> None:
    """L7: all of history was one day, and nothing said so."""
    warehouse.load(events=[event(1)], users=USERS, accounts=ACCOUNTS)
    message = refused(
        warehouse,
        "--select",
        "+int_product_signals__gate",
        history_start="2999-02-10",
    )
    assert 'history_start "2999-02-10" is yet to come: only the' in message


def test_known_then_needs_a_day_and_arrivals(warehouse: Warehouse) -> None:
    warehouse.load(events=[event(1)], users=USERS, accounts=ACCOUNTS)
    message = refused(warehouse, only_loaded_by_then=True)
    assert "only_loaded_by_then is true, but as_of_date is empty" in message
    message = refused(
        warehouse, only_loaded_by_then=True, as_of_date="2024-03-10"
    )
    assert "product_signals_events has no column loaded_at; add it" in message


def test_dates_of_users_and_accounts_are_checked(warehouse: Warehouse) -> None:
    warehouse.load(
        events=[event(1)],
        users=[{**USERS[0], "created": "2024-01-01"}],
        accounts=[
            {"account_id": "a1", "created": "31/12/2023"},
            {"account_id": "a2", "created": None},
        ],
    )
    for table in ("users", "accounts"):
        warehouse.execute(f"alter table raw.{table} drop if exists created_at")
        warehouse.execute(
            f"alter table raw.{table} rename created to created_at"
        )
    message = refused(warehouse)
    assert (
        'product_signals_accounts, row account_id=a1: created_at "31/12/2023"'
        " is not a time; write YYYY-MM-DD"
    ) in message
    warehouse.execute(
        "update raw.accounts set created_at = null where account_id = 'a1'"
    )
    warehouse.execute("update raw.users set created_at = null")
    outcome = warehouse.build("--select", "+product_signals__data_health")
    assert any(
        "is missing in 2 rows: they begin with their first event" in warning
        for warning in outcome.warnings
    )
    [found] = warehouse.rows(
        "select detail from product_signals__data_health"
        " where check_name = 'configuration_warnings'"
    )
    assert (
        ": created_at is missing in 1 row: it begins with its first event"
        in found["detail"]
    )


@pytest.mark.long
def test_attributes_are_whatever_they_are_called(warehouse: Warehouse) -> None:
    # Other tests have accounts with the same ids, other domains, later dates.
    warehouse.execute("drop table if exists product_signals__attribute_history")
    warehouse.load(
        events=[event(1)],
        users=USERS,
        accounts=[
            {
                **ACCOUNTS[0],
                "score": "12",
                "profile": "x",
                "domain": "a.example",
            }
        ],
    )
    build(
        warehouse,
        account_attributes=["score", "profile", "domain"],
        size_column="score",
    )
    [account] = warehouse.rows("from product_signals__accounts")
    assert (account["score"], account["profile"]) == (100, "main")
    assert account["size_value"] == 12
    attributes = warehouse.rows(
        "select attribute, value from product_signals__attributes"
        " where entity = 'account' and attribute in"
        " ('score', 'profile', 'domain') order by 1"
    )
    assert [row["value"] for row in attributes] == ["a.example", "x", "12"]


@pytest.mark.long
def test_times_that_are_none_and_events_to_come(warehouse: Warehouse) -> None:
    warehouse.load(
        events=[
            event(1, moment="2024-03-10 12:00:00"),
            event(2, moment="infinity"),
            event(3, moment="2924-03-10"),
        ],
        users=USERS,
        accounts=ACCOUNTS,
    )
    warehouse.execute(
        "alter table raw.events drop occurred_at;"
        " alter table raw.events rename moment to occurred_at"
    )
    build(warehouse)
    rejected = warehouse.rows("from product_signals__rejected_events")
    assert {row["event_id"]: row["reason"] for row in rejected} == {
        "e2": "occurred_at is not a time",
        "e3": "occurred_at is after 2199",
    }
    [freshness] = warehouse.rows(
        "from product_signals__data_health where check_name = 'freshness_days'"
    )
    assert freshness["detail"] == "the last event is of 2024-03-10"
    assert freshness["value"] > 0


@pytest.mark.long
def test_who_is_new_to_a_profile_has_no_past_in_it(
    warehouse_factory: Callable,
) -> None:
    """C10: not even a past without events, which would be flat at zero."""
    config = CONFIG.model_dump(exclude_none=True, exclude_unset=True)
    config["profiles"] = {
        status: {
            "period_days": 7,
            "min_population": 1,
            "priority": 1,
            "filter": {
                "entity": "account",
                "attribute": "subscription_status",
                "values": [status],
            },
        }
        for status in ("trial", "paid")
    }
    warehouse = warehouse_factory("entering")
    warehouse.configure(Config.model_validate(config), INPUTS)
    paid = {**ACCOUNTS[0], "trial_started_at": None, "converted_at": None}
    warehouse.load(
        events=[
            event(n, user_id=f"u{1 + n % 2}", occurred_at=NOON - DAY * n)
            for n in range(20, 60)
        ]
        + [event(99, user_id="u3")],
        users=[
            {**USERS[0], "user_id": f"u{n}", "account_id": f"a{n}"}
            for n in (1, 2, 3)
        ],
        accounts=[
            {
                **paid,
                "trial_started_at": NOON - 90 * DAY,
                "converted_at": NOON - 3 * DAY,
            },
            {**paid, "account_id": "a2"},
            {**paid, "account_id": "a3"},
        ],
    )
    build(warehouse)
    for table, key in (("accounts", "account_id"), ("users", "user_id")):
        rows = warehouse.rows(
            "select profile, trend, score_change"
            f" from product_signals__{table} order by {key} limit 2"
        )
        assert [tuple(row.values()) for row in rows] == [
            ("paid", "new", None),
            ("paid", "flat", 0),
        ], table
