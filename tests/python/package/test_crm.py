"""Rows for a CRM (K3, K4): what they say, and when one is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from hashlib import md5
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import pytest
import yaml
from crm import (
    ALONE,
    NEWS,
    SEQUEL,
    SPARE,
    STARTER,
    THIRD,
    TODAY,
    Crm,
    crm_config,
)
from crm_servers import HubSpotServer, SalesforceServer
from drt.cli.main import app
from histories import kill_at
from hubspot import HubSpot
from hubspot.crm.companies import ApiException
from product_signals.crm_fields import CrmField, crm_fields, crm_files
from product_signals.errors import UserError
from pytest_httpserver import HTTPServer
from servers import Postgres, postgres_server
from simple_salesforce import Salesforce
from typer.testing import CliRunner
from warehouse import Warehouse


@pytest.fixture(scope="module")
def crm(warehouse_factory: Callable[[str], Warehouse]) -> Crm:
    made = Crm(warehouse_factory("crm"))
    made.build()
    return made


def test_what_an_account_says(crm: Crm) -> None:
    row = dict(crm.runs[0]["a1"])
    assert row.pop("signal_detail").startswith("Boss (One). On ")
    for name in ("row_hash", "changed_at"):
        row.pop(name)
    assert row == {
        "account_id": "a1",
        "crm_id": "001A",
        "account_name": "Ä" * 254 + "…",
        "domain": "a1.test",
        "lifecycle_stage": "adopted",
        # The mean of 60 and 40; the benchmark is 50 points.
        "score": Decimal("50.00"),
        "score_band": "high",
        "trend": "rising",
        "health_score": Decimal("50.00"),
        "health_grade": "yellow",
        "health_reason": "Use pulls it down most: score 50",
        "lead_state": None,
        "persona": None,
        "expected_value": None,
        "open_signals": f"Boss;Late, again;{SPARE};{THIRD}",
        "open_signal_count": 5,
        "signal_severity": "critical",
        "next_action": "Do boss",
        "activation_rate": None,
        "activation_band": None,
        "adoption_rate": Decimal("100.00"),
        "adoption_band": "high",
        "active_users": 2,
        "champion": "One",
        "champion_email": "One@a1.test",
        "last_active_on": date(2024, 6, 29),
        "owner": "kim@us.test",
        "owner_email": "kim@us.test",
        "is_deleted": False,
    }
    assert len(row["open_signals"]) == 255
    trial = crm.runs[0]["trial"]
    assert trial["lead_state"] == "not_yet"
    assert trial["persona"] == "unclassified"
    assert trial["expected_value"] == Decimal("150.00")
    assert trial["next_action"] == STARTER.trial_personas["unclassified"].action


def test_what_a_user_says(crm: Crm) -> None:
    row = dict(crm.runs[0]["u1"])
    for name in ("signal_detail", "row_hash", "changed_at"):
        row.pop(name)
    assert row == {
        "user_id": "u1",
        "crm_id": "003A",
        "email": "One@a1.test",
        "full_name": "One",
        "account_id": "a1",
        "account_crm_id": "001A",
        "role": "admin",
        "created_on": date(2024, 3, 22),
        "score": Decimal("60.00"),
        "score_band": "high",
        "trend": "rising",
        "open_signals": "Boss",
        "open_signal_count": 1,
        "signal_severity": "critical",
        "next_action": "Do boss",
        "activation_rate": None,
        "activation_band": None,
        "adoption_rate": Decimal("100.00"),
        "adoption_band": "high",
        "is_champion": True,
        "last_active_on": date(2024, 6, 29),
        "owner": "kim@us.test",
        "owner_email": "kim@us.test",
        "is_deactivated": False,
        "is_primary_for_email": True,
        "is_deleted": False,
    }
    # R14: one row per address; nobody who has left or has no address.
    assert [
        key
        for key in ("u1", "u2", "u3", "u4")
        if crm.runs[0][key]["is_primary_for_email"]
    ] == ["u1"]
    assert crm.runs[0]["u3"]["is_deactivated"]
    assert "staff" not in crm.runs[0]


def test_the_hash_is_of_what_is_there(crm: Crm) -> None:
    """R4: of the values in column order, with days as numbers."""

    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, date):
            return str((value - date(1970, 1, 1)).days)
        return str(value)

    for row in crm.runs[0].values():
        columns = row.keys() - {"row_hash", "changed_at"}
        content = "".join(
            text(value) + "<|>" for key, value in row.items() if key in columns
        )
        assert row["row_hash"] == md5(content.encode()).hexdigest()


def test_what_cannot_be_a_key_is_left_out_and_counted(crm: Crm) -> None:
    """R1, R2: a CRM trims its keys and ignores case."""
    assert {"a1", "a2", "A2", "a3", "trial"} <= crm.runs[0].keys()
    assert not {" a4", "x" * 256} & crm.runs[0].keys()
    found = {
        row["check_name"]: (row["status"], int(row["value"]), row["detail"])
        for row in crm.warehouse.rows("from product_signals__data_health")
        if "crm" in row["check_name"]
    }
    assert found == {
        "accounts_without_crm_id": ("ok", 2, f" a4, {'x' * 256}"),
        "users_without_crm_id": ("ok", 5, "other, staff, u2, u3, u4"),
        "repeated_crm_ids": ("warn", 2, "accounts a2 = a3 (001D)"),
        "ids_unfit_for_crm": (
            "warn",
            4,
            f"account A2 = a2, account  a4, account {'x' * 255}",
        ),
    }


@pytest.fixture(scope="module")
def later(crm: Crm) -> Crm:
    """Nothing new; all kinds of news at once; and what becomes of them."""
    assert crm.run() == []
    crm.set(*NEWS)
    crm.run()
    crm.set(*SEQUEL)
    crm.run()
    return crm


def test_only_what_is_worth_it_is_written(later: Crm) -> None:
    """R3, R16: a row is written as a whole, including its small changes."""
    assert later.written(2) == ["A2", "a2", "trial", "u4"]
    assert later.written(3) == ["a1", "a2", "u1"]
    row = later.runs[3]["a1"]
    assert row["health_reason"] == "Use pulls it down most: score 51"
    assert row["last_active_on"] == date(2024, 7, 5)
    assert row["adoption_rate"] == Decimal("99.01")


def test_who_is_gone_stays_and_may_come_back(later: Crm) -> None:
    """R6: scores and everything open are emptied, names stay."""
    before, gone, back = (later.runs[place]["a2"] for place in (1, 2, 3))
    kept = ("account_id", "owner", "owner_email")
    # a3 has the same record in the CRM, and now has it alone.
    assert before["crm_id"] == later.runs[2]["a3"]["crm_id"] == "001D"
    assert {key: gone[key] for key in kept} == {
        key: before[key] for key in kept
    }
    assert gone["is_deleted"]
    assert gone["lifecycle_stage"] == "removed"
    assert gone["open_signal_count"] == 0
    assert {key for key, value in gone.items() if value is not None} == {
        *kept,
        "lifecycle_stage",
        "open_signal_count",
        "is_deleted",
        "row_hash",
        "changed_at",
    }
    # The hash depends only on what a row says.
    assert {**back, "changed_at": None} == {**before, "changed_at": None}
    assert gone["row_hash"] != before["row_hash"]


def test_what_closes_is_an_update(later: Crm) -> None:
    """K3: of the row whose signal it was, and of the account's."""
    before, after = (later.runs[place]["u1"] for place in (2, 3))
    signal = (
        "open_signals", "signal_severity", "next_action", "signal_detail",
    )  # fmt: skip
    assert {**after, **{key: before[key] for key in signal}} == {
        **before,
        "open_signal_count": 0,
        "row_hash": after["row_hash"],
        "changed_at": after["changed_at"],
    }
    assert [after[key] for key in signal] == [None] * 4
    account = later.runs[3]["a1"]
    assert account["open_signals"].startswith("Late, again;")
    assert account["open_signal_count"] == 4


