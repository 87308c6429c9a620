"""What data health says about unknown, stray and missing data (L9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from histories import start_dbt
from product_signals.config import Config, read_config
from product_signals.package import package_root, starter_config
from warehouse import Warehouse

Row = dict[str, Any]
NOON = datetime(2024, 3, 10, 12)
DAY = timedelta(days=1)
LATER = datetime(2190, 1, 1)
INPUTS = [
    "events",
    "users",
    "accounts",
    "memberships",
    "account_history",
    "usage_limits",
    "surveys",
    "communications",
    "tickets",
    "assessments",
    "subscription_changes",
]
HEALTH = ("--select", "+product_signals__data_health")

CONFIG = Config.model_validate(
    {
        "seed_prefix": "coverage",
        "events": {
            "work": {"feature": "work", "counts_as_activity": True, "weight": 2}
        },
        "features": {"work": {"is_key": True}},
        "profiles": {"main": {"period_days": 7, "min_population": 1}},
        "bands": read_config(starter_config()).bands,
    }
)


def _events(number: int, user: str, **changes: Any) -> list[Row]:
    return [
        {
            "event_id": f"{user}{changes}{n}",
            "user_id": user,
            "account_id": None,
            "event_name": "work",
            "occurred_at": NOON,
            **changes,
        }
        for n in range(number)
    ]


def _user(user: str, account: str | None, created_at: datetime = NOON) -> Row:
    return {"user_id": user, "account_id": account, "created_at": created_at}


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable) -> Warehouse:
    """200 recent events, and something unknown of every kind."""
    made = warehouse_factory("coverage")
    made.configure(CONFIG, INPUTS)
    made.load(
        events=[
            *_events(131, "u1"),
            # The account is the user's, not the event's or the membership's.
            *_events(20, "u2"),
            # The account comes from the membership, until that is over.
            *_events(14, "u3", occurred_at=NOON - 2 * DAY),
            *_events(4, "u3"),
            # The event's own account comes first.
            *_events(6, "u1", account_id="ghost"),
            *_events(12, "u4"),
            *_events(10, "stranger"),
            # Too old to be among what is unknown now.
            *_events(
                1,
                "bygone",
                event_name="former",
                occurred_at=datetime(2000, 1, 1),
            ),
            *_events(
                1, "u1", event_name="former", occurred_at=NOON - 90 * DAY
            ),
            *_events(3, "u1", occurred_at=LATER),
            *_events(
                1, "u1", event_name="Work", occurred_at=NOON - 89 * DAY
            ),
            *_events(1, "u1", event_name="w-or k"),
            *_events(1, "u5", occurred_at=NOON - DAY),
        ],
        users=[
            _user("u1", "a1"),
            _user("u2", "lost", NOON + DAY),
            _user("u3", "a1"),
            _user("u4", None),
            _user("u5", "gone"),
        ],
        accounts=[
            {"account_id": "a1", "created_at": NOON, "cancelled_at": None},
            # Not used yet, so it is fine.
            {
                "account_id": "soon",
                "created_at": NOON + DAY,
                "cancelled_at": None,
            },
            {
                "account_id": "gone",
                "created_at": NOON + 400 * DAY,
                "cancelled_at": NOON - 2 * DAY,
            },
            {"account_id": "idle", "created_at": NOON, "cancelled_at": NOON},
        ],
        memberships=[
            {
                "user_id": user,
                "account_id": account,
                "valid_from": NOON - 3 * DAY,
                "valid_to": NOON - DAY,
            }
            for user, account in (
                ("u3", "away"), ("u4", "a1"), ("nobody", "a1")
            )
        ],
        account_history=[
            {
                "account_id": account,
                "valid_from": NOON - 3 * DAY,
                "valid_to": NOON - DAY,
                "plan": "pro",
            }
            for account in ("a1", "gone", "idle", "ghost")
        ],
        usage_limits=[
            {"account_id": account, "meter": "m", "used": 1, "allowed": 2}
            for account in ("a1", "ghost")
        ],
        surveys=[
            {"account_id": account, "answered_at": answered_at, "score": 9}
            for account, answered_at in (
                ("a1", NOON - 100 * DAY),
                ("ghost", NOON - 101 * DAY),
                ("ghost", NOON - 102 * DAY),
                ("spook", LATER),
            )
        ],
        communications=[
            {"account_id": name, "occurred_at": at, "direction": "inbound"}
            for name, at in (("a1", NOON - 29 * DAY), ("ghost", LATER))
        ],
        tickets=[
            {
                "ticket_id": name,
                "account_id": name,
                "opened_at": NOON - 30 * DAY,
            }
            for name in ("ghost", "spook")
        ],
        assessments=[
            {"account_id": name, "assessed_at": NOON + DAY, "rating": 4}
            for name in ("a1", "a1", "a1", "spook")
        ],
        subscription_changes=[
            {
                "account_id": name,
                "changed_at": NOON - 90 * DAY,
                "change_type": "new",
                "mrr_before": 0,
                "mrr_after": 10,
                "renewal_due_at": NOON,
            }
            for name in ("a1", "gone", "idle", "ghost", "ghost")
        ],
    )  # fmt: skip
    made.build(*HEALTH)
    return made


def _health(warehouse: Warehouse) -> dict[str, Row]:
    return {
        row["check_name"]: row
        for row in warehouse.rows("from product_signals__data_health")
    }


@pytest.mark.parametrize(
    ("check", "value", "detail"),
    [
        # 20 of lost, 14 of away, 6 of ghost.
        ("unknown_account_rate", 20, "lost, away, ghost"),
        ("no_account_rate", 11, "u4, stranger"),
        ("unknown_user_rate", 5, "stranger"),
        ("unknown_in_users_rate", 20, "lost"),
        ("unknown_in_memberships_rate", 66.666667, "away, nobody"),
        ("unknown_in_account_history_rate", 25, "ghost"),
        ("unknown_in_usage_limits_rate", 50, "ghost"),
        ("unknown_in_surveys_rate", 75, "ghost, spook"),
        ("unknown_in_communications_rate", 50, "ghost"),
        ("unknown_in_tickets_rate", 100, "ghost, spook"),
        ("unknown_in_assessments_rate", 25, "spook"),
        ("unknown_in_subscription_changes_rate", 40, "ghost"),
        (
            "stray_rows",
            1,
            r"history begins on 2000-01-01, .* gap that ends on 2023-12-11:"
            r" bygone \(former\); set the variable history_start to"
            r" 2023-12-11,",
        ),
        (
            "future_events",
            3,
            "once their day has come: work; or correct occurred_at in"
            " .*_events",
        ),
        (
            "cancelled_accounts_in_use",
            1,
            "used after cancelled_at: gone; .* cancelled_at that is empty",
        ),
        (
            "future_created_at",
            2,
            "in use, but created_at is yet to come: account gone, user u2;"
            " .* correct it in .*_accounts or .*_users",
        ),
        ("alike_event_names", 1, "Work = w-or k = work; if they are one"),
    ],
)
def test_what_is_unknown_is_counted_and_named(
    warehouse: Warehouse, check: str, value: float, detail: str
) -> None:
    found = _health(warehouse)[check]
    assert float(found["value"]) == value
    assert found["status"] == "warn"
    assert re.search(detail, found["detail"])
    assert "bygone" not in found["detail"] or check == "stray_rows"


def test_a_rate_is_of_the_last_days(warehouse: Warehouse) -> None:
    """L9: what is mended doesn't hide a break of today, or warn for ever."""
    found = _health(warehouse)["unmapped_event_rate"]
    assert (found["value"], found["status"]) == (1, "ok")
    assert found["detail"] == "Work, w-or k"


