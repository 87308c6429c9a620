"""What runs remember: attributes and when signals were published (M12)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from histories import differences
from product_signals.config import Config
from product_signals.errors import UserError
from product_signals.package import package_root
from warehouse import Warehouse

DAY = timedelta(days=1)
NOON = datetime(2024, 3, 11, 12)


def signal(entity: str, *condition: Any) -> dict[str, Any]:
    """A state signal that holds while there is a score, or a condition."""
    names = ("metric", "operator", "value")
    return {
        "signal_name": "Active",
        "entity": entity,
        "kind": "state",
        "severity": "low",
        "description": "Has a score.",
        "teams": ["success"],
        "grace_days": 30,
        "actions": [{"team": "success", "action": "Wave"}],
        "groups": [
            [dict(zip(names, condition or ("score", ">", 0), strict=True))]
        ],
    }


CONFIG = Config.model_validate(
    {
        "seed_prefix": "remembering",
        "events": {
            "work": {"feature": "work", "counts_as_activity": True, "weight": 2}
        },
        "features": {"work": {"is_key": True}},
        "profiles": {"main": {"period_days": 7, "min_population": 1}},
        "bands": {
            "score": {"inactive": None, "low": 0.01, "high": 50},
            "emptied_values": {"ok": None, "warn": 2},
            "removed_accounts_rate": {"ok": None, "warn": 20},
        },
        "signals": {
            "active": signal("account"),
            "busy": signal("user"),
            "blue": signal("account", "attribute_colour", "=", "blue"),
            "sales": signal("user", "attribute_team", "in", "sales|presales"),
            # News of whom a test adds.
            "joined": signal("account", "new_users", ">=", 1)
            | {"kind": "event", "severity": "info", "grace_days": 6},
        },
    }
)


class Company:
    """Two accounts, one of which changes, and a run per day."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.accounts = [
            {
                "account_id": name,
                "created_at": NOON - 60 * DAY,
                "plan": "team",
                "colour": "red",
                "shape": "round",
            }
            for name in ("a1", "a2")
        ]
        self.users = [
            {
                "user_id": f"u{n}",
                "account_id": f"a{n}",
                "created_at": NOON - 60 * DAY,
                "is_internal": False,
                "team": None,
            }
            for n in (1, 2)
        ]
        self.events: list[dict[str, Any]] = []
        self.configure(CONFIG)
        for age in range(20, 0, -1):
            self.work(age)

    def configure(self, config: Config) -> None:
        self.warehouse.configure(
            config,
            ["events", "users", "accounts"],
            {"account_attributes": ["colour"], "user_attributes": ["team"]},
        )

    def work(self, age: int, **more: Any) -> None:
        """Everybody works once, `age` days before 11 March."""
        for n in (1, 2):
            self.events.append(
                {
                    "event_id": f"e{n} {age}",
                    "user_id": f"u{n}",
                    "event_name": "work",
                    "occurred_at": NOON - age * DAY,
                    "loaded_at": NOON - age * DAY,
                    **more,
                }
            )

    def load(self) -> None:
        self.warehouse.load(
            events=self.events, users=self.users, accounts=self.accounts
        )

    def build(self, *arguments: str, **variables: Any) -> None:
        self.load()
        self.warehouse.build(*arguments, **variables)

    def equals_a_full_refresh(self, **variables: Any) -> bool:
        before = self.warehouse.folder / "before"
        shutil.copy(self.warehouse.database, before)
        self.warehouse.build("--full-refresh", **variables)
        return differences(before, self.warehouse.database) == {}

    def rows(self, query: str) -> list[tuple]:
        return _values(self.warehouse, query)

    def scope(self) -> tuple[date, str]:
        """The first day that the last run rebuilt, and why."""
        return self.rows(
            "select rebuild_from, rebuild_reason"
            " from int_product_signals__scope"
        )[0]


@pytest.fixture(scope="module")
def first_run(warehouse_factory: Callable) -> tuple[Warehouse, Path]:
    """What the first run leaves behind, built once for all tests."""
    warehouse = warehouse_factory("company")
    Company(warehouse).build()
    kept = warehouse.folder / "first"
    shutil.copy(warehouse.database, kept)
    return warehouse, kept


@pytest.fixture
def company(first_run: tuple[Warehouse, Path]) -> Company:
    """The company after its first run."""
    warehouse, kept = first_run
    Path(f"{warehouse.database}.wal").unlink(missing_ok=True)
    shutil.copy(kept, warehouse.database)
    return Company(warehouse)