@pytest.mark.parametrize("run", [2, 3])
def test_when_a_row_changed(later: Crm, run: int) -> None:
    """R5: one time per run, later than all before; it moves with row_hash."""
    rows, before = later.runs[run], later.runs[run - 1]
    written = later.written(run)
    [time] = {rows[key]["changed_at"] for key in written}
    assert time > max(row["changed_at"] for row in before.values())
    for key in written:
        assert rows[key]["row_hash"] != before[key]["row_hash"]


def test_a_look_at_the_past_publishes_nothing(later: Crm) -> None:
    scope = "update int_product_signals__scope set as_of_date = date "
    later.set(
        f"{scope} '2024-06-29'",
        "update product_signals__accounts set active_users = 77"
        " where account_id = 'a1'",
    )
    assert later.run() == []
    # Nor does a day that nobody is told of yet.
    told = "update int_product_signals__scope set is_delivered ="
    later.set(f"{scope} '2024-06-30'", f"{told} false")
    assert later.run() == []
    later.set(f"{told} true")


def test_a_trial_run_publishes_nothing(later: Crm) -> None:
    assert later.run(*ALONE, "--empty") == []


def test_a_wrong_clock_and_a_full_refresh(later: Crm) -> None:
    """Times still rise, and what is known stays."""
    later.set(
        "update product_signals__crm_accounts"
        " set changed_at = timestamp '2100-01-01 00:00:00'"
        " where account_id = 'a3'"
    )
    assert later.run(*ALONE, "--full-refresh") == ["a1", "a3"]
    assert later.runs[-1]["a1"]["active_users"] == 77
    assert later.runs[-1]["a1"]["changed_at"] == datetime(2100, 1, 1, 0, 0, 1)


