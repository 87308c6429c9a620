"""What another configuration would have said (L6).

The targets of a project also on a server: pytest --engine postgres or
snowflake.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
import yaml
from command import call
from product_signals.config import Config
from warehouse import Warehouse

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


# The tables that are compared, with all that they need.
TABLES = (
    "--select",
    "+product_signals__accounts",
    "+product_signals__accounts_daily",
    "+product_signals__leads",
    "+product_signals__signals",
)
INPUTS = ["events", "users", "accounts"]
NOON = datetime.combine(LAST_DAY, time(12))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two readers and a writer who stopped, scored with two weights."""
    folder = tmp_path_factory.mktemp("compare")
    warehouse = Warehouse(folder)
    created = {"created_at": datetime(2024, 1, 1)}
    accounts = ("reader", "[b]also[/b]", "writer")
    # 28 events in 28 days; the writer's ended 12 days before the end.
    days = {
        "reader": range(0, 80),
        "[b]also[/b]": range(0, 80),
        "writer": range(12, 80),
    }
    other = deepcopy(CONFIG)
    other["events"]["write"]["weight"] = 4
    other["signals"]["silent"]["groups"][0][0]["value"] = 20
    for name, config in {"before": CONFIG, "after": other}.items():
        warehouse.load(
            events=[
                {
                    "event_id": f"{name}{age}",
                    "user_id": f"{name}'s",
                    "account_id": name,
                    "event_name": "write" if name == "writer" else "read",
                    "occurred_at": NOON - timedelta(age),
                }
                for name in accounts
                for age in days[name]
            ],
            users=[
                {"user_id": f"{name}'s", "account_id": name, **created}
                for name in accounts
            ],
            accounts=[{"account_id": name, **created} for name in accounts],
        )
        warehouse.configure(
            Config.model_validate(config),
            INPUTS,
            {"as_of_date": str(LAST_DAY)},
        )
        warehouse.build(*TABLES)
        warehouse.database.rename(folder / f"{name}.duckdb")
    return folder


def _compare(*arguments: Any) -> Any:
    return call("compare", *arguments)


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
    before, earlier = folder / "before.duckdb", folder / "earlier.duckdb"
    copyfile(before, earlier)
    with duckdb.connect(str(earlier)) as connection:
        connection.execute(
            "update product_signals__accounts set as_of_date = as_of_date - 1"
        )
    result = _compare(before, earlier)
    assert result.exit_code == 1
    assert "before.duckdb: is as of 2024-03-31" in result.output
    assert "build both for one day" in result.output.replace("\n", " ")


def test_two_schemas_of_one_file(folder: Path) -> None:
    """Each may be the only one in a file, or has to be named."""
    both, names = folder / "both.duckdb", ("before", "after")
    with duckdb.connect(str(both)) as connection:
        for name in names:
            connection.execute(
                f"attach '{folder / name}.duckdb' as built (read_only)"
            )
            connection.execute(f"create schema {name}")
            for table in ("accounts", "accounts_daily", "signals"):
                connection.execute(
                    f"create table {name}.product_signals__{table} as"
                    f" from built.product_signals__{table}"
                )
            connection.execute("detach built")
    files = [folder / f"{name}.duckdb" for name in names]
    expected = json.loads(_compare(*files, "--json").output)
    assert expected["moved"]
    for arguments in (
        (both, "--schema", "before", "--other-schema", "after"),
        (both, both, "--schema", "before", "--other-schema", "after"),
        (both, files[1], "--schema", "before"),
        (files[0], both, "--other-schema", "after"),
    ):
        assert json.loads(_compare(*arguments, "--json").output) == expected
    for arguments, option in (
        ((both, files[1]), "--schema"),
        ((files[0], both), "--other-schema"),
        ((both, "--schema", "before", "--other-schema", "x"), "--other-schema"),
    ):
        result = _compare(*arguments)
        assert result.exit_code == 1
        assert f"; give one with {option}\n" in result.stderr


def test_what_is_missing_or_too_much(folder: Path) -> None:
    before, after = folder / "before.duckdb", folder / "after.duckdb"
    for arguments, message in (
        ((), "there is nothing to compare with; give two DuckDB files, or"),
        ((before,), "there is nothing to compare with; give two DuckDB"),
        (("--target", "a"), "the other configuration with --other-target"),
        (
            (before, after, "--other-target", "a"),
            "files, --schema and --other-schema are for DuckDB files",
        ),
        (
            ("--other-target", "a", "--project-dir", folder),
            f"{folder}: has no dbt_project.yml",
        ),
    ):
        result = _compare(*arguments)
        assert result.exit_code == 1
        assert message in result.stderr