@pytest.mark.parametrize(
    ("name", "value", "status", "last"),
    [
        ("surveys", 100, "warn", "2023-12-01"),
        ("communications", 29, "ok", "2024-02-10"),
        ("tickets", 30, "warn", "2024-02-09"),
        # Of the day that is not over yet.
        ("assessments", 0, "ok", "2024-03-11"),
        # A renewal that is due says nothing of rows that come.
        ("subscription_changes", 90, "warn", "2023-12-11"),
    ],
)
def test_an_input_that_stops_while_events_come_is_named(
    warehouse: Warehouse, name: str, value: int, status: str, last: str
) -> None:
    """Rows of a day yet to come don't hide it."""
    found = _health(warehouse)[f"{name}_freshness_days"]
    assert (found["value"], found["status"]) == (value, status)
    assert found["detail"] == f"the last row is of {last}"


def test_an_input_without_days_is_neither_fresh_nor_stale(
    warehouse: Warehouse,
) -> None:
    found = _health(warehouse)["usage_limits_freshness_days"]
    assert (found["value"], found["status"]) == (None, "unknown")
    assert found["detail"] == "no row has a day that has come"


@pytest.mark.long
def test_a_history_that_begins_later_has_no_strays(
    warehouse: Warehouse,
) -> None:
    warehouse.build(*HEALTH, history_start="2024-03-08")
    assert _health(warehouse)["stray_rows"]["status"] == "ok"


