"""Tables of event tools become the inputs of the contract (K2).

Every tool's tables have the same ten traps, named after the ids of their rows:
events sent twice or with other content, a clock a year ahead or in 1970, late
events, events sent before their user was known, a device used by a second
person, a user who moved to another account, other spellings of a name, nobody,
and a job.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from mappings import MAPPINGS, NESTED, mapped_rows
from product_signals.errors import UserError
from warehouse import Warehouse

EXPECTED = sorted(MAPPINGS.glob("*/expected_*.csv"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes a test for each file whose model is run."""
    if "expected" in metafunc.fixturenames:
        engine = metafunc.config.getoption("--engine")
        metafunc.parametrize(
            "expected",
            [
                path
                for path in EXPECTED
                if engine == "duckdb" or path.parent.name != NESTED
            ],
            ids=lambda path: f"{path.parent.name}-{path.stem}",
        )


def test_what_comes_out(mapped: Warehouse, expected: Path) -> None:
    model = expected.stem.removeprefix("expected_")
    with expected.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    actual = mapped_rows(mapped, f"{expected.parent.name}_{model}")
    assert sorted(map(_cells, actual)) == sorted(map(_cells, rows))


def test_every_model_is_looked_at() -> None:
    assert len(EXPECTED) == len(list(MAPPINGS.glob("*/*.sql"))) > 0


def test_a_number_is_not_taken_for_a_time(mapped: Warehouse) -> None:
    """Such as created_at in seconds since 1970, which is usual in traits."""
    model = (
        "{{ product_signals.pendo_accounts(source('pendo', 'feature_event'),"
        " traits={'created_at': 'num_events'}) }}"
    )
    with pytest.raises(UserError, match="column num_events is a number; cast"):
        mapped.dbt(mapped.project, "compile", "--inline", model)


def _cells(row: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(row.items())
