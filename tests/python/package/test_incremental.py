"""A run that adds to what is there equals one that builds it all (L1, L3, A6).

Row for row, in every public table: whatever arrived when, and whatever became
of the run before.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import World
from product_signals.package import package_root
from test_definitions import build
from warehouse import Warehouse
from worlds import DAY, START, Row, random_world


def versions(world: World, batches: int, seed: int) -> list[World]:
    """A world as it was known after each batch of events, the last one whole.

    Batches are cut by loaded_at, so that each has events of many days, late,
    redelivered and conflicting ones too. Meanwhile users and accounts come,
    go, move and change; an account disappears for a while.

    Args:
        world: How it ends.
        batches: How many versions there are.
        seed: The same seed gives the same versions.
    """
    chance = random.Random(seed)
    arrivals = sorted(
        event["loaded_at"] for event in world.events if event["loaded_at"]
    )
    cuts = sorted(chance.sample(arrivals, batches - 1))
    account_ids = [account["account_id"] for account in world.accounts]

    def version(cut: Any) -> World:
        users = [dict(user) for user in world.users if chance.random() > 0.03]
        for user in users:
            if chance.random() < 0.06:
                user["role"] = chance.choice(["admin", "member"])
            if chance.random() < 0.04:
                user["account_id"] = chance.choice([*account_ids, None])
            if chance.random() < 0.03:
                user["is_internal"] = not user["is_internal"]
            if chance.random() < 0.04:
                user["deactivated_at"] = cut
            if chance.random() < 0.03:
                user["created_at"] += DAY
        accounts = [
            {
                **account,
                "plan": account["plan"] if chance.random() < 0.9 else "team",
                "seats": account["seats"] if chance.random() < 0.9 else 33,
                **{
                    name: account[name]
                    if account[name] and account[name] <= cut
                    else None
                    for name in ("converted_at", "cancelled_at")
                },
            }
            for account in world.accounts
            if account["created_at"] <= cut and chance.random() > 0.05
        ]
        return replace(
            world,
            events=_shuffled(
                chance,
                [
                    event
                    for event in world.events
                    if event["loaded_at"] and event["loaded_at"] <= cut
                ],
            ),
            users=[
                user
                for user in users
                if user["created_at"] <= cut or chance.random() < 0.1
            ],
            accounts=accounts,
            # Never none: an input whose columns change is built anew.
            memberships=_known_by(world.memberships, cut),
            account_history=_known_by(world.account_history, cut),
        )

    return [*map(version, cuts), world]


def _shuffled(chance: random.Random, rows: list[Row]) -> list[Row]:
    return chance.sample(rows, len(rows))


def _known_by(rows: list[Row], day: Any) -> list[Row]:
    return [row for row in rows if row["valid_from"] <= day] or rows[:1]


@pytest.fixture
def empty(warehouse_factory: Callable) -> Callable[[], Warehouse]:
    """Makes an empty warehouse."""
    made = iter(range(1000))
    name = f"incremental{random.getrandbits(32)}"
    return lambda: warehouse_factory(f"{name}_{next(made)}")


def differences(actual: Path, expected: Path) -> dict[str, list]:
    """Rows of public tables that only one of two DuckDB files has."""
    found = {}
    with duckdb.connect() as connection:
        for name, file in (("actual", actual), ("expected", expected)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'expected' and schema_name = 'main'"
            " and starts_with(table_name, 'product_signals__')"
        ).fetchall()
        assert len(tables) > 15
        for (table,) in tables:
            columns = ", ".join(
                f'"{name}"'
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns()"
                    " where database_name = 'expected'"
                    f" and table_name = '{table}'"
                ).fetchall()
            )
            only = [
                (name, *row)
                for name, other in (
                    ("actual", "expected"),
                    ("expected", "actual"),
                )
                for row in connection.execute(
                    f"select {columns} from {name}.main.{table} except all"
                    f" select {columns} from {other}.main.{table} limit 3"
                ).fetchall()
            ]
            if only:
                found[table] = only
    return found


def runs(warehouse: Warehouse) -> list[tuple[bool, bool]]:
    """Of each run that ended, whether it built all anew and was complete."""
    return [
        (row["is_full"], row["is_complete"])
        for row in warehouse.rows(
            "select is_full, is_complete from int_product_signals__runs"
            " left join int_product_signals__ended_runs using (run_id)"
            " order by int_product_signals__runs.started_at"
        )
    ]


def test_batches_equal_a_full_refresh(empty: Callable) -> None:
    """Six batches, one of them twice and so empty, and days left out."""
    world = random_world(5, 50)
    steps = versions(world, 5, seed=5)
    steps[2:2] = [replace(steps[1], events=list(reversed(steps[1].events)))]
    grown, anew = empty(), empty()
    for step in steps:
        build(grown, step)
    build(anew, world)
    assert differences(grown.database, anew.database) == {}
    if not grown.server:
        assert runs(grown) == [(True, True)] + 5 * [(False, True)]


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(100, 10**6),
    days=st.integers(30, 60),
    batches=st.integers(2, 3),
)
def test_any_history_in_any_batches(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    days: int,
    batches: int,
) -> None:
    """L3 as a property: --hypothesis-seed and max_examples for more."""
    world = random_world(seed, days)
    grown = Warehouse(tmp_path_factory.mktemp("grown"))
    for step in versions(world, batches, seed):
        build(grown, step)
    before = grown.folder / "before"
    shutil.copy(grown.database, before)
    grown.build("--full-refresh")
    assert differences(before, grown.database) == {}


class History:
    """A small world in three steps, each of them built once and kept.

    One project serves them all, so that dbt parses it once.
    """

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder)
        self.steps = versions(random_world(17, 40), 3, seed=4)
        self.first, self.last = folder / "first", folder / "last"
        for step, kept in ((0, self.first), (2, self.last)):
            self.begin_with(None)
            build(self.warehouse, self.steps[step])
            shutil.copy(self.warehouse.database, kept)

    def begin_with(self, kept: Path | None) -> None:
        """Puts an earlier state in place, or none."""
        database = self.warehouse.database
        for file in (database, Path(f"{database}.wal")):
            file.unlink(missing_ok=True)
        if kept:
            shutil.copy(kept, database)

    def to_the_end(self) -> dict[str, list]:
        """Builds the last step; gives what is not as if built at once."""
        build(self.warehouse, self.steps[2])
        return self.unlike(self.last)

    def unlike(self, kept: Path) -> dict[str, list]:
        return differences(self.warehouse.database, kept)

    def full_refresh(self) -> Path:
        """Builds all anew; gives a copy of what was there before."""
        before = self.warehouse.folder / "before"
        shutil.copy(self.warehouse.database, before)
        self.warehouse.build("--full-refresh")
        return before


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("history"))


def test_a_weight_that_changes_leaves_no_mixed_history(
    history: History,
) -> None:
    history.begin_with(history.last)
    world = history.steps[2]
    heavier = world.config.model_copy(deep=True)
    heavier.events["create"].weight = 9
    build(history.warehouse, replace(world, config=heavier))
    assert "product_signals__user_scores" in history.unlike(history.last)
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == 3 * [(True, True)]


def test_the_last_day_moves_either_way(history: History) -> None:
    """A look at the past, and back (L1)."""
    history.begin_with(history.last)
    day = str((START + DAY * 25).date())
    build(history.warehouse, history.steps[2], as_of_date=day)
    [found] = history.warehouse.rows(
        "select max(as_of_date) as day from product_signals__accounts_daily"
    )
    assert str(found["day"]) == day
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == [(True, True)] + 2 * [(False, True)]


def test_weeks_of_history_grow_too(history: History) -> None:
    """Of the days that were once the last, only Sundays stay."""
    history.begin_with(None)
    for number in (23, 25):
        build(
            history.warehouse,
            history.steps[2],
            as_of_date=str((START + DAY * number).date()),
            history_grain="week",
        )
    days = history.warehouse.rows(
        "select distinct as_of_date as day from product_signals__user_scores"
    )
    assert sum(row["day"].isoweekday() != 7 for row in days) == 1
    before = history.warehouse.folder / "before"
    shutil.copy(history.warehouse.database, before)
    history.warehouse.build(
        "--full-refresh",
        as_of_date=str((START + DAY * 25).date()),
        history_grain="week",
    )
    assert history.unlike(before) == {}


def test_an_event_from_before_history_moves_its_beginning(
    history: History,
) -> None:
    world = history.steps[2]
    first = min(e["occurred_at"] for e in world.events if e["occurred_at"])
    early = [
        event
        for event in world.events
        if event["occurred_at"] and event["occurred_at"] < first + 5 * DAY
    ]
    later = [event for event in world.events if event not in early]
    history.begin_with(None)
    build(history.warehouse, replace(world, events=later))
    arrived = START + DAY * 400
    build(
        history.warehouse,
        replace(
            world,
            events=later + [{**e, "loaded_at": arrived} for e in early],
        ),
    )
    # Two tables say when a row arrived, too.
    assert history.unlike(history.last).keys() <= {
        "product_signals__data_health",
        "product_signals__rejected_events",
    }
    assert runs(history.warehouse) == [(True, True), (False, True)]


def test_without_loaded_at_some_days_are_read_again(history: History) -> None:
    """Late by up to lookback_days counts at once; anything older waits."""
    world = history.steps[2]
    events = [
        {key: event[key] for key in event if key != "loaded_at"}
        for event in world.events
        if event["occurred_at"] and event["occurred_at"] > START - DAY
    ]
    days = sorted({event["occurred_at"].date() for event in events})
    late, last = days[-12], days[-10]
    history.begin_with(None)
    build(
        history.warehouse,
        replace(
            world,
            events=[
                event
                for event in events
                if event["occurred_at"].date() <= last
                and (event["occurred_at"].date(), event["user_id"])
                != (late, "u1")
            ],
        ),
    )
    build(history.warehouse, replace(world, events=events))
    assert history.unlike(history.full_refresh()) == {}
    old = {**events[0], "event_id": "old", "occurred_at": START}
    build(history.warehouse, replace(world, events=[*events, old]))
    [health] = history.warehouse.rows(
        "select value, detail from product_signals__data_health"
        " where check_name = 'waiting_rows'"
    )
    assert health["value"] == 1
    assert "--full-refresh" in health["detail"]


def start_dbt(warehouse: Warehouse) -> subprocess.Popen[str]:
    """Starts dbt in a process of its own, so that it can be killed."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli; cli()",
            "build",
            "--exclude-resource-type",
            "test",
            "--project-dir",
            str(warehouse.project),
            "--profiles-dir",
            str(warehouse.project),
            "--no-send-anonymous-usage-stats",
            "--no-use-colors",
        ],
        cwd=warehouse.project,
        env={
            **os.environ,
            **(warehouse.server.environment if warehouse.server else {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_at(warehouse: Warehouse, model: str) -> None:
    """Starts a run and kills it while it builds a model."""
    with start_dbt(warehouse) as process:
        for line in process.stdout:
            if "START" in line and f".{model} " in line:
                process.send_signal(signal.SIGKILL)
                break
        else:
            pytest.fail(f"{model} was never built")


@pytest.mark.parametrize(
    "model",
    [
        "int_product_signals__daily_activity",
        "int_product_signals__restated_days",
        "product_signals__user_scores",
    ],
)
def test_a_killed_run_is_made_up_for(model: str, history: History) -> None:
    """Tables can be read in between, and end as if nothing had happened."""
    history.begin_with(history.first)
    second = history.steps[1]
    history.warehouse.load(events=second.events, users=second.users)
    kill_at(history.warehouse, model)
    for table in ("user_scores", "accounts", "signals"):
        assert history.warehouse.rows(f"from product_signals__{table}")
    assert history.to_the_end() == {}
    # The one that was killed may be at work still, for all the next can know.
    assert runs(history.warehouse) == [
        (True, True), (False, None), (False, False)
    ]  # fmt: skip


def test_what_is_missing_is_made_up_for(history: History) -> None:
    """Tables that somebody dropped, and a model left out of a run."""
    history.begin_with(history.first)
    for table in (
        "int_product_signals__score_windows",
        "product_signals__accounts_daily",
    ):
        history.warehouse.execute(f"drop table {table}")
    second = history.steps[1]
    history.warehouse.load(events=second.events, users=second.users)
    history.warehouse.build("--exclude", "product_signals__user_scores")
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == [
        (True, True), (False, False), (False, True)
    ]  # fmt: skip


def test_the_fingerprint_knows_every_variable_and_the_version() -> None:
    project = yaml.safe_load(
        (package_root() / "dbt_project.yml").read_text(encoding="utf-8")
    )
    macro = (
        package_root() / "macros/incremental/fingerprint_of_project.sql"
    ).read_text(encoding="utf-8")
    assert f"'{project['version']}'" in macro
    # Inputs and seeds are in it by their columns and rows.
    left_out = {"lookback_days", "product_signals_private_tests"}
    for name in project["vars"]:
        if not name.endswith(("_model", "_seed")) and name not in left_out:
            assert f"'{name}" in macro, name


def test_the_log_of_runs_waits_for_every_model(history: History) -> None:
    """Else it could call a run complete that is still building."""
    history.warehouse.dbt(history.warehouse.project, "parse")
    manifest = json.loads(
        (history.warehouse.project / "target" / "manifest.json").read_text(
            encoding="utf-8"
        )
    )
    seen: set[str] = set()
    waiting = ["model.product_signals.int_product_signals__ended_runs"]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += manifest["parent_map"].get(node, [])
    models = {
        name
        for name, node in manifest["nodes"].items()
        if node["package_name"] == "product_signals"
        and node["resource_type"] == "model"
    }
    assert models <= seen


def test_two_runs_at_once(empty: Callable) -> None:
    """They may stop each other; what they leave, the next run puts right."""
    world = random_world(17, 40)
    first, second = versions(world, 2, seed=6)
    grown = empty()
    if not grown.server:
        pytest.skip("one process at a time may write to a DuckDB file")
    anew = empty()
    build(grown, first)
    grown.load(events=second.events, users=second.users)
    both = [start_dbt(grown), start_dbt(grown)]
    for process in both:
        process.communicate(timeout=300)
    build(grown, second)
    build(anew, second)
    assert differences(grown.database, anew.database) == {}