@pytest.mark.long
def test_a_history_that_begins_after_the_last_event_is_said(
    warehouse: Warehouse,
) -> None:
    """L9: it is one day, as with one that is yet to come."""
    warehouse.build(*HEALTH, history_start="2024-03-12")
    assert _health(warehouse)["freshness_days"]["detail"] == (
        "the last event is of 2024-03-10; history_start is 2024-03-12, so only"
        " 2024-03-10 is scored"
    )


@pytest.mark.long
def test_warnings_reach_the_log(warehouse: Warehouse) -> None:
    """Each is one line, and a project can make one of them stop the job."""
    warnings = [
        name
        for name, row in _health(warehouse).items()
        if row["status"] in ("warn", "error")
    ]
    path = warehouse.project / "dbt_project.yml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["data_tests"] = {
        "product_signals": {
            "90_current": {
                "product_signals__data_health_unknown_user_rate": {
                    "+severity": "error"
                }
            }
        }
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with start_dbt(
        warehouse, "test", "--select", "product_signals__data_health"
    ) as process:
        output, _ = process.communicate()
    assert len(warnings) > 8
    for name in warnings:
        assert re.search(f"product_signals data health: .* {name}", output)
    assert (
        "product_signals data health: warn unknown_user_rate = 5.0, from 5.0 on"
        " a warning: stranger"
    ) in output
    assert f"WARN={len(warnings) - 1} ERROR=1" in output


def test_a_metric_is_in_three_files() -> None:
    """M3, by the recipe in CONTRIBUTING.md, apart from health."""
    found = {
        path.relative_to(package_root()).as_posix()
        for folder in ("models", "macros", "seeds")
        for path in (package_root() / folder).rglob("*.*")
        if "embeddedness" in path.read_text(encoding="utf-8")
    }
    assert found == {
        "models/70_metrics/int_product_signals__account_metrics.sql",
        "models/_accounts.yml",
        "seeds/product_signals_config_metrics.csv",
        "seeds/product_signals_config_health_components.csv",
    }


def test_every_check_is_a_test(warehouse: Warehouse) -> None:
    """Except two for which any number is fine."""
    models = yaml.safe_load(
        (package_root() / "models/90_current/_current.yml").read_text(
            encoding="utf-8"
        )
    )["models"]
    [tests] = [
        model["data_tests"]
        for model in models
        if model["name"] == "product_signals__data_health"
    ]
    checks = [
        test["data_health"]["arguments"]["check_name"]
        for test in tests
        if "data_health" in test
    ]
    # These two only exist if something can't be read.
    assert {"unreadable_", "left_out_"} <= set(checks)
    assert set(checks) - {"unreadable_", "left_out_"} == _health(
        warehouse
    ).keys() - {"duplicate_rows", "rebuilt_days", "learned_score_readiness"}


@pytest.mark.parametrize("events", [0, pytest.param(3, marks=pytest.mark.long)])
def test_nothing_is_not_ok(warehouse: Warehouse, events: int) -> None:
    warehouse.load(
        **{name: [] for name in INPUTS} | {"events": _events(events, "nobody")},
    )
    warehouse.build(*HEALTH, "--full-refresh")
    health = _health(warehouse)
    status = {name: row["status"] for name, row in health.items()}
    for check in ("user_rows", "account_rows"):
        assert status[check] == "error"
    rates = [name for name in health if name.endswith("_rate")]
    assert len(rates) > 8
    for name in rates:
        nothing = events == 0 or name.startswith("unknown_in_")
        assert (health[name]["value"] is None) == (
            nothing or name == "late_rate"
        ), name
        if nothing:
            assert status[name] == "unknown", name
            assert health[name]["detail"]
    assert status["cancelled_accounts_in_use"] == "unknown"
    if events:
        assert status["no_account_rate"] == "warn"
    else:
        assert status["received_rows"] == "error"
        assert status["rejected_rows"] == "unknown"


@pytest.mark.long
def test_a_check_that_is_bad_says_what_to_do(warehouse: Warehouse) -> None:
    warehouse.load(
        events=_events(2, "u1", event_name=None),
        users=[_user("u1", "a1")],
    )
    warehouse.build(*HEALTH, "--full-refresh")
    health = _health(warehouse)
    assert health["accepted_rows"]["status"] == "error"
    assert health["rejected_rows"]["detail"].startswith("see ")