def test_an_upgrade_does_not_rewrite_the_past(company: Company) -> None:
    company.accounts[0] |= {"plan": "enterprise", "colour": "blue"}
    company.users[1]["team"] = "presales"
    company.work(0)
    company.build()
    assert company.scope() == (date(2024, 3, 10), "the last day again")
    query = (
        "select distinct plan, attributes_as_of, min(as_of_date),"
        " max(as_of_date) from product_signals__accounts_daily"
        " where account_id = 'a1' group by all order by 3"
    )
    known = [
        ("team", "current", date(2024, 2, 20), date(2024, 3, 9)),
        ("team", "day", date(2024, 3, 10), date(2024, 3, 10)),
        ("enterprise", "day", date(2024, 3, 11), date(2024, 3, 11)),
    ]
    assert company.rows(query) == known
    assert company.rows(
        "select value, accounts from product_signals__segment_scores"
        " where attribute = 'plan' and as_of_date = '2024-03-10'"
    ) == [("team", 2)]
    # F1: a rule may ask for an attribute of one's own.
    assert company.rows(
        "select signal, entity_id, reason from product_signals__signals"
        " where signal in ('blue', 'sales') order by 1"
    ) == [
        ("blue", "a1", "On 11 March 2024: colour blue"),
        ("sales", "u2", "On 11 March 2024: team presales"),
    ]
    assert company.equals_a_full_refresh()
    assert company.rows(query) == known


@pytest.mark.long
def test_a_day_is_noted_as_it_was_last_seen(company: Company) -> None:
    company.accounts[0]["plan"] = "enterprise"
    company.work(0)
    company.build()
    query = (
        "select plan from product_signals__accounts_daily"
        " where account_id = 'a1' order by as_of_date"
    )
    assert company.rows(query)[-1][0] == "enterprise"
    # A second run on the same day corrects what the first one noted.
    company.accounts[0]["plan"] = "team"
    company.build()
    assert company.rows(query)[-1][0] == "team"
    assert company.equals_a_full_refresh()
    # A look at the past notes nothing.
    company.accounts[0]["plan"] = "free"
    company.build(as_of_date="2024-03-05")
    assert company.rows(
        "select distinct plan from product_signals__attribute_history"
        " where entity = 'account'"
    ) == [("team",)]
    company.build()
    assert company.rows(query)[-1][0] == "free"
    assert company.equals_a_full_refresh()


@pytest.mark.long
def test_first_values_are_corrected_for_the_days_before(
    company: Company,
) -> None:
    """As docs/warehouse.md says: what one hour had wrong, or only it had."""
    company.accounts.append({**company.accounts[0], "account_id": "test"})
    company.users.append(
        {**company.users[0], "user_id": "test", "account_id": "test"}
    )
    company.build()
    company.accounts.pop()
    company.users.pop()
    company.accounts[0]["plan"] = "pro"
    company.users[0]["account_id"] = "a2"
    company.build(rebuild_from="2024-01-11")
    assert company.rows(
        "select account_id, count(distinct as_of_date)"
        " from product_signals__accounts_daily"
        " where plan = 'pro' or account_id = 'test' group by all"
    ) == [("a1", 20)]
    assert company.equals_a_full_refresh()


@pytest.mark.long
def test_who_is_gone_leaves_their_past(company: Company) -> None:
    past = (
        "select * exclude (account_name, domain, crm_id, created_at)"
        " from product_signals__accounts_daily"
        " where account_id = 'a1' and as_of_date < '2024-03-10' order by all"
    )
    kept = company.rows(past)
    company.work(0)
    account, user = company.accounts.pop(0), company.users.pop(0)
    company.build()
    assert company.rows(past) == kept
    assert company.rows(
        "select max(as_of_date) from product_signals__accounts_daily"
        " where account_id = 'a1'"
    ) == [(date(2024, 3, 10),)]
    for table in ("accounts", "users"):
        assert company.rows(
            f"select {table[:-1]}_id from product_signals__{table}"
        ) == [(f"{table[0]}2",)]
    assert company.rows(
        "select entity, closed_on, close_reason, priority"
        " from product_signals__signals where entity_id in ('a1', 'u1')"
        " order by entity"
    ) == [
        ("account", date(2024, 3, 11), "account_removed", None),
        ("user", date(2024, 3, 11), "user_removed", None),
    ]
    assert company.equals_a_full_refresh()
    # Back again: nothing is filled in for the time away.
    company.accounts.insert(0, account)
    company.users.insert(0, user)
    company.work(-2)
    company.build()
    assert company.scope()[0] == date(2024, 3, 11)
    assert company.rows(
        "select as_of_date from product_signals__accounts_daily"
        " where account_id = 'a1' and as_of_date > '2024-03-09' order by 1"
    ) == [(date(2024, 3, 10),), (date(2024, 3, 13),)]
    assert company.equals_a_full_refresh()


