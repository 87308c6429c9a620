"""Rows for a CRM (K3, K4): what they say, and when one is written again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import md5
from typing import Any

import pytest
from crm import ALONE, SPARE, STARTER, THIRD, Crm
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
    # R14: one for each address, nobody who has left, none without one.
    assert [
        key
        for key in ("u1", "u2", "u3", "u4")
        if crm.runs[0][key]["is_primary_for_email"]
    ] == ["u1"]
    assert crm.runs[0]["u3"]["is_deactivated"]
    assert "staff" not in crm.runs[0]


def test_the_hash_is_of_what_is_there(crm: Crm) -> None:
    """R4: in the order of the columns, a day by its number."""

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
    """R1, R2: a CRM trims its keys, and looks at no case."""
    assert {"a1", "a2", "A2", "a3", "trial"} <= crm.runs[0].keys()
    assert not {" a4", "x" * 256} & crm.runs[0].keys()
    found = {
        row["check_name"]: (row["status"], int(row["value"]), row["detail"])
        for row in crm.warehouse.rows("from product_signals__data_health")
        if "crm" in row["check_name"]
    }
    assert found == {
        "accounts_without_crm_id": ("ok", 3, f" a4, a3, {'x' * 256}"),
        "users_without_crm_id": ("ok", 5, "other, staff, u2, u3, u4"),
        "repeated_crm_ids": ("warn", 2, "accounts a1 = a2 (001A)"),
        "ids_unfit_for_crm": (
            "warn",
            4,
            f"account A2 = a2, account  a4, account {'x' * 255}",
        ),
    }


@pytest.fixture(scope="module")
def later(crm: Crm) -> Crm:
    """Nothing new; all kinds of news at once; and what became of them."""
    assert crm.run() == []
    crm.set(
        "create table away as select * from product_signals__accounts"
        " where account_id = 'a2'",
        "delete from product_signals__accounts where account_id = 'a2'",
        # Too little to tell: each is less than a point, or than a week.
        "update product_signals__accounts set score = 50.99,"
        " health_score = 50.5, as_of_date = date '2024-07-05',"
        " health_reason = 'Use pulls it down most: score 51',"
        " adoption_rate = 99.01, days_since_last_active = 0"
        " where account_id = 'a1'",
        # A point; a band; a later day that was the last one.
        "update product_signals__accounts set score = score + 1"
        " where account_id = 'trial'",
        "update product_signals__accounts set score_band = 'low'"
        " where account_id = 'A2'",
        "update product_signals__users set days_since_last_active = 39"
        " where user_id = 'u4'",
        "update product_signals__users set score = score - 0.99"
        " where user_id = 'u2'",
    )
    crm.run()
    crm.set(
        "insert into product_signals__accounts select * from away",
        # From what was published, a point.
        "update product_signals__accounts set score = 51"
        " where account_id = 'a1'",
    )
    crm.run()
    return crm


def test_only_what_is_worth_it_is_written(later: Crm) -> None:
    """R3, R16: a row is written whole, with what was too little to tell."""
    assert later.written(2) == ["A2", "a2", "trial", "u4"]
    assert later.written(3) == ["a1", "a2"]
    row = later.runs[3]["a1"]
    assert row["health_reason"] == "Use pulls it down most: score 51"
    assert row["last_active_on"] == date(2024, 7, 5)
    assert row["adoption_rate"] == Decimal("99.01")


def test_who_is_gone_stays_and_may_come_back(later: Crm) -> None:
    """R6: scores and all that was open are no more, names stay."""
    before, gone, back = (later.runs[place]["a2"] for place in (1, 2, 3))
    kept = ("account_id", "crm_id", "owner", "owner_email")
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
    # What a row says makes its hash, and nothing else does.
    assert {**back, "changed_at": None} == {**before, "changed_at": None}
    assert gone["row_hash"] != before["row_hash"]


@pytest.mark.parametrize("run", [2, 3])
def test_when_a_row_changed(later: Crm, run: int) -> None:
    """R5: one time a run, later than all before; it moves with row_hash."""
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
    later.set(f"{scope} '2024-06-30'")


def test_a_trial_run_publishes_nothing(later: Crm) -> None:
    assert later.run(*ALONE, "--empty") == []


def test_a_wrong_clock_and_a_full_refresh(later: Crm) -> None:
    """Times rise all the same, and what is known stays."""
    later.set(
        "update product_signals__crm_accounts"
        " set changed_at = timestamp '2100-01-01 00:00:00'"
        " where account_id = 'a3'"
    )
    assert later.run(*ALONE, "--full-refresh") == ["a1", "a3"]
    assert later.runs[-1]["a1"]["active_users"] == 77
    assert later.runs[-1]["a1"]["changed_at"] == datetime(2100, 1, 1, 0, 0, 1)


def test_a_row_says_the_same_from_scratch(later: Crm) -> None:
    """The tables dropped, all are published anew, and say the same."""
    before = later.runs[-1]
    later.set(
        "drop table product_signals__crm_accounts",
        "drop table product_signals__crm_users",
    )
    later.run()
    assert later.runs[-1].keys() == before.keys()
    for key in ("a1", "a2", "A2", "a3", "trial"):
        assert later.runs[-1][key]["row_hash"] == before[key]["row_hash"]