def test_an_address_belongs_to_one_row(later: Crm) -> None:
    """R14: to somebody who is there before somebody who has gone."""

    def first() -> list[str]:
        return sorted(
            key
            for key, row in later.runs[-1].items()
            if row.get("is_primary_for_email")
        )

    def only(*users: str) -> list[str]:
        names = ", ".join(f"'{user}'" for user in users)
        later.set(
            "delete from product_signals__users",
            "insert into product_signals__users select * from people"
            f" where user_id in ({names})",
        )
        later.run()
        return first()

    later.set("create table people as select * from product_signals__users")
    assert first() == ["u1"]
    assert only("u2", "u3") == ["u2"]
    assert later.runs[-1]["u1"]["is_deleted"]
    assert later.runs[-1]["u1"]["crm_id"] == "003A"
    assert only("u3") == ["u3"]
    # An address whose users have all gone has a row, too: the oldest of three.
    assert only("nobody") == ["u3"]
    assert later.runs[-1]["u3"]["is_deleted"]
    assert only("u1", "u2", "u3", "u4", "other") == ["u1"]


def test_whom_to_call_and_who_calls(later: Crm) -> None:
    """F10: who is silent for 30 days is no champion; a name is no address."""

    def seen(days: int) -> tuple[Any, ...]:
        later.set(
            "update product_signals__users set full_name = null,"
            f" days_since_last_active = {days} where user_id = 'u1'"
        )
        later.run()
        account = later.runs[-1]["a1"]
        return (
            account["champion"],
            account["champion_email"],
            later.runs[-1]["u1"]["is_champion"],
        )

    assert seen(29) == ("One@a1.test", "One@a1.test", True)
    assert seen(30) == (None, None, False)
    assert {
        key: (row["owner"], row["owner_email"])
        for key, row in later.runs[0].items()
        if key in ("a1", "a2", "A2")
    } == {
        "a1": ("kim@us.test", "kim@us.test"),
        "a2": ("Ann", "ann@us.test"),
        "A2": ("Bob", None),
    }