def test_what_the_inputs_lose_is_named(company: Company) -> None:
    """Nothing is silently null (L9), nor gone."""
    health = ("--select", "+product_signals__data_health")
    for account in company.accounts:
        del account["plan"]
        account["is_key_account"] = True
    company.accounts[0]["colour"] = None
    company.work(0)
    company.build(*health)
    query = (
        "select status, value, detail from product_signals__data_health"
        " where check_name = 'emptied_values'"
    )
    warning = (
        "warn",
        2,
        "nobody has any more: plan of accounts (since 2024-03-11)",
    )
    assert company.rows(query) == [warning]
    company.work(-1)
    company.build(*health)
    assert company.rows(query) == [warning]
    for account in company.accounts:
        account |= {"plan": "team", "is_key_account": False}
    company.accounts[1]["colour"] = None
    company.build(*health)
    assert company.rows(query) == [
        (
            "warn",
            3,
            "nobody has any more: is_key_account of accounts (since"
            " 2024-03-12), colour of accounts (since 2024-03-12)",
        )
    ]
    # Who had the last one and is gone is no loss; half of all accounts are.
    company.accounts.pop()
    company.work(-2)
    company.build(*health)
    assert "2024-03-11" in company.rows(query)[0][2]
    removed = query.replace("emptied_values", "removed_accounts_rate")
    assert company.rows(removed) == [
        ("warn", 50, "no longer in product_signals_accounts: a2")
    ]
    company.work(-3)
    company.build()
    assert company.rows(removed) == [("ok", 0, None)]
    # Everybody is gone only if somebody says so.
    told = company.rows("from product_signals__crm_accounts order by all")
    for entity, before in (("user", 2), ("account", 1)):
        company.load()
        company.warehouse.execute(f"delete from raw.{entity}s")
        with pytest.raises(UserError) as error:
            company.warehouse.build()
        assert (
            f'product_signals_{entity}s, row (none): {entity}_id "" is'
            f" missing, since the model has no rows; it had {before} before;"
            " run again once it is loaded, or with --full-refresh if none"
            " are left"
        ) in str(error.value)
    assert told == company.rows(
        "from product_signals__crm_accounts order by all"
    )
    company.warehouse.build(
        "--full-refresh", "--select", "+product_signals__crm_accounts"
    )
    assert company.rows(
        "select account_id, is_deleted from product_signals__crm_accounts"
        " order by 1"
    ) == [("a1", True), ("a2", True)]
    company.warehouse.build("--select", "+int_product_signals__gate")


def test_who_becomes_internal_is_gone(company: Company) -> None:
    """As in the CRM: nobody works on a colleague, and no rule has cleared."""
    here = signal("user", "days_since_last_active", "=", 0) | {"kind": "event"}
    given = CONFIG.model_dump()
    given["signals"]["here"] = here
    given["bands"] |= {
        "champion_days": {"usual": None, "champion": 15},
        "silent_days": {"usual": None, "silent": 30},
    }
    company.configure(Config.model_validate(given))
    company.users[0]["is_internal"] = True
    company.work(0)
    company.build()
    assert company.rows(
        "select closed_on, close_reason from product_signals__signals"
        " where signal = 'busy' and entity_id = 'u1'"
    ) == [(date(2024, 3, 11), "user_removed")]
    assert company.rows(
        "select closed_signals from product_signals__signal_digest"
        " where signal = 'busy'"
    ) == [(1,)]
    # F10: nor has anybody left, as those have who are deactivated or move.
    assert company.rows(
        "select account_id, users_left_30d, user_turnover_rate"
        " from product_signals__accounts order by 1"
    ) == [("a1", 0, None), ("a2", 0, 0)]
    assert not company.rows(
        "from product_signals__account_timeline where kind = 'person_left'"
    )
    assert company.rows(
        "select distinct signal, entity_id from product_signals__work_list"
        " where entity = 'user' order by 1"
    ) == [("busy", "u2"), ("here", "u2")]
    assert company.rows("select user_id from product_signals__users") == [
        ("u2",)
    ]
    # A month later, no champion is lost.
    company.work(-31)
    company.build()
    assert company.rows(
        "select max(as_of_date), sum(champions_lost)"
        " from product_signals__accounts_daily where account_id = 'a1'"
    ) == [(date(2024, 4, 11), 0)]
    # Nor has who is no longer internal joined again.
    company.users[0]["is_internal"] = False
    company.work(-32)
    company.build("--select", "+product_signals__account_timeline")
    assert company.rows(
        "select user_id, count(*) from product_signals__account_timeline"
        " where kind in ('person_joined', 'person_left') group by 1 order by 1"
    ) == [("u1", 1), ("u2", 1)]


@pytest.mark.long
def test_an_event_has_the_account_of_its_day(company: Company) -> None:
    """L9: data health says of events what the tables make of them."""
    company.users[0]["account_id"] = None
    company.work(0)
    company.build()
    company.users[0]["account_id"] = "a1"
    company.users.pop()
    company.work(-1)
    company.build()
    assert company.rows(
        "select user_id, event_date from int_product_signals__daily_activity"
        " where account_id is null"
    ) == [("u1", date(2024, 3, 11))]
    assert company.rows(
        "select value, detail from product_signals__data_health"
        " where check_name = 'no_account_rate'"
    ) == [
        (
            Decimal("2.272727"),
            "events that count for no account, of users u1",
        )
    ]


