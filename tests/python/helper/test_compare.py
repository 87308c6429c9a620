"""What another configuration would have said (L6)."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from product_signals import cli
from typer.testing import CliRunner

LAST_DAY = date(2024, 3, 31)
CONFIG: dict[str, Any] = {
    "events": {
        "read": {"weight": 1, "counts_as_activity": True},
        "write": {"weight": 1, "counts_as_activity": True},
    },
    "profiles": {"main": {"period_days": 28, "benchmark": 100}},
    "bands": {"score": {"low": None, "medium": 25, "high": 50}},
    "signals": {
        name: {
            "entity": "account",
            "severity": "low",
            "description": "As it says.",
            "teams": ["success"],
            "groups": [[{"metric": metric, "operator": ">=", "value": value}]],
            "actions": [{"team": "success", "action": "Call"}],
        }
        for name, metric, value in (
            ("strong", "score", 60),
            ("silent", "days_since_last_active", 10),
        )
    },
}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two readers and a writer who stopped, scored with two weights."""
    folder = tmp_path_factory.mktemp("compare")
    accounts = ("reader", "[b]also[/b]", "writer")
    _write(
        folder / "accounts.csv",
        [{"account_id": name, "created_at": "2024-01-01"} for name in accounts],
    )
    _write(
        folder / "users.csv",
        [
            {
                "user_id": f"{name}'s",
                "account_id": name,
                "created_at": "2024-01-01",
            }
            for name in accounts
        ],
    )
    # 28 events in 28 days; the writer's ended 12 days before the end.
    days = {
        "reader": range(0, 80),
        "[b]also[/b]": range(0, 80),
        "writer": range(12, 80),
    }
    _write(
        folder / "events.csv",
        [
            {
                "event_id": f"{name}{age}",
                "user_id": f"{name}'s",
                "account_id": name,
                "event_name": "write" if name == "writer" else "read",
                "occurred_at": f"{LAST_DAY - timedelta(age)} 12:00:00",
            }
            for name in accounts
            for age in days[name]
        ],
    )
    other = json.loads(json.dumps(CONFIG))
    other["events"]["write"]["weight"] = 4
    other["signals"]["silent"]["groups"][0][0]["value"] = 20
    for name, config in {"before": CONFIG, "after": other}.items():
        path = folder / f"{name}.yml"
        path.write_text(
            yaml.safe_dump(config, sort_keys=False), encoding="utf-8"
        )
        _run(folder, name, LAST_DAY)
    return folder


def _run(folder: Path, name: str, day: date, database: str = "") -> None:
    result = CliRunner().invoke(
        cli.app,
        [
            "run",
            *(
                argument
                for table in ("events", "users", "accounts")
                for argument in (f"--{table}", str(folder / f"{table}.csv"))
            ),
            "--config",
            str(folder / f"{name}.yml"),
            "--database",
            str(folder / f"{database or name}.duckdb"),
            "--var",
            f"as_of_date={day}",
        ],
    )
    assert result.exit_code == 0, result.output


def _compare(*arguments: Any) -> Any:
    return CliRunner().invoke(cli.app, ["compare", *map(str, arguments)])


def test_what_a_weight_changes(folder: Path) -> None:
    """A writer's 16 days of 28 are 16 points, or 64."""
    result = _compare(
        folder / "before.duckdb", folder / "after.duckdb", "--json"
    )
    found = json.loads(result.output)
    assert found["as_of_date"] == str(LAST_DAY)
    assert (found["accounts"], found["left_out"]) == (3, 0)
    assert (found["top"], found["same_top"]) == (3, 3)
    assert [
        (row["account_id"], float(row["score_before"]), row["band_before"])
        for row in found["moved"]
    ] == [("writer", 16, "low")]
    [moved] = found["moved"]
    assert (float(moved["score_after"]), moved["band_after"]) == (64, "high")
    assert sorted(map(tuple, found["bands"])) == [
        ("low", "high", 1),
        ("medium", "medium", 2),
    ]
    # 12 silent days are more than 10 but less than 20.
    assert {row.pop("signal"): row for row in found["signals"]} == {
        "silent": {
            "before": 1,
            "after": 0,
            "only_before": 1,
            "only_after": 0,
            "open_before": 1,
            "open_after": 0,
        },
        "strong": {
            "before": 0,
            "after": 1,
            "only_before": 0,
            "only_after": 1,
            "open_before": 0,
            "open_after": 1,
        },
    }


def test_nothing_differs_from_itself(folder: Path) -> None:
    database = folder / "before.duckdb"
    found = json.loads(_compare(database, database, "--json").output)
    assert (found["other_band"], found["other_grade"]) == (0, 0)
    assert (found["moved"], found["signals"]) == ([], [])
    assert found["same_signals"] == 1


def test_weeks_are_counted_back_from_the_last_day(folder: Path) -> None:
    found = json.loads(
        _compare(
            folder / "before.duckdb", folder / "after.duckdb", "--json"
        ).output
    )
    # 80 days of three accounts: 12 weeks, including that of the last day.
    assert found["account_weeks"] == 36
    assert found["first_day"] == str(LAST_DAY - timedelta(77))
    # The writer's first week or two are low either way.
    assert 0 < found["other_band"] <= 12


def test_what_is_printed(folder: Path) -> None:
    output = _compare(folder / "before.duckdb", folder / "after.duckdb").output
    assert "3 accounts, 2024-01-14 to 2024-03-31, 36 account-weeks" in output
    assert "Accounts in another band today: 1" in output
    assert "writer" in output
    assert "Signals: 0 are just the same, 2 differ" in output


def test_two_days_can_not_be_compared(folder: Path) -> None:
    _run(folder, "before", LAST_DAY - timedelta(1), "earlier")
    result = _compare(folder / "before.duckdb", folder / "earlier.duckdb")
    assert result.exit_code == 1
    assert "before.duckdb: is as of 2024-03-31" in result.output
    assert "build both for one day" in result.output.replace("\n", " ")