def test_an_event_that_stopped(warehouse_factory: Callable) -> None:
    """A release that broke one event is seen within days, by its own rhythm."""

    def days(first: int, last: int, only: range = range(7)) -> list[datetime]:
        return [
            NOON - n * DAY
            for n in range(last, first + 1)
            if (NOON - n * DAY).weekday() in only
        ]

    workdays = range(5)
    used = {
        "work": days(60, 0),
        "stopped": days(60, 3),
        "silent_for_two_days": days(60, 2),
        # The longest gap is a weekend's: three days.
        "stopped_on_friday": days(60, 9, workdays),
        "silent_since_monday": days(60, 6, workdays),
        "rare": days(29, 11),
        "unweighted": days(60, 20),
        "long_ago": days(99, 90),
        "seen": days(29, 29),
        "unseen": days(30, 30),
    }
    late = ["rare", "long_ago"]
    made: Warehouse = warehouse_factory("stopped")
    events = {name: {"weight": 1} for name in used}
    events["unweighted"] = events["long_ago"] = {"weight": 0}
    made.configure(
        CONFIG.model_validate(
            {**CONFIG.model_dump(), "events": events, "features": {}}
        ),
        ["events", "users", "accounts"],
    )
    made.load(
        events=[
            {
                "event_id": f"{name}{on}",
                "user_id": "u1",
                "account_id": "a1",
                "event_name": name,
                "occurred_at": on,
                "loaded_at": on + (2 * DAY if name in late else DAY),
            }
            for name, dates in used.items()
            for on in dates
        ],
        users=[_user("u1", "a1")],
        accounts=[{"account_id": "a1", "created_at": NOON}],
    )
    made.build(*HEALTH)
    [row] = made.rows(
        "select status, value, detail from product_signals__data_health"
        " where check_name = 'stopped_events'"
    )
    assert row == {
        "status": "warn",
        "value": 2,
        "detail": "came regularly, and stopped while others came: stopped"
        " (last on 2024-03-07), stopped_on_friday (last on 2024-03-01)",
    }
    health = _health(made)
    # 19 of the 317 events of these 90 days.
    assert float(health["late_rate"]["value"]) == 5.993691
    # L7: a weighted event that did not come for 30 days.
    assert health["unseen_events"]["status"] == "warn"
    assert health["unseen_events"]["detail"] == "unseen"


@pytest.fixture(scope="module")
def paid(warehouse_factory: Callable) -> Warehouse:
    """Accounts whose two inputs agree, or don't, and a batch sent twice."""
    made: Warehouse = warehouse_factory("paid")
    made.configure(
        CONFIG, ["events", "users", "accounts", "subscription_changes"]
    )
    began = NOON - 60 * DAY
    new, raised = (began, "new", 0, 100), (NOON - DAY, "upsell", 100, 160)
    left = (NOON - DAY, "cancellation", 160, 0)
    made.load(
        events=_events(3, "u1"),
        users=[_user("u1", "agreed", began)],
        accounts=[
            {
                "account_id": name,
                "created_at": began,
                "mrr": mrr,
                "cancelled_at": cancelled_at,
            }
            for name, mrr, cancelled_at in (
                # Rounded, unknown, free, or left with its last MRR on file.
                ("agreed", 100.4, None),
                ("unsaid", None, None),
                ("free", 0, None),
                ("gone", 160, NOON - DAY),
                # What is to come says nothing of today, but what came since
                # as_of_date may be in the MRR.
                ("notice", 100, LATER),
                ("since", 160, None),
                ("planned", 101, None),
                ("less", 1234.5, None),
                ("never", 50, None),
                ("left", 100, NOON),
                ("stays", 160, None),
                ("twice", 160, None),
            )
        ]
        + [
            {"account_id": "soon", "created_at": NOON + DAY, "mrr": 5},
            {
                "account_id": "trying",
                "created_at": began,
                "trial_started_at": began,
                "mrr": 40,
            },
            # On trial until then, as its stage is.
            {
                "account_id": "signed",
                "created_at": began,
                "converted_at": LATER,
                "mrr": 40,
            },
        ],
        subscription_changes=[
            {
                "account_id": name,
                "changed_at": at,
                "change_type": kind,
                "mrr_before": before,
                "mrr_after": after,
                "product": product,
            }
            for name, product, *changes in (
                ("agreed", None, new),
                ("unsaid", None, new),
                ("gone", None, new, raised, left),
                ("notice", None, new, (LATER, "cancellation", 100, 0)),
                ("since", None, new, (NOON + DAY, "upsell", 100, 160)),
                ("planned", None, new, (LATER, "upsell", 100, 101)),
                ("less", "crm", new),
                ("less", "mail", (began, "new", 0, 100.25)),
                ("left", None, new),
                ("stays", None, new, raised, left),
                ("twice", None, new, raised, new, raised, raised),
            )
            for at, kind, before, after in changes
        ],
    )
    made.build(
        *HEALTH,
        "+product_signals__revenue_retention",
        "+product_signals__accounts_daily",
    )
    return made