def test_nothing_is_left_of_who_is_erased(company: Company) -> None:
    """By the steps in the docs, no table has their id, or names them.

    An account's alerts and a team's news are about several people.
    """
    company.users += [
        {"user_id": name, "account_id": "a1", "created_at": NOON}
        # Not a name that the id of a run may have in it, as "ada".
        for name in ("bob", "zoe")
    ]
    company.work(0)
    company.build()
    assert company.rows(
        "select text from product_signals__alerts_feed"
        " where change = 'digest' and text like '%bob%zoe%'"
    )
    assert company.rows(
        "select text from product_signals__alerts_feed"
        " where entity_id = 'a1' and subject_id = 'zoe'"
    )
    steps = (package_root() / "docs" / "warehouse.md").read_text("utf-8")
    [steps] = re.findall(r"asks to be erased(.+?)\n- ", steps, re.DOTALL)
    tables = re.findall("`((?:int_)?product_signals__[a-z_]+)`", steps)
    columns = set(re.findall("`([a-z_]+)`", steps)) - {*tables}
    for name in ("u1", "zoe"):
        company.users = [u for u in company.users if u["user_id"] != name]
        company.events = [e for e in company.events if e["user_id"] != name]
        for table, column in company.rows(
            "select table_name, column_name from duckdb_columns()"
            f" where table_name in {(*tables,)}"
            f" and column_name in {(*columns,)}"
        ):
            wanted = f"%{name}%" if column == "text" else name
            company.warehouse.execute(
                f"delete from {table} where {column} like '{wanted}'"
            )
    company.build(rebuild_from="2024-02-01")
    assert not [
        table
        for (table,) in company.rows(
            "select table_name from duckdb_tables() where schema_name <> 'raw'"
        )
        if company.rows(
            f"from {table} as t"
            " where t::text like '%u1%' or t::text like '%zoe%'"
        )
    ]


def test_a_champion_who_leaves_the_inputs_is_lost_that_day(
    company: Company,
) -> None:
    """F10: like one who is deactivated, once, whatever comes later."""
    lost = signal("account", "champions_lost", ">=", 1) | {"kind": "event"}
    given = CONFIG.model_dump()
    given["signals"]["lost"] = lost
    given["bands"] |= {
        "champion_days": {"usual": None, "champion": 5},
        "silent_days": {"usual": None, "silent": 9},
    }
    company.configure(Config.model_validate(given))
    days = (
        "select as_of_date, champions_lost from product_signals__accounts_daily"
        " where account_id = 'a1' and champions_lost > 0 order by 1"
    )
    models = ["--select", "+product_signals__accounts_daily"]
    gone = company.users.pop(0)
    company.work(0)
    company.build(*models)
    assert company.rows(days) == [(date(2024, 3, 11), 1)]
    # Their events go on, and stop.
    company.work(-1)
    company.events += [
        company.events[-1]
        | {
            "event_id": f"later {n}",
            "occurred_at": NOON + n * DAY,
            "loaded_at": NOON + n * DAY,
        }
        for n in range(2, 12)
    ]
    company.build(*models)
    assert company.rows(days) == [(date(2024, 3, 11), 1)]
    # Back, and gone again.
    company.users.insert(0, gone)
    for n in range(12, 18):
        company.work(-n)
    company.build(*models)
    company.users.pop(0)
    company.work(-18)
    company.build(*models)
    assert company.rows(days) == [
        (date(2024, 3, 11), 1),
        (date(2024, 3, 29), 1),
    ]
    company.build("--full-refresh", *models)
    assert company.rows(days) == [
        (date(2024, 3, 11), 1),
        (date(2024, 3, 29), 1),
    ]


def test_an_account_whose_users_have_all_left_is_not_well(
    company: Company,
) -> None:
    """H3: at once, as the reason says, whether they are deleted or not."""
    given = CONFIG.model_dump()
    given["bands"] |= {
        "health_score": {"red": None, "yellow": 30, "green": 60},
        "silent_days": {"active": None, "silent": 30},
    }
    it = {"metric": "active_days_90d", "floor": 0, "ceiling": 9, "weight": 1}
    given["health"] = {"any": {"any": {"it": it}}}
    company.configure(Config.model_validate(given))
    # An account whose users nobody knows is no such account.
    company.accounts.append(company.accounts[0] | {"account_id": "a3"})
    company.users[1]["deactivated_at"] = NOON
    gone = company.users.pop(0)
    company.events += [
        event | {"event_id": f"of u3, {n}", "user_id": "u3", "account_id": "a3"}
        for n, event in enumerate(company.events)
    ]
    company.work(0, account_id=None)
    health = (
        "select account_id, health_score, health_grade, health_reason"
        " from product_signals__accounts order by 1"
    )
    models = ["--select", "+product_signals__accounts"]
    company.build(*models)
    left = "It pulls it down most: active on {} of 90 days"
    well = "It keeps it up most: active on {} of 90 days"
    assert company.rows(health) == [
        ("a1", 100, "yellow", left.format(21) + "; all known users have left"),
        ("a2", 100, "yellow", left.format(21) + "; all known users have left"),
        ("a3", 100, "green", well.format(20)),
    ]
    # Who is back, or comes anew, is there.
    company.users += [gone, gone | {"user_id": "u4", "account_id": "a2"}]
    company.work(-1, account_id=None)
    company.build(*models)
    assert [row[2] for row in company.rows(health)] == 3 * ["green"]


