"""How times, amounts and flags are read in every warehouse (L7, L8).

All inputs are text here, as in files, except in the last test. Each text has
its own user or account, so that public tables show how it was read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from product_signals.config import Config
from product_signals.errors import UserError
from warehouse import Warehouse

Row = dict[str, Any]
INPUTS = [
    "events",
    "users",
    "accounts",
    "account_history",
    "memberships",
    "usage_limits",
    "surveys",
    "communications",
    "tickets",
    "assessments",
    "subscription_changes",
    "signal_responses",
]
NOON = datetime(2024, 3, 10, 12)

TIMES = {
    "2024-03-10": datetime(2024, 3, 10),
    "2024-02-29": datetime(2024, 2, 29),
    "2024-03-10 12:00": NOON,
    "2024-03-10 12:00:00": NOON,
    " 2024-03-10T12:00:00 ": NOON,
    "2024-03-10t12:00:00z": NOON,
    "2024-03-10T12:00Z": NOON,
    "2024-03-10 12:00:00 Z": NOON,
    "2024-03-10T12:00:00.5z": NOON.replace(microsecond=500000),
    "2024-03-10 12:00:00.123456789Z": NOON.replace(microsecond=123456),
    "2024-03-10 12:00:00.9999999": NOON.replace(microsecond=999999),
    "2024-03-10T14:00:00+02:00": NOON,
    "2024-03-10 14:00:00 +02:00": NOON,
    "2024-03-10 14:00+02": NOON,
    "2024-03-10 14:00:00.25 +0200": NOON.replace(microsecond=250000),
    "2024-03-10t17:45:00.123456789+05:45": NOON.replace(microsecond=123456),
    "2024-03-10T02:30:00-0930": NOON,
    "2024-03-10 10:00:00 -02": NOON,
    "2024-03-11T03:59:00+15:59": NOON,
    "2024-03-11T06:00:00+18:00": NOON,
    "2024-03-09 18:01:00-17:59": NOON,
    "2024-03-09 18:00:00-1800": NOON,
    "2024-03-10 12:00:00-00:00": NOON,
}
REFUSED = [
    "2024-03-10 10:00 PM",
    "2024-03-10 12:30:00 AM",
    "10:00 PM",
    "2024/03/10 10:00:00",
    "2024-3-10",
    "10.03.2024",
    "31/01/2024",
    "2024-02-30",
    "2023-02-29",
    "2100-02-29",
    "2024-04-31",
    "2024-13-01",
    "2024-00-10",
    "2024-03-10 24:00:00",
    "2024-03-10 12:60:00",
    "2024-03-10 23:59:60",
    "2024-03-10 12:00:00 Europe/Berlin",
    "2024-03-10 12:00:00 UTC",
    "2024-03-10 12:00:00CET",
    "2024-03-10 12:00:00 BC",
    "2024-03-10 12:00:00+18:01",
    "2024-03-10 12:00:00-19",
    "2024-03-10 12:00:00+2",
    "2024-03-10 12:00:00+02:60",
    "2024-03-10 12:00:00+02:00:00",
    "2024-03-10Z",
    "2024-03-10T",
    "2024-03-10 12",
    "2024-03-10 12:00:00.",
    "2024-03-10 12:00:00,5",
    "2024-03-10  12:00:00",
    "2024-03-10 12:00:00  Z",
    "2024-03-10\t12:00:00",
    "20240310",
    "1710072000",
    "12024-03-10",
    "2024-W10-7",
    "infinity",
    "now",
    "today",
    "epoch",
    "\uff12\uff10\uff12\uff14-03-10",
]
# Times that are too early for events.
EARLY = ["1989-12-31T23:59:59Z", "1850-01-01", "0001-01-01 00:00"]
LATE = ["2200-01-01", "2924-03-10 12:00:00Z", "9999-12-31T23:59:59+02:00"]
# The earliest and latest values that other columns accept.
EDGES = {
    "1989-12-31T23:59:59Z": datetime(1989, 12, 31, 23, 59, 59),
    "1900-01-01": datetime(1900, 1, 1),
    "2000-02-29": datetime(2000, 2, 29),
    "2199-12-31T23:59:59.999999": datetime(2199, 12, 31, 23, 59, 59, 999999),
}
AMOUNTS = {
    "0": 0,
    "-5.50": -5.5,
    " .5 ": 0.5,
    "007": 7,
    "100000000000000": 1e14,
    "$99": None,
    "1,200.50": None,
    "1 200": None,
    "1e3": None,
    "NaN": None,
    "infinity": None,
    "0.00000001": None,
    "1000000000000000": None,
    "0." + "0" * 400 + "1": None,
}
FLAGS = {
    "TRUE": True,
    "1": True,
    " yes ": True,
    "off": False,
    "N": False,
    "WAHR": None,
    "2": None,
}

CONFIG = Config.model_validate(
    {
        "seed_prefix": "values",
        "events": {
            "work": {"feature": "work", "counts_as_activity": True, "weight": 2}
        },
        "features": {"work": {"is_key": True}},
        "profiles": {
            "grouped": {
                "priority": 1,
                "period_days": 7,
                "min_population": 1,
                "filter": {
                    "entity": "account",
                    "attribute": "group",
                    "values": ["g'1"],
                },
            },
            "others": {"priority": 2, "period_days": 7, "min_population": 1},
        },
        "checklists": {
            "start": {
                "entity": "user",
                "filter": {"attribute": "order", "values": ["o1"]},
                "steps": {"worked": {"event_name": "work"}},
            }
        },
    }
)


def load_texts(warehouse: Warehouse, **inputs: list[Row]) -> None:
    """Loads inputs with all columns as text, whatever they are called."""
    warehouse.load(
        **{
            name: [
                {f"{column}_text": value for column, value in row.items()}
                for row in rows
            ]
            for name, rows in inputs.items()
        }
    )
    for name, rows in inputs.items():
        for column in dict.fromkeys(key for row in rows for key in row):
            warehouse.execute(
                f'alter table raw.{name} rename {column}_text to "{column}"'
            )
    warehouse.send(*(f"raw.{name}" for name in inputs))


def event(number: int, **changes: Any) -> Row:
    return {
        "event_id": f"e{number}",
        "user_id": f"u{number}",
        "event_name": " work ",
        "occurred_at": "2024-03-10",
        "event_count": "1",
        "event_value": "1",
        "loaded_at": "",
        **changes,
    }


def account(name: str, **changes: Any) -> Row:
    return {
        "account_id": name,
        "created_at": "2024-03-01",
        "contract_ends_at": "",
        "mrr": "",
        "seats": "",
        "is_key_account": "",
        "cancelled_at": "",
        "Plan": "basic",
        "group": "g2",
        "user": "",
        **changes,
    }


def user(name: str, **changes: Any) -> Row:
    return {
        "user_id": name,
        "account_id": "a",
        "created_at": "2024-03-01",
        "deactivated_at": "",
        "is_internal": "",
        "order": "o2",
        **changes,
    }


HISTORY = [
    {
        "account_id": "a",
        "valid_from": "0001-01-01",
        "valid_to": "9999-12-31",
        "Plan": "gold ",
    }
]
MEMBERSHIPS = [
    {
        "user_id": "u0",
        "account_id": "a",
        "valid_from": "2024-03-01",
        "valid_to": "",
    }
]
TEXTS = [*TIMES, *REFUSED, *EARLY, *LATE]
VARIABLES = {
    "account_attributes": ["Group", "user"],
    "user_attributes": ["order"],
    "as_of_date": "2024-03-12",
}


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """One warehouse for all tests."""
    made = warehouse_factory("values_of_inputs")
    made.configure(CONFIG, INPUTS, VARIABLES)
    made.load(**{name: [] for name in INPUTS})
    return made


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    """The warehouse, built from all the texts at once."""
    busy = f"u{TEXTS.index('2024-03-10')}"
    events = [event(n, occurred_at=text) for n, text in enumerate(TEXTS)] + [
        event(901, event_count="1000000000000"),
        event(902, event_count="0.00000001"),
        event(903, event_count="1000000000", event_value="100000000000000"),
        event(904, event_value="1,200.50", loaded_at="10:00 PM"),
        event(904, event_value="1,200.50", loaded_at="10:00 PM"),
        event(905, loaded_at="9999-12-31"),
        *(
            event(n, event_count="1000000000", user_id=busy)
            for n in range(910, 920)
        ),
    ]
    load_texts(
        warehouse,
        events=events,
        users=[
            user(f"u{n}", order=" o1" if n == 0 else "o2 ")
            for n in range(len(TEXTS))
        ],
        accounts=[
            account("a", group=" g'1", user="me "),
            *(
                account(f"t{n}", contract_ends_at=text)
                for n, text in enumerate([*TEXTS, *EDGES])
            ),
            *(account(f"m{n}", mrr=text) for n, text in enumerate(AMOUNTS)),
            *(
                account(f"f{n}", is_key_account=text)
                for n, text in enumerate(FLAGS)
            ),
            account("s", seats="0.00000001"),
            account("unlimited", seats="-1"),
        ],
        account_history=HISTORY,
        memberships=MEMBERSHIPS,
        usage_limits=[
            {
                "account_id": name,
                "meter": "rows",
                "used": used,
                "allowed": allowed,
                "measured_at": measured_at,
            }
            for name, used, allowed, measured_at in [
                ("a", "1000000000000", "0.000001", ""),
                ("s", "5", "10", "2024-03-02"),
                ("s", "many", "10", "2024-03-03"),
                ("s", "5", "-1", "2024-03-04"),
                ("s", "10", "10", "31/01/2024"),
                ("", "10", "10", ""),
            ]
        ],
        surveys=[
            {"account_id": name, "answered_at": answered_at, "score": score}
            for name, answered_at, score in [
                ("a", "2024-03-12", "3"),
                ("a", "2024-03-12", "three"),
                ("a", "10:00 PM", "3"),
                ("a", "", "3"),
                (" ", "2024-03-12", "3"),
            ]
        ],
        communications=[
            {"account_id": "a", "occurred_at": at, "direction": direction}
            for at, direction in [
                ("2024-03-12", "inbound"),
                ("noon", "inbound"),
                ("2024-03-12", ""),
                ("2024-03-12", " OUTBOUND "),
                ("2024-03-12", "sent"),
            ]
        ],
        tickets=[
            {
                "ticket_id": ticket,
                "account_id": "a",
                "opened_at": "2024-03-12",
                "closed_at": closed_at,
            }
            for ticket, closed_at in [("1", ""), ("2", "soon"), ("", "")]
        ],
        assessments=[
            {"account_id": "a", "assessed_at": "2024-03-12", "rating": rating}
            for rating in ("4", "good")
        ],
        subscription_changes=[
            {
                "account_id": "a",
                "changed_at": "2024-03-12",
                "change_type": "new",
                "mrr_before": "",
                "mrr_after": after,
                "renewal_due_at": due,
            }
            for after, due in [("10", ""), ("ten", ""), ("10", "spring")]
        ],
        signal_responses=[
            {
                "signal_key": "k",
                "responded_at": "2024-03-12",
                "response": response,
                "until": until,
            }
            for response, until in (
                ("Snoozed", "2024-04-01"),
                ("snoozed", "May"),
                ("ignored", ""),
            )
        ],
    )
    warehouse.build()
    return warehouse


def published(warehouse: Warehouse, table: str, column: str) -> dict[str, Any]:
    key = table.removesuffix("s") + "_id"
    return {
        row[key]: row[column]
        for row in warehouse.rows(
            f'select {key}, "{column}" from product_signals__{table}'
        )
    }


def test_what_a_time_is_of_events(built: Warehouse) -> None:
    """L8: a time is read as meant, or its row is refused; it is never bent."""
    seen = published(built, "users", "last_active_at")
    assert {
        text: seen[f"u{n}"]
        for n, text in enumerate(TEXTS)
        if seen[f"u{n}"] is not None
    } == TIMES
    reasons = {
        row["event_id"]: (row["occurred_at"], row["reason"])
        for row in built.rows("from product_signals__rejected_events")
    }
    count = "event_count is not a whole number from 0 to 1,000,000,000"
    assert reasons.pop("e901")[1] == reasons.pop("e902")[1] == count
    assert dict(reasons.values()) == {
        **dict.fromkeys(REFUSED, "occurred_at is not a time"),
        **dict.fromkeys(EARLY, "occurred_at is before 1990"),
        **dict.fromkeys(LATE, "occurred_at is after 2199"),
    }
    # As they were received, including blanks.
    assert built.rows(
        "select distinct event_name from product_signals__rejected_events"
    ) == [{"event_name": " work "}]


def test_what_a_time_an_amount_and_a_flag_are_elsewhere(
    built: Warehouse,
) -> None:
    ends = published(built, "accounts", "contract_ends_at")
    assert {text: ends[f"t{n}"] for n, text in enumerate([*TEXTS, *EDGES])} == {
        **dict.fromkeys(TEXTS),
        **TIMES,
        **EDGES,
    }
    amounts = published(built, "accounts", "mrr")
    assert {text: amounts[f"m{n}"] for n, text in enumerate(AMOUNTS)} == AMOUNTS
    flags = published(built, "accounts", "is_key_account")
    assert {text: flags[f"f{n}"] for n, text in enumerate(FLAGS)} == FLAGS
    seats = published(built, "accounts", "seats")
    assert seats["s"] is None
    # What some systems have for no limit.
    assert seats["unlimited"] is None


def test_what_cannot_be_read_is_a_warning(built: Warehouse) -> None:
    """L9: by model and column, with a count and an example."""
    health = {
        row["check_name"]: row
        for row in built.rows("from product_signals__data_health")
    }
    found = {
        name: int(row["value"])
        for name, row in health.items()
        if name.startswith(("unreadable_", "left_out_"))
    }
    assert found == {
        "unreadable_accounts_contract_ends_at": (len(TEXTS) - len(TIMES) - 1),
        "unreadable_accounts_mrr": 9,
        "unreadable_accounts_seats": 2,
        "unreadable_accounts_is_key_account": 2,
        "unreadable_events_event_value": 2,
        "unreadable_events_loaded_at": 3,
        "unreadable_usage_limits_used": 1,
        "unreadable_usage_limits_allowed": 1,
        "unreadable_usage_limits_measured_at": 1,
        "left_out_usage_limits": 4,
        "unreadable_surveys_score": 1,
        "unreadable_surveys_answered_at": 1,
        "left_out_surveys": 4,
        "unreadable_communications_occurred_at": 1,
        "unreadable_communications_direction": 1,
        "left_out_communications": 3,
        "unreadable_tickets_closed_at": 1,
        "left_out_tickets": 2,
        "unreadable_assessments_rating": 1,
        "left_out_assessments": 1,
        "unreadable_subscription_changes_mrr_after": 1,
        "unreadable_subscription_changes_renewal_due_at": 1,
        "left_out_subscription_changes": 2,
        "unreadable_signal_responses_response": 1,
        "unreadable_signal_responses_until": 1,
        "left_out_signal_responses": 2,
    }
    assert {health[name]["status"] for name in found} == {"warn"}
    assert health["unreadable_events_event_value"]["detail"] == (
        "product_signals_events, column event_value: is null where it can't be"
        ' read, such as "1,200.50"'
    )
    assert health["left_out_usage_limits"]["detail"] == (
        "product_signals_usage_limits: rows left out for want of account_id,"
        " meter, used, allowed, of 6"
    )
    # L8: everything that was received is there.
    assert health["received_rows"]["status"] == "ok"
    assert health["received_rows"]["value"] == sum(
        health[name]["value"]
        for name in ("accepted_rows", "duplicate_rows", "rejected_rows")
    )


def test_nothing_absurd_overflows(built: Warehouse) -> None:
    rates = published(built, "accounts", "capacity_used_rate")
    assert (rates["a"], rates["s"]) == (1_000_000, 50)
    assert published(built, "accounts", "mrr")["m4"] == 1e14
    [most] = built.rows(
        "select max_points, points from product_signals__usage_distribution"
        " where profile = 'grouped' and entity = 'user' and account_id = 'a'"
    )
    assert most["points"] >= most["max_points"] > 2e10


def test_attributes_may_be_words_of_sql(built: Warehouse) -> None:
    """They work as columns, quoted in the warehouse's case.

    Spaces around a value make no difference, since a seed can't have them.
    """
    attributes = {
        (row["entity_id"], row["attribute"]): row["value"]
        for row in built.rows("from product_signals__attributes")
    }
    assert attributes["a", "group"] == "g'1"
    assert attributes["a", "user"] == "me"
    assert ("s", "user") not in attributes
    assert attributes["u1", "order"] == "o2"
    assert attributes["a", "plan"] == "gold"
    assert attributes["s", "plan"] == "basic"
    profiles = published(built, "accounts", "profile")
    assert (profiles["a"], profiles["s"]) == ("grouped", "others")
    checklists = published(built, "users", "checklist")
    assert (checklists["u0"], checklists["u1"]) == ("start", None)
    assert built.rows(
        "select distinct value from product_signals__segment_scores"
        " where attribute = 'group' order by 1"
    ) == [{"value": "g'1"}, {"value": "g2"}]


def test_what_decides_who_lives_stops_the_run(warehouse: Warehouse) -> None:
    """L7: with the row, the value and the fix."""
    load_texts(
        warehouse,
        users=[
            user("u0", deactivated_at="20.01.2024"),
            user("u1", is_internal="WAHR"),
            user("u2", is_internal="FALSCH"),
        ],
        accounts=[
            account("a", cancelled_at="31/01/2024"),
            account("b", created_at="2924-01-01"),
        ],
        account_history=[
            {**HISTORY[0], "valid_from": "2924-01-01"},
            {**HISTORY[0], "valid_from": "soon", "valid_to": "0001-01-01"},
        ],
        memberships=[{**MEMBERSHIPS[0], "valid_to": "later"}],
    )
    with pytest.raises(UserError) as error:
        warehouse.build("--select", "+int_product_signals__gate")
    message = str(error.value)
    for expected in (
        'users, row user_id=u0: deactivated_at "20.01.2024" is not a time;'
        " write YYYY-MM-DD hh:mm:ss, from 1900 to 2199 and 00:00:00 to"
        " 23:59:59, or cast it to a timestamp",
        'users, row user_id=u2: is_internal "FALSCH" is not true or false, nor'
        " are those of 1 more rows; write true or false, or leave it empty",
        'accounts, row account_id=a: cancelled_at "31/01/2024" is not a time;',
        'accounts, row account_id=b: created_at "2924-01-01" is not a time;',
        'account_history, row account_id=a: valid_from "2924-01-01" is not a'
        " time, nor are those of 1 more rows;",
        'account_history, row account_id=a: valid_to "0001-01-01" is not',
        'memberships, row user_id=u0: valid_to "later" is not a time;',
    ):
        assert expected in message


@pytest.mark.long
def test_native_values_beyond_all_bounds(warehouse: Warehouse) -> None:
    """Values that nobody can mean are refused, or null with a warning."""
    warehouse.load(
        events=[
            {
                "event_id": f"e{n}",
                "user_id": "u0",
                "event_name": "work",
                "occurred_at": NOON,
                "event_count": 1.0,
                "event_value": 1.0,
                "loaded_at": NOON,
            }
            for n in range(9)
        ],
    )
    for number, change in enumerate(
        [
            "occurred_at = 'infinity'",
            "occurred_at = '2924-03-10'",
            "occurred_at = '0044-03-15'",
            "event_count = 1e12",
            "event_count = 'nan'",
            "event_value = 1e300",
            "event_value = 'infinity'",
            "loaded_at = '2924-01-10 04:00:00'",
        ]
    ):
        warehouse.execute(
            f"update raw.events set {change} where event_id = 'e{number}'"
        )
    warehouse.send("raw.events")
    load_texts(
        warehouse,
        users=[user("u0")],
        accounts=[account("a")],
        account_history=HISTORY,
        memberships=MEMBERSHIPS,
    )
    warehouse.build()
    count = "event_count is not a whole number from 0 to 1,000,000,000"
    assert {
        row["event_id"]: row["reason"]
        for row in warehouse.rows("from product_signals__rejected_events")
    } == {
        "e0": "occurred_at is after 2199",
        "e1": "occurred_at is after 2199",
        "e2": "occurred_at is before 1990",
        "e3": count,
        "e4": count,
    }
    assert unread_events(warehouse) == (4, 2, 1)
    # A later run adds what came since: one more, from an earlier day.
    warehouse.execute(
        "insert into raw.events select * replace ('late' as event_id,"
        " 'nan' as event_value, occurred_at - interval 3 day as occurred_at)"
        " from raw.events where event_id = 'e8'"
    )
    warehouse.send("raw.events")
    warehouse.build()
    assert unread_events(warehouse) == (5, 3, 1)


@pytest.mark.long
def test_an_id_is_the_same_in_every_type(warehouse: Warehouse) -> None:
    """7, 7.0 and 7.00 join; NaN is not an id either (L9)."""
    load_texts(
        warehouse,
        events=[event(n, user_id=n) for n in ("7", "1234567890123", "nan")],
        users=[
            user(n, account_id=a)
            for n, a in (("7", "12.00"), ("1234567890123", "12.50"))
        ],
        accounts=[account("12"), account("12.50")],
        account_history=[{**HISTORY[0], "account_id": "12"}],
        memberships=[
            {**MEMBERSHIPS[0], "user_id": "7", "account_id": "12"},
        ],
    )
    for table, column, kind in (
        ("events", "user_id", "double"),
        ("users", "account_id", "decimal(10, 2)"),
    ):
        warehouse.execute(f"alter table raw.{table} alter {column} type {kind}")
        warehouse.send(f"raw.{table}")
    warehouse.build()
    assert warehouse.rows(
        "select event_id, reason from product_signals__rejected_events"
    ) == [{"event_id": "enan", "reason": "user_id is missing"}]
    assert warehouse.rows(
        "select user_id, account_id from product_signals__users order by 1"
    ) == [
        {"user_id": "1234567890123", "account_id": "12.50"},
        {"user_id": "7", "account_id": "12"},
    ]
    assert warehouse.rows(
        "select distinct user_id from product_signals__user_scores order by 1"
    ) == [{"user_id": "1234567890123"}, {"user_id": "7"}]


def unread_events(warehouse: Warehouse) -> tuple[int, ...]:
    health = {
        row["check_name"]: int(row["value"] or 0)
        for row in warehouse.rows("from product_signals__data_health")
    }
    return tuple(
        health[name]
        for name in (
            "accepted_rows",
            "unreadable_events_event_value",
            "unreadable_events_loaded_at",
        )
    )