def test_two_inputs_that_disagree_about_money_are_said(
    paid: Warehouse,
) -> None:
    """I1, L9: leads and health go by the one, revenue by the other."""
    found = _health(paid)["conflicting_mrr"]
    assert (found["value"], found["status"]) == (5, "warn")
    assert re.search(
        r"revenue_retention goes by .*_subscription_changes, .* by"
        r" .*_accounts, and they differ: left \(cancelled, changes 100\),"
        r" less \(mrr 1234\.50, changes 200\.25\), never \(mrr 50, changes 0\),"
        r" planned \(mrr 101, changes 100\), stays \(mrr 160, changes 0\);"
        " correct",
        found["detail"],
    )


def test_money_is_only_compared_if_it_is_there(warehouse: Warehouse) -> None:
    found = _health(warehouse)["conflicting_mrr"]
    assert (found["status"], found["detail"]) == (
        "unknown",
        "nothing to look at",
    )


def test_a_batch_that_was_sent_twice_counts_once(paid: Warehouse) -> None:
    """I1, L9: accepted + duplicates + rejected = received."""
    found = _health(paid)["duplicate_subscription_changes"]
    assert (found["value"], found["status"]) == (3, "warn")
    assert re.search(
        r"equal rows count once: twice \(upsell, 2024-03-09\), twice \(new,"
        r" 2024-01-10\); if .* `product`",
        found["detail"],
    )
    [march] = paid.rows(
        "select upsells, upsell_mrr, other_mrr, ending_mrr"
        " from product_signals__revenue_retention"
        " where attribute = 'all' and month = '2024-03-01'"
    )
    assert march == {
        # Of gone, stays and twice.
        "upsells": 3, "upsell_mrr": 180, "other_mrr": 0, "ending_mrr": 960.25
    }  # fmt: skip
    assert paid.rows(
        "select distinct mrr_change_90d"
        " from product_signals__accounts_daily"
        " where account_id = 'twice' and as_of_date = '2024-03-10'"
    ) == [{"mrr_change_90d": 60}]


def test_a_value_that_nobody_has_is_said(warehouse_factory: Callable) -> None:
    """A misspelt plan leaves accounts out in silence; a plan once had is fine.

    Trials may come, and accounts have no region here.
    """
    made: Warehouse = warehouse_factory("unmatched")
    config = CONFIG.model_dump()
    config["features"]["work"]["plans"] = ["pro", "Enterprize", "free"]
    main = config["profiles"]["main"]
    for attribute, value in (
        ("subscription_status", "trial"),
        ("region", "emea"),
        ("is_key_account", "true"),
    ):
        config["profiles"][attribute] = {
            **main,
            "filter": {
                "entity": "account",
                "attribute": attribute,
                "values": [value],
            },
        }
    config["checklists"] = {
        "admins": {
            "entity": "user",
            "filter": {"attribute": "role", "values": ["admin", "Owner"]},
            "steps": {"first": {"event_name": "work"}},
        },
    }
    habit = {"metric": "habit", "floor": 0, "ceiling": 60, "weight": 1}
    config["health"] = {
        "any": {tier: {"habit": habit} for tier in ("any", "gold", "silver")},
        "trial": {"silver": {"habit": habit}},
    }
    made.configure(
        CONFIG.model_validate(config),
        ["events", "users", "accounts", "account_history"],
    )
    made.load(
        events=_events(3, "u1"),
        users=[
            {**_user("u1", "a1"), "role": "admin"},
            {**_user("u2", "a1"), "role": "owner"},
        ],
        accounts=[
            {
                "account_id": "a1",
                "created_at": NOON,
                "plan": "pro ",
                "tier": "gold",
                "is_key_account": True,
            }
        ],
        account_history=[
            {
                "account_id": "a1",
                "valid_from": NOON - DAY,
                "valid_to": NOON,
                "plan": "free",
            }
        ],
    )
    made.build(*HEALTH)
    [row] = made.rows(
        "select status, value, detail from product_signals__data_health"
        " where check_name = 'unmatched_values'"
    )
    assert row == {
        "status": "warn",
        "value": 4,
        "detail": "nobody has or had it: plan Enterprize (feature work), region"
        " emea (profile region), role Owner (checklist admins), tier silver"
        " (health)",
    }