def test_a_lost_champion_who_is_back_is_no_work(company: Company) -> None:
    """F10, F12: the users input lacked them for a run or two."""
    lost = signal("account", "champions_lost", ">=", 1) | {"kind": "event"}
    given = CONFIG.model_dump()
    given["signals"]["lost"] = lost | {"severity": "low", "grace_days": 13}
    given["bands"] |= {
        "champion_days": {"usual": None, "champion": 5},
        "silent_days": {"usual": None, "silent": 9},
    }
    company.configure(Config.model_validate(given))
    work = (
        "select signals.is_open, signals.still_holds, signals.now,"
        " work_list.signal_id is not null from product_signals__signals"
        " as signals left join product_signals__work_list as work_list"
        " using (signal_id) where signals.signal = 'lost'"
    )
    models = ["--select", "+product_signals__work_list"]
    gone = company.users.pop(0)
    company.work(0)
    company.build(*models)
    assert company.rows(work) == [(True, None, None, True)]
    # Their events go on, but they are not there.
    company.work(-1)
    company.build(*models)
    assert company.rows(work) == [(True, None, None, True)]
    company.users.insert(0, gone)
    company.work(-2)
    company.build(*models)
    assert company.rows(work) == [(True, None, None, False)]
    # Whoever is back in another account, or as deactivated, is not back.
    company.users[0] = gone | {"account_id": "a2"}
    company.build(*models)
    assert company.rows(work) == [(True, None, None, True)]
    company.users[0] = gone
    company.build(*models)
    assert company.rows(work) == [(True, None, None, False)]
    company.users[0] = gone | {"deactivated_at": NOON}
    company.work(-3)
    company.build(*models)
    assert company.rows(work) == [(True, None, None, True)]


def test_who_is_gone_leads_nobody(company: Company) -> None:
    """F10, K3: a champion who became internal, or left the inputs."""
    company.users += [
        {"user_id": name, "account_id": account, "created_at": NOON - 60 * DAY}
        for name, account in (("u3", "a1"), ("u4", "a2"))
    ]
    company.work(0)
    company.events += [
        company.events[-1] | {"event_id": f"of {name}", "user_id": name}
        for name in ("u3", "u4")
    ]
    company.users[0]["is_internal"] = True
    company.users.pop(1)
    company.build(
        "--select", "+product_signals__users", "+product_signals__user_scores"
    )
    assert company.rows(
        "select user_id, rank_in_account, leads_account"
        " from product_signals__users order by 1"
    ) == [("u3", 1, True), ("u4", 1, True)]
    # They led until then.
    for account, before, after in (("a1", "u1", "u3"), ("a2", "u2", "u4")):
        assert company.rows(
            "select as_of_date, user_id from product_signals__user_scores"
            f" where account_id = '{account}' and leads_account"
            " order by 1 desc limit 2"
        ) == [(date(2024, 3, 11), after), (date(2024, 3, 10), before)]


@pytest.mark.long
def test_a_signal_is_new_on_the_day_of_its_first_publication(
    company: Company,
) -> None:
    company.users.append(
        {"user_id": "u3", "account_id": "a1", "created_at": NOON - 60 * DAY}
    )
    company.build()
    query = (
        "select entity_id, opened_on, detected_on"
        " from product_signals__signals where entity = 'user' order by 1"
    )
    first = [
        ("u1", date(2024, 2, 20), date(2024, 3, 10)),
        ("u2", date(2024, 2, 20), date(2024, 3, 10)),
    ]
    assert company.rows(query) == first
    # What u3 did a week ago arrives a day later.
    company.work(0)
    company.events.append(
        {
            **company.events[-1],
            "event_id": "late",
            "user_id": "u3",
            "occurred_at": NOON - 7 * DAY,
            "loaded_at": NOON,
        }
    )
    company.build()
    late = ("u3", date(2024, 3, 4), date(2024, 3, 11))
    assert company.rows(query) == [*first, late]
    company.build("--full-refresh")
    assert company.rows(query) == [*first, late]
    # A day later, none of it is news.
    company.work(-1)
    company.build()
    assert company.rows(query) == [*first, late]