# Half of the steps qualify a trial, or only all do; and a persona more, of
# another likelihood.
TRIAL_CONFIG = CONFIG | {
    "seed_prefix": "tried",
    "events": CONFIG["events"] | {"step": {}},
    "checklists": {
        "main": {
            "entity": "account",
            "steps": {
                f"step_{n}": {"event_name": "step", "min_count": n}
                for n in range(1, 5)
            },
        }
    },
    "bands": CONFIG["bands"]
    | {
        "activation_rate": {"low": None, "high": 75},
        "communication": {"none": None, "active": 1},
    },
    "pql_thresholds": {"simple": {"unknown": {"qualify_at": 50}}},
    "trial_personas": {
        "starter": {
            "activation_band": ["low"],
            "engagement_band": ["low", "medium", "high"],
            "communication_band": ["none", "active"],
            "likelihood": 0.25,
        }
    },
}
STEPS = {"half": 2, "all": 4, "none": 0}


@pytest.fixture(scope="module")
def targets(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """Three trials, by two configurations in two targets of a project."""
    warehouse = warehouse_factory("compared")
    created = {"created_at": NOON - timedelta(60)}
    warehouse.load(
        events=[
            {
                "event_id": f"{name}{number}",
                "user_id": f"{name}'s",
                "event_name": "step",
                "occurred_at": NOON - timedelta(number),
                "loaded_at": NOON,
            }
            for name, steps in STEPS.items()
            for number in range(steps)
        ],
        users=[
            {"user_id": f"{name}'s", "account_id": name, **created}
            for name in STEPS
        ],
        accounts=[
            {
                "account_id": name,
                "account_name": name.title(),
                "trial_started_at": NOON - timedelta(30),
                "trial_ends_at": NOON + timedelta(30),
                "deal_size": 1000,
                **created,
            }
            for name in STEPS
        ],
    )
    other = deepcopy(TRIAL_CONFIG)
    other["pql_thresholds"]["simple"]["unknown"]["qualify_at"] = 100
    other["trial_personas"]["ready"] = {
        **other["trial_personas"]["starter"],
        "activation_band": ["high"],
        "likelihood": 0.75,
    }
    for config, target in ((other, "trial_of_rules"), (TRIAL_CONFIG, "run")):
        warehouse.configure(Config.model_validate(config), INPUTS)
        path = warehouse.project / "profiles.yml"
        profiles = yaml.safe_load(path.read_text(encoding="utf-8"))
        outputs = profiles["product_signals"]["outputs"]
        outputs["trial_of_rules"] = outputs["run"] | {"schema": "tried"}
        path.write_text(yaml.safe_dump(profiles), encoding="utf-8")
        warehouse.build(*TABLES, "--target", target, as_of_date=str(LAST_DAY))
    return warehouse


def _compare_targets(warehouse: Warehouse, *arguments: Any) -> Any:
    server = warehouse.server
    with patch.dict(os.environ, server.environment if server else {}):
        return _compare("--project-dir", warehouse.project, *arguments)


def test_leads_of_two_targets(targets: Warehouse) -> None:
    """Bands and signals are the same; what differs are the leads."""
    result = _compare_targets(
        targets, "--target", "run", "--other-target", "trial_of_rules", "--json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["accounts"], found["leads"]) == (3, 3)
    assert (found["other_band"], found["moved"], found["signals"]) == (
        0,
        [],
        [],
    )
    # All steps: no persona, or "ready"; half of them qualify no longer.
    assert [
        (
            row["account_id"],
            row["account_name"],
            *(
                value
                for key, value in row.items()
                if not key.startswith("account_")
            ),
        )
        for row in found["moved_leads"]
    ] == [
        (
            "all", "All",
            "qualified", "unclassified", None,
            "qualified", "ready", "750.00",
        ),
        (
            "half", "Half",
            "qualified", "starter", "250.00",
            "not_yet", "starter", "250.00",
        ),
    ]  # fmt: skip
    assert found["expected_value_before"] == "500.00"
    assert found["expected_value_after"] == "1250.00"


def test_what_is_printed_of_leads(targets: Warehouse) -> None:
    """The target that dbt takes by default, and another."""
    result = _compare_targets(targets, "--other-target", "trial_of_rules")
    assert result.exit_code == 0, result.output
    assert (
        "Leads: 2 of 3 have another state, persona or expected value today;"
        " worth 500 before and 1,250 after"
    ) in result.stdout.replace("\n", " ")
    assert "not_yet" in result.stdout
    result = _compare_targets(targets, "--other-target", "run")
    assert "Leads: 0 of 3 have another" in result.stdout
    assert "not_yet" not in result.stdout


def test_without_leads(folder: Path) -> None:
    """A file may lack them; then nothing is said of them."""
    before, without = folder / "before.duckdb", folder / "without.duckdb"
    copyfile(before, without)
    with duckdb.connect(str(without)) as connection:
        connection.execute("drop table product_signals__leads")
    for files in ((without, before), (before, without)):
        result = _compare(*files)
        assert result.exit_code == 0, result.output
        assert "3 accounts" in result.stdout
        assert "Leads" not in result.stdout


def test_a_target_that_does_not_exist(targets: Warehouse) -> None:
    result = _compare_targets(targets, "--other-target", "x")
    assert result.exit_code == 1
    assert "does not have a target named 'x'" in result.stderr
