"""The golden cases of the requirements, from tests/golden/expected.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from golden import AS_OF_DATE
from warehouse import Warehouse
from work_list import FAULTS

EXPECTED = Path(__file__).parents[2] / "golden" / "expected.csv"
DATED = ("user_scores", "account_scores", "accounts_daily")
# Evidence is found by its signal.
SOURCES = {
    "signal_evidence": "product_signals__signal_evidence"
    " inner join product_signals__signals using (signal_id)"
}


def _cases() -> list[Any]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return [
            pytest.param(case, id=f"{case['row']}-{number}-{case['column']}")
            for number, case in enumerate(csv.DictReader(file), start=2)
        ]


@pytest.fixture(scope="module", autouse=True)
def held_open(golden: Warehouse) -> Iterator[None]:
    with golden.held_open():
        yield


@pytest.mark.parametrize("case", _cases())
def test_golden_case(golden: Warehouse, case: dict[str, str]) -> None:
    where = dict(part.split("=", 1) for part in case["where"].split(" "))
    if case["model"] in DATED:
        where.setdefault("as_of_date", AS_OF_DATE.isoformat())
    source = SOURCES.get(case["model"], f"product_signals__{case['model']}")
    rows = golden.rows(
        f"select * from {source} where "
        + " and ".join(f"{key} = '{value}'" for key, value in where.items())
    )
    if case["column"] == "(rows)":
        assert len(rows) == int(case["value"])
        return
    assert len(rows) == 1, f"{len(rows)} rows where {case['where']}"
    assert _matches(rows[0][case["column"]], case["value"]), (
        f"{case['column']} is {rows[0][case['column']]!r}"
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_no_work_list_has(golden: Warehouse, fault: str) -> None:
    assert golden.rows(FAULTS[fault]) == []


def test_an_input_that_is_off_says_nothing(golden: Warehouse) -> None:
    checks = {
        row["check_name"]
        for row in golden.rows("from product_signals__data_health")
    }
    assert "unknown_in_surveys_rate" in checks
    assert "unknown_in_account_history_rate" not in checks


def _matches(actual: Any, expected: str) -> bool:
    """Whether a figure is the expected one; published figures to the cent."""
    if expected == "" or actual is None:
        return actual is None and expected == ""
    if isinstance(actual, bool):
        return expected == str(actual).lower()
    if isinstance(actual, Decimal):
        return actual == Decimal(expected)
    if isinstance(actual, int | float):
        return abs(actual - float(expected)) < 1e-7
    return str(actual) == expected