@pytest.mark.long
def test_a_day_in_a_life_takes_effect_on_that_day(company: Company) -> None:
    company.accounts[0]["cancelled_at"] = NOON - 5 * DAY
    company.accounts[1]["cancelled_at"] = None
    company.build()
    # The column is new, so everything is rebuilt.
    assert company.scope()[0] == date(1900, 1, 1)
    company.accounts[0]["cancelled_at"] = NOON - 3 * DAY
    company.build()
    assert company.scope() == (date(2024, 3, 6), "account a1")
    assert company.equals_a_full_refresh()


@pytest.mark.long
def test_what_is_remembered_from_now_on_held_before(company: Company) -> None:
    company.work(0)
    company.build(account_attributes=["colour", "shape"])
    assert company.scope() == (
        date(1900, 1, 1),
        "variable account_attributes ['colour'] → ['colour', 'shape']",
    )
    assert company.rows(
        "select value, min(as_of_date) from product_signals__segment_scores"
        " where attribute = 'shape' group by 1"
    ) == [("round", date(2024, 2, 20))]
    assert company.equals_a_full_refresh(account_attributes=["colour", "shape"])


def test_a_run_says_which_late_events_it_goes_back_for(
    company: Company,
) -> None:
    late = {**company.events[0], "event_id": "late", "loaded_at": NOON}
    company.events.append({**late, "occurred_at": NOON - 8 * DAY})
    company.build("--select", "+int_product_signals__scope")
    assert company.scope() == (date(2024, 3, 3), "events of 2024-03-03")


def test_a_run_says_which_weight_it_builds_again_for(company: Company) -> None:
    heavier = CONFIG.model_copy(deep=True)
    heavier.events["work"].weight = 5
    company.configure(heavier)
    company.build("--select", "+int_product_signals__scope")
    assert company.scope() == (
        date(1900, 1, 1),
        "seed event_weights, weight_set=default, event_name=work: weight"
        " 2.0 → 5.0",
    )
    # An upgrade comes before the rows that came with it.
    company.warehouse.execute(
        "update int_product_signals__known_inputs"
        " set content = '0.1.0' where kind = 'version'"
    )
    heavier.events["work"].weight = 6
    company.configure(heavier)
    company.build("--select", "+int_product_signals__scope")
    assert re.fullmatch(
        r"version product_signals 0\.1\.0 → [0-9.]+, and 2 more",
        company.scope()[1],
    )


@pytest.mark.long
def test_without_loaded_at_nobody_says_that_events_came(
    company: Company,
) -> None:
    company.warehouse.database.unlink()
    company.events = [
        {key: value for key, value in event.items() if key != "loaded_at"}
        for event in company.events
    ]
    company.build()
    company.build()
    assert company.scope() == (
        date(2024, 3, 8),
        "the last 3 days again, since the events have no loaded_at",
    )


@pytest.mark.long
def test_edited_events_are_read_again_from_a_day(company: Company) -> None:
    company.events = [
        event
        for event in company.events
        if event["event_id"] not in ("e1 6", "e2 6", "e1 4")
    ]
    company.build()
    query = (
        "select sum(event_count) from product_signals__score_components"
        " where entity = 'user'"
    )
    assert company.rows(query) == [(14,)]
    # L8: and nobody has to guess why the rows don't add up.
    received = (
        "select status, detail from product_signals__data_health"
        " where check_name = 'received_rows'"
    )
    assert company.rows(received) == [
        (
            "error",
            "does not add up: 3 counted rows are not in"
            " product_signals_events: see rebuild_from",
        )
    ]
    company.build(rebuild_from="2024-03-05")
    assert company.rows(received) == [("ok", None)]
    assert company.rows(query) == [(11,)]
    assert company.scope() == (date(2024, 3, 5), "the variable rebuild_from")
    assert company.equals_a_full_refresh()


@pytest.mark.long
def test_what_a_full_sync_sends_again_is_rejected_once(
    company: Company,
) -> None:
    """L8: a load that sends all rows anew gives each another loaded_at."""
    like = company.events[0] | {"loaded_at": NOON}
    company.events += [
        {**like, "event_id": "bad", "occurred_at": None},
        {**like, "event_id": None},
        # Accepted once it arrives no more than a day before it happens.
        {**like, "event_id": "early", "occurred_at": NOON + 1.25 * DAY},
    ]
    company.build()
    company.work(0, loaded_at=NOON + 0.1 * DAY)
    company.build()
    query = (
        "select event_id, count(*) from product_signals__rejected_events"
        " group by event_id order by event_id nulls last"
    )
    received = (
        "select status, detail from product_signals__data_health"
        " where check_name = 'received_rows'"
    )
    # One arrives a second time, and is there twice.
    bad = like | {"event_id": "bad", "occurred_at": None}
    company.events.append({**bad, "loaded_at": NOON + 0.2 * DAY})
    company.build()
    assert company.rows(query) == [("bad", 2), ("early", 1), (None, 1)]
    assert company.rows(received) == [("ok", None)]
    for days in (0.3, 0.4):
        for event in company.events:
            event["loaded_at"] = NOON + days * DAY
        company.build()
        assert company.rows(query) == [("bad", 2), (None, 1)]
        assert company.rows(received) == [("ok", None)]
    assert company.equals_a_full_refresh()