def test_a_row_says_the_same_from_scratch(later: Crm) -> None:
    """If the tables are dropped, all rows are published again, unchanged."""
    before = later.runs[-1]
    later.set(
        "drop table product_signals__crm_accounts",
        "drop table product_signals__crm_users",
    )
    later.run()
    assert later.runs[-1].keys() == before.keys()
    for key in ("a1", "a2", "A2", "a3", "trial"):
        assert later.runs[-1][key]["row_hash"] == before[key]["row_hash"]


# -- Killed, and again -------------------------------------------------------


def heard(runs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What a tool gets that asks for changed_at after the last it has seen.

    It asks after every run, whether or not that succeeded.

    Returns:
        Keys and hashes, those of a key in order of arrival.
    """
    last = dict.fromkeys((True, False), datetime.min)
    rows = []
    for before, run in pairwise([{}, *runs]):
        for is_user in last:
            new = {
                key: row
                for key, row in run.items()
                if ("user_id" in row) == is_user
                and row["changed_at"] > last[is_user]
            }
            # Everything that changed, with one time.
            assert new == {
                key: row
                for key, row in run.items()
                if ("user_id" in row) == is_user and row != before.get(key)
            }
            times = {row["changed_at"] for row in new.values()}
            assert len(times) <= 1
            last[is_user] = max(times, default=last[is_user])
            rows += [(key, row["row_hash"]) for key, row in new.items()]
        assert before.keys() <= run.keys()
    return sorted(rows, key=itemgetter(0))


def timeless(rows: dict[str, Any]) -> dict[str, Any]:
    return {key: {**row, "changed_at": None} for key, row in rows.items()}


def test_a_signal_is_one_line(later: Crm) -> None:
    """K3: a user's name can't add lines that look like other signals."""
    again = later.begin_again("lines")
    again.set(
        "update product_signals__work_list"
        " set user_name = 'One' || chr(13) || chr(10) || 'Busy. Call Eve',"
        " reason = 'On' || chr(10) || reason where signal = 'boss'"
    )
    again.run()
    for key in ("a1", "u1"):
        detail = again.runs[-1][key]["signal_detail"]
        first, *others = detail.split("\n")
        assert first.startswith("Boss (One  Busy. Call Eve). On On ")
        assert len(others) == again.runs[-1][key]["open_signal_count"] - 1


def test_a_replay_with_kills_tells_the_same(later: Crm) -> None:
    """In another database, nothing is lost or told twice."""
    again = later.begin_again("again")
    # Killed before either table was written.
    again.warehouse.build(*ALONE[:-2], as_of_date=str(TODAY.date()))
    again.run()
    again.set(
        *NEWS,
        # The new row of a deleted account fails because of another row.
        "create unique index torn on product_signals__crm_accounts"
        " ((case when is_deleted then 'A2' else account_id end))",
    )
    # Killed while accounts were written, after the old rows were deleted.
    with pytest.raises(UserError, match=r"torn|[Dd]uplicate"):
        again.run(*ALONE[:-1])
    again.warehouse.fetch()
    assert again.look() == []
    again.set("drop index torn")
    # Killed after accounts, before users.
    assert again.run(*ALONE[:-1]) == ["A2", "a2", "trial"]
    assert again.run() == ["u4"]
    again.set(*SEQUEL)
    again.run()
    # Killed after both.
    assert again.run() == []
    assert heard(again.runs) == heard(later.runs[:4])
    assert timeless(again.runs[-1]) == timeless(later.runs[3])


@pytest.mark.long
@pytest.mark.parametrize("model", ALONE[-2:])
def test_a_killed_process_tells_the_same(later: Crm, model: str) -> None:
    """Wherever it was killed: all it had written by then, or none of it."""
    again = later.begin_again(f"killed_at_{model}")
    again.run()
    again.set(*NEWS)
    kill_at(
        again.warehouse,
        model,
        "run",
        *ALONE,
        "--vars",
        f"as_of_date: '{TODAY.date()}'",
    )
    again.warehouse.fetch()
    again.look()
    again.run()
    assert heard(again.runs) == heard(later.runs[:3])
    assert timeless(again.runs[-1]) == timeless(later.runs[2])


# -- What reads the tables -----------------------------------------------------

FILES = {
    tool: crm_files(tool, crm_config(), "ps_")
    for tool in ("salesforce", "hubspot")
}
TYPES = {
    "key": "varchar(255) primary key",
    "record": "varchar(18)",
    "text": "varchar(255)",
    "long_text": "varchar(3000)",
    "number": "numeric(5, 2)",
    "percent": "numeric(5, 2)",
    "amount": "numeric(18, 2)",
    "whole": "numeric(18, 0)",
    "flag": "boolean not null",
    "day": "date",
    "moment": "timestamp(0)",
}


def _type(field: CrmField) -> str:
    """The type of a CRM field as a Postgres type."""
    values = ", ".join(f"'{value}'" for value in field.values)
    return {
        **TYPES,
        "choice": f"varchar(255) check ({field.column} in ({values}))",
        "choices": "varchar(4099) check"
        f" (string_to_array({field.column}, ';') <@ array[{values}])",
    }[field.kind]


@pytest.fixture
def drt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], None]:
    """Runs every sync in a folder with drt, from a file."""
    (tmp_path / "drt_project.yml").write_text(
        "name: crm\nversion: '0.1'\nprofile: warehouse\n"
    )
    profiles = tmp_path / ".drt" / "profiles.yml"
    profiles.parent.mkdir()
    profiles.write_text("warehouse: {type: duckdb, database: source.duckdb}\n")
    monkeypatch.chdir(tmp_path)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SF_{name}", "tests")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DO_NOT_TRACK", "1")

    def run(source: Path) -> None:
        copyfile(source, tmp_path / "source.duckdb")
        done = CliRunner().invoke(app, ["run"])
        assert done.exit_code == 0, done.output

    return run


def test_a_sync_tool_writes_what_changed(
    later: Crm,
    drt: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """K3: it sends what is new by changed_at, and nothing if nothing is."""
    fields = [
        field
        for field in crm_fields(crm_config())
        if field.table == "crm_accounts"
    ]
    columns = ", ".join(f"{field.column} {_type(field)}" for field in fields)
    for table, where, mode in (
        ("upserted", "", "mode: incremental\n  cursor_field: changed_at"),
        ("mirrored", " where not is_deleted", "mode: mirror"),
    ):
        syncs = tmp_path / "syncs"
        syncs.mkdir(exist_ok=True)
        (syncs / f"{table}.yml").write_text(
            f"name: {table}\n"
            f"model: select * from product_signals__crm_accounts{where}\n"
            "destination:\n"
            "  type: postgres\n"
            "  connection_string_env: CRM\n"
            f"  table: {table}\n"
            "  upsert_key: [account_id]\n"
            f"sync:\n  {mode}\n  on_error: fail\n"
        )
    with postgres_server() as port:
        crm = Postgres(port, "crm")
        monkeypatch.setenv(
            "CRM", f"postgresql://tests:tests@127.0.0.1:{port}/crm"
        )
        with closing(crm.connect()) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(
                f"create table upserted ({columns});"
                f"create table mirrored ({columns});"
                "create table writes (account_id text);"
                "create function note() returns trigger language plpgsql as"
                " $$ begin insert into writes values (new.account_id);"
                " return new; end $$;"
                "create trigger note after insert or update on upserted"
                " for each row execute function note()"
            )

            def ask(query: str) -> list[str]:
                cursor.execute(query)
                return [name for (name,) in cursor.fetchall()]

            for run, written in enumerate(
                (
                    ["A2", "a1", "a2", "a3", "trial"],
                    [],
                    # One more point, another band, and one that is gone.
                    ["A2", "a2", "trial"],
                    # One more point, and one that is back.
                    ["a1", "a2"],
                )
            ):
                drt(later.kept(run))
                assert sorted(ask("delete from writes returning *")) == written
                rows = {
                    key: row
                    for key, row in later.runs[run].items()
                    if "lifecycle_stage" in row
                }
                assert set(ask("select account_id from mirrored")) == {
                    key for key, row in rows.items() if not row["is_deleted"]
                }
                for column in ("row_hash", "score", "open_signals"):
                    assert sorted(
                        map(str, ask(f"select {column} from upserted"))
                    ) == sorted(str(row[column]) for row in rows.values())


def _records(crm: Crm, run: int, tool: str, table: str) -> list[dict[str, str]]:
    """The records that the package's sync sends."""
    sync = yaml.safe_load(FILES[tool][f"drt/syncs/{table}_to_{tool}.yml"])
    names = sync["sync"]["field_mappings"]
    with duckdb.connect(str(crm.kept(run)), read_only=True) as connection:
        result = connection.execute(sync["model"])
        columns = [column[0] for column in result.description]
        return [
            dict(zip((names.get(c, c) for c in columns), row, strict=True))
            for row in result.fetchall()
        ]


def _bulk(server: HTTPServer) -> Any:
    """The Bulk API of simple-salesforce, without TLS."""
    client = Salesforce(instance_url="https://127.0.0.1", session_id="token")
    client.bulk2_url = server.url_for(f"/services/data/v{client.sf_version}")
    client.bulk2_url += "/jobs/"
    return client.bulk2


def test_salesforce_takes_the_rows(later: Crm, httpserver: HTTPServer) -> None:
    """K4: except two with the same id, which the health check also reports."""
    ids = ["001A", "001B", "001C", "001D"]
    server = SalesforceServer(httpserver, FILES["salesforce"], "Account", ids)
    contacts = SalesforceServer(
        httpserver, FILES["salesforce"], "Contact", ["003A"]
    )
    bulk = _bulk(httpserver)
    # In run 2, one of the two has gone and no longer has the id.
    for run, refused in ((0, {"001D": "DUPLICATE_VALUE"}), (2, {})):
        records = _records(later, run, "salesforce", "crm_accounts")
        bulk.Account.upsert(records=records, external_id_field="Id", wait=0)
        assert server.refused == refused
    first = server.records["001A"]
    assert first["ps_score__c"] == "50.00"
    assert first["ps_open_signals__c"] == f"Boss;Late, again;{SPARE};{THIRD}"
    # Null is not sent, and no record was made.
    assert "ps_persona__c" not in first
    assert sorted(server.records) == ids
    assert contacts.records == {"003A": {}}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("ps_account_name__c", "x" * 256, "STRING_TOO_LONG"),
        ("ps_signal_detail__c", "x" * 3001, "STRING_TOO_LONG"),
        ("ps_score__c", "1000", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("ps_health_grade__c", "blue", "INVALID_OR_NULL_FOR_RESTRICTED"),
        ("ps_open_signals__c", "Boss;Bosses", "INVALID_OR_NULL_FOR_RESTRICTED"),
        ("ps_last_active_on__c", "30/06/2024", "INVALID_TYPE"),
        ("ps_changed_at__c", "2024-06-30 10:00:00", "INVALID_TYPE"),
        ("ps_is_deleted__c", "#N/A", "INVALID_TYPE"),
        ("Id", "001X", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_salesforce_refuses(
    crm: Crm, httpserver: HTTPServer, column: str, value: str, reason: str
) -> None:
    """Proves that the server can refuse."""
    server = SalesforceServer(
        httpserver, FILES["salesforce"], "Account", ["001A"]
    )
    [record] = [
        record
        for record in _records(crm, 0, "salesforce", "crm_accounts")
        if record["Id"] == "001A"
    ]
    _bulk(httpserver).Account.upsert(
        records=[record | {column: value}], external_id_field="Id", wait=0
    )
    [refused] = server.refused.values()
    assert refused.startswith(reason)


def test_the_shipped_sync_fills_salesforce(
    later: Crm,
    drt: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    httpserver: HTTPServer,
) -> None:
    """Run by drt unchanged; the second time it has nothing to send."""
    server = SalesforceServer(
        httpserver, FILES["salesforce"], "Contact", ["003A"]
    )
    name = "crm_users_to_salesforce.yml"
    (tmp_path / "syncs").mkdir()
    (tmp_path / "syncs" / name).write_text(
        FILES["salesforce"][f"drt/syncs/{name}"]
    )
    monkeypatch.setenv("SF_INSTANCE_URL", httpserver.url_for("").rstrip("/"))
    for run in (0, 1):
        drt(later.kept(run))
    assert len(server.jobs) == 1
    assert server.refused == {}
    assert server.records["003A"]["ps_email__c"] == "One@a1.test"
    assert server.records["003A"]["ps_is_champion__c"] == "true"


def _upsert(
    server: HTTPServer, name: str, key: str, records: list[dict[str, str]]
) -> None:
    """Sends a batch with HubSpot's own client."""
    api = getattr(HubSpot(access_token="token").crm, name).batch_api
    api.api_client.configuration.host = server.url_for("").rstrip("/")
    api.upsert(
        {
            "inputs": [
                {
                    "idProperty": key,
                    "id": record[key],
                    "properties": record,
                }
                for record in records
            ]
        }
    )


@pytest.mark.parametrize(
    ("table", "name", "key"),
    [
        ("crm_accounts", "companies", "ps_account_id"),
        ("crm_users", "contacts", "ps_user_id"),
    ],
)
def test_hubspot_takes_the_rows(
    later: Crm, httpserver: HTTPServer, table: str, name: str, key: str
) -> None:
    server = HubSpotServer(httpserver, FILES["hubspot"], name)
    for run in (0, 2):
        records = _records(later, run, "hubspot", table)
        for record in records:
            # The key of the record, which its client passes separately.
            record.pop("email", None)
        _upsert(httpserver, name, key, records)
    if name == "contacts":
        assert list(server.records) == ["u1"]
        return
    assert sorted(server.records) == ["A2", "a1", "a2", "a3", "trial"]
    assert server.records["a1"]["ps_last_active_on"] == "2024-06-29"
    gone = server.records["a2"]
    assert gone["ps_is_deleted"] == "true"
    assert "ps_score" not in gone


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ([{}, {}], "Duplicate IDs found in batch input: a1"),
        ([{"ps_last_active_on": "1719741600000"}], "INVALID_date"),
        ([{"ps_health_grade": "blue"}], "INVALID_enumeration"),
        ([{"ps_open_signals": "Boss;Bosses"}], "INVALID_enumeration"),
        ([{"ps_score": "high"}], "INVALID_number"),
        ([{"ps_scores": "1"}], "PROPERTY_DOESNT_EXIST"),
    ],
)
def test_hubspot_refuses(
    crm: Crm,
    httpserver: HTTPServer,
    changes: list[dict[str, str]],
    problem: str,
) -> None:
    server = HubSpotServer(httpserver, FILES["hubspot"], "companies")
    [record] = [
        record
        for record in _records(crm, 0, "hubspot", "crm_accounts")
        if record["ps_account_id"] == "a1"
    ]
    with pytest.raises(ApiException) as refusal:
        _upsert(
            httpserver,
            "companies",
            "ps_account_id",
            [record | change for change in changes],
        )
    assert refusal.value.status == 400
    assert problem in refusal.value.body
    assert server.records == {}