def test_a_contract_that_is_over_has_ended(company: Company) -> None:
    """F6: not "ends in -1 days", once a rule on it no longer holds."""
    ending = signal("account", "days_to_contract_end", ">=", 0)
    company.configure(
        Config.model_validate(
            CONFIG.model_dump() | {"signals": {"ending": ending}}
        )
    )
    for account in company.accounts:
        account["contract_ends_at"] = NOON - DAY
    company.build("--select", "+product_signals__signals")
    company.work(0)
    company.build("--select", "+product_signals__signals")
    assert company.rows(
        "select distinct now from product_signals__signals"
    ) == [("contract ended 1 day ago; holds no longer since 11 March 2024",)]


def test_who_begins_later_has_no_attributes_yet(company: Company) -> None:
    """A trial that begins after the last day was a paying account until then.

    Inputs have the sign-ups of the day of the run; accounts leaves them out.
    """
    company.accounts.append(
        {
            **company.accounts[0],
            "account_id": "a3",
            "created_at": NOON,
            "trial_started_at": NOON,
        }
    )
    # Nobody knows when it begins: it has no event either.
    company.accounts.append(
        {**company.accounts[0], "account_id": "a4", "created_at": None}
    )
    company.build()
    for table, column in (
        ("accounts", "account_id"),
        ("attributes", "entity_id"),
    ):
        assert company.rows(
            f"select distinct {column} from product_signals__{table}"
            f" where {column} like 'a%' order by 1"
        ) == [("a1",), ("a2",)]


def test_rules_on_dates_go_by_the_days_of_the_time_zone(
    company: Company,
) -> None:
    """F1: as days_to_contract_end does; in UTC, this is the day before."""
    on_the_day = signal("account", "contract_ends_at", "=", "2024-03-20")
    company.configure(
        Config.model_validate(
            CONFIG.model_dump() | {"signals": {"on_the_day": on_the_day}}
        )
    )
    for account in company.accounts:
        account["contract_ends_at"] = datetime(2024, 3, 19, 23)
    company.users[0]["deactivated_at"] = datetime(2024, 3, 19, 23)
    company.build(timezone="Europe/Berlin")
    assert company.rows(
        "select distinct deactivated_on from product_signals__users order by 1"
    ) == [(date(2024, 3, 20),), (None,)]
    assert company.rows(
        "select distinct days_to_contract_end from product_signals__accounts"
    ) == [(10,)]
    assert company.rows(
        "select distinct now, observed from product_signals__signals"
        " inner join product_signals__signal_evidence using (signal_id)"
    ) == [("contract ends 2024-03-20", "2024-03-20")]


@pytest.mark.long
def test_one_run_goes_back_no_further_than_allowed(company: Company) -> None:
    for name, age in (("old", 18), ("young", 4)):
        company.events.append(
            {
                **company.events[0],
                "event_id": name,
                "occurred_at": NOON - age * DAY,
                "loaded_at": NOON,
            }
        )
    company.build(max_rebuild_days=10)
    assert company.scope()[0] == date(2024, 3, 7)
    assert company.rows(
        "select value from product_signals__data_health"
        " where check_name = 'waiting_rows'"
    ) == [(1,)]


def _crossing(metric: str, value: int) -> dict[str, Any]:
    """An event signal for reaching a value."""
    made = signal("account", metric, ">=", value) | {"kind": "event"}
    made["groups"][0] += signal("account", f"{metric}_day_before", "<", value)[
        "groups"
    ][0]
    return made


YARDSTICKS = Config.model_validate(
    {
        "seed_prefix": "yardsticks",
        "events": {
            "work": {"counts_as_activity": True, "weight": 2},
            "share": {},
            "export": {},
        },
        "profiles": {
            "pro": {
                "priority": 1,
                "period_days": 7,
                "benchmark": 14,
                "filter": {
                    "entity": "account",
                    "attribute": "plan",
                    "values": ["pro"],
                },
            },
            "main": {"priority": 2, "period_days": 7, "benchmark": 56},
        },
        "checklists": {
            "pro": {
                "entity": "account",
                "priority": 1,
                "filter": {"attribute": "plan", "values": ["pro"]},
                "steps": {
                    "worked": {"event_name": "work"},
                    "shared": {"event_name": "share"},
                },
            },
            "main": {
                "entity": "account",
                "priority": 2,
                "steps": {
                    "worked": {"event_name": "work"},
                    "exported": {"event_name": "export"},
                },
            },
        },
        "bands": {
            "score": {"inactive": None, "low": 0.01, "high": 50},
            "health_score": {"red": None, "green": 60},
        },
        "health": {
            "any": {
                "any": {
                    "use": {
                        "metric": "score",
                        "floor": 0,
                        "ceiling": 100,
                        "weight": 1,
                    }
                },
                "large": {
                    "use": {
                        "metric": "score",
                        "floor": 0,
                        "ceiling": 40,
                        "weight": 1,
                    }
                },
            }
        },
        "signals": {
            "crossed": _crossing("score", 50),
            "activated": _crossing("activation_rate", 100),
        },
    }
)


@pytest.fixture(scope="module")
def switched(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """Accounts at work as ever: with another plan or tier from one day on.

    One of them also meets a step on that day.
    """
    warehouse = warehouse_factory("switched")
    begins, switch = NOON - 60 * DAY, NOON - 40 * DAY
    accounts = ["steady", "sharing", "growing"]
    days = [("work", begins + n * DAY) for n in range(61)]
    shared = {"steady": begins, "sharing": switch, "growing": begins}
    now = {
        name: {"plan": "pro", "tier": "small"} for name in ("steady", "sharing")
    } | {"growing": {"plan": "basic", "tier": "large"}}
    inputs = {
        "events": [
            {
                "event_id": f"{account} {n}",
                "user_id": account,
                "event_name": name,
                "occurred_at": day,
                "loaded_at": day,
            }
            for account in accounts
            for n, (name, day) in enumerate([*days, ("share", shared[account])])
        ],
        "users": [
            {"user_id": name, "account_id": name, "created_at": begins}
            for name in accounts
        ],
        "accounts": [
            {"account_id": name, "created_at": begins, **now[name]}
            for name in accounts
        ],
        "account_history": [
            {
                "account_id": name,
                "valid_from": valid_from,
                "valid_to": valid_to,
                **values,
            }
            for name in accounts
            for values, valid_from, valid_to in (
                ({"plan": "basic", "tier": "small"}, begins, switch),
                (now[name], switch, None),
            )
        ],
    }
    warehouse.load(**inputs)
    warehouse.configure(YARDSTICKS, list(inputs))
    warehouse.build(history_grain="day")
    return warehouse


def _values(warehouse: Warehouse, query: str) -> list[tuple]:
    return [tuple(row.values()) for row in warehouse.rows(query)]


def test_another_yardstick_crosses_no_threshold(switched: Warehouse) -> None:
    """C10, F5: only a step that is met on the day of the switch does."""
    assert _values(
        switched,
        "select account_id, profile, score, score_day_before, activation_rate,"
        " activation_rate_day_before from product_signals__accounts_daily"
        " where as_of_date between '2024-01-30' and '2024-02-01'"
        " and account_id <> 'growing'"
        " order by account_id desc, as_of_date",
    ) == [
        ("steady", "main", 25, 25, 50, 50),
        ("steady", "pro", 100, None, 100, 100),
        ("steady", "pro", 100, 100, 100, 100),
        ("sharing", "main", 25, 25, 50, 50),
        ("sharing", "pro", 100, None, 100, 50),
        ("sharing", "pro", 100, 100, 100, 100),
    ]
    assert _values(
        switched,
        "select signal, entity_id, opened_on from product_signals__signals",
    ) == [("activated", "sharing", date(2024, 1, 31))]


def test_another_yardstick_makes_nobody_healthier(switched: Warehouse) -> None:
    """H3, H4: health has no change while its mix or profile is a new one."""
    assert _values(
        switched,
        "select account_id, as_of_date, health_score, health_change"
        " from product_signals__accounts_daily where account_id <> 'sharing'"
        " and as_of_date in ('2024-01-30', '2024-01-31', '2024-02-29',"
        " '2024-03-01') order by account_id desc, as_of_date",
    ) == [
        ("steady", date(2024, 1, 30), 25, None),
        ("steady", date(2024, 1, 31), 100, None),
        ("steady", date(2024, 2, 29), 100, None),
        ("steady", date(2024, 3, 1), 100, 0),
        ("growing", date(2024, 1, 30), 25, None),
        ("growing", date(2024, 1, 31), 62.5, None),
        ("growing", date(2024, 2, 29), 62.5, None),
        ("growing", date(2024, 3, 1), 62.5, 0),
    ]


def test_a_timeline_names_another_yardstick(switched: Warehouse) -> None:
    """K5: a band that moved on the day of a new one, but not by itself."""
    assert _values(
        switched,
        "select account_id, happened_on, what_happened"
        " from product_signals__account_timeline"
        " where kind in ('score_band', 'health_grade')"
        " and account_id <> 'sharing' order by account_id desc, kind desc,"
        " happened_on",
    ) == [
        (
            "steady",
            date(2024, 1, 31),
            "Score: low (25) → high (100), with another profile",
        ),
        (
            "steady",
            date(2024, 1, 31),
            "Health: red (25) → green (100), with another profile,"
            " with another checklist",
        ),
        (
            "growing",
            date(2024, 1, 31),
            "Health: red (25) → green (62.5), with another mix",
        ),
    ]
