"""Builds a world in batches, and compares what the runs left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from oracle import World
from warehouse import Warehouse
from worlds import DAY, Row

INPUTS = [
    "events",
    "users",
    "accounts",
    "account_history",
    "memberships",
    "surveys",
    "tickets",
    "communications",
    "assessments",
    "subscription_changes",
]
# Inputs with records of accounts: the time, and a column that may be corrected.
RECORDS = {
    "tickets": ("opened_at", "priority", "high"),
    "communications": ("occurred_at", "direction", "inbound"),
    "assessments": ("assessed_at", "rating", 2),
    "subscription_changes": ("changed_at", "mrr_after", 75),
}


def build(
    warehouse: Warehouse, world: World, *arguments: str, **variables: Any
) -> None:
    """Puts a world into a warehouse and builds it."""
    warehouse.load(
        **{name: getattr(world, name) for name in INPUTS},
    )
    warehouse.configure(
        world.config,
        INPUTS,
        {
            name: getattr(world, name)
            for name in (
                "adoption_window_days",
                "active_window_days",
                "seen_days",
                "renewal_window_days",
                "onboarding_days",
                "trend_threshold",
                "size_column",
                "excluded_actor_types",
            )
        },
    )
    warehouse.build(*arguments, **variables)


def versions(world: World, batches: int, seed: int) -> list[World]:
    """A world as it was known after each batch of events; the last is complete.

    Batches are cut by loaded_at, so that each has events from many days,
    including late, redelivered and conflicting ones. Meanwhile, users and
    accounts come, go, move and change; an account disappears for a while;
    survey answers and other records come late, change and vanish.

    Args:
        world: The complete world.
        batches: The number of versions.
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
            draw = chance.random()
            if draw < 0.03:
                user["created_at"] += DAY
            elif draw < 0.1:
                user["created_at"] = None
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
                if not user["created_at"]
                or user["created_at"] <= cut
                or chance.random() < 0.1
            ],
            accounts=accounts,
            # Never empty, because a change of columns rebuilds the input.
            memberships=_known_by(world.memberships, cut),
            account_history=_known_by(world.account_history, cut),
            surveys=[
                {
                    **answer,
                    "score": 2 if chance.random() < 0.1 else answer["score"],
                }
                for answer in world.surveys
                if answer["answered_at"]
                and answer["answered_at"] <= cut
                and chance.random() > 0.2
            ]
            or world.surveys[:1],
            **{
                name: on_file(chance, getattr(world, name), cut, *columns)
                for name, columns in RECORDS.items()
            },
        )

    return [*map(version, cuts), world]


def on_file(
    chance: random.Random,
    rows: list[Row],
    cut: Any,
    time: str,
    column: str,
    value: Any,
) -> list[Row]:
    """Records known by a time: some come late, some change, tickets close."""
    return [
        {
            **row,
            **({column: value} if chance.random() < 0.1 else {}),
            **(
                {"closed_at": None}
                if row.get("closed_at") and row["closed_at"] > cut
                else {}
            ),
        }
        for row in rows
        if row[time] <= cut and chance.random() > 0.2
    ] or rows[:1]


def _shuffled(chance: random.Random, rows: list[Row]) -> list[Row]:
    return chance.sample(rows, len(rows))


def _known_by(rows: list[Row], day: Any) -> list[Row]:
    return [row for row in rows if row["valid_from"] <= day] or rows[:1]


# The tables that runs keep; all others follow from them.
STATEFUL = (
    "product_signals__alerts_feed",
    "product_signals__attribute_history",
    "product_signals__audiences",
    "product_signals__crm_accounts",
    "product_signals__crm_users",
    "product_signals__detected_signals",
)


def differences(actual: Path, expected: Path) -> dict[str, list]:
    """Rows of public tables that are in only one of two DuckDB files."""
    found = {}
    with duckdb.connect() as connection:
        for name, file in (("actual", actual), ("expected", expected)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'expected' and schema_name = 'main'"
            " and starts_with(table_name, 'product_signals__')"
            " union all select view_name from duckdb_views()"
            " where database_name = 'expected' and schema_name = 'main'"
            " and starts_with(view_name, 'product_signals__')"
        ).fetchall()
        assert len(tables) > 15
        for (table,) in tables:
            if table in STATEFUL:
                continue
            columns = ", ".join(
                f'"{name}"'
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns()"
                    " where database_name = 'expected'"
                    f" and table_name = '{table}'"
                    # It depends on the run that first published a signal.
                    " and column_name <> 'detected_on'"
                ).fetchall()
            )
            # Each run has its own reason to rebuild.
            where = (
                "where check_name <> 'rebuilt_days'"
                if table == "product_signals__data_health"
                else ""
            )
            only = [
                (name, *row)
                for name, other in (
                    ("actual", "expected"),
                    ("expected", "actual"),
                )
                for row in connection.execute(
                    f"select {columns} from {name}.main.{table} {where}"
                    f" except all select {columns}"
                    f" from {other}.main.{table} {where} limit 3"
                ).fetchall()
            ]
            if only:
                found[table] = only
    return found


def runs(warehouse: Warehouse) -> list[tuple[bool, bool]]:
    """Whether each finished run built everything again, and was complete."""
    return [
        (row["is_full"], row["is_complete"])
        for row in warehouse.rows(
            "select runs.rebuild_from = date '1900-01-01' as is_full,"
            " is_complete from int_product_signals__runs as runs"
            " left join int_product_signals__completed_runs using (run_id)"
            " order by runs.run_number"
        )
    ]


BUILD = ("build", "--exclude-resource-type", "test")


def start_dbt(warehouse: Warehouse, *command: str) -> subprocess.Popen[str]:
    """Starts dbt in its own process, like a user, who may kill it."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli\n"
            "from quick_dbt import quick_dbt\n"
            "with quick_dbt(): cli()",
            *(command or BUILD),
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
            "PYTHONPATH": str(Path(__file__).parent),
            **(warehouse.server.environment if warehouse.server else {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_at(warehouse: Warehouse, model: str, *command: str) -> None:
    """Starts a run and kills it while it builds a model."""
    # What dbt writes about its project before it starts takes a second.
    command = (*(command or BUILD), "--no-write-json")
    with start_dbt(warehouse, *command) as process:
        for line in process.stdout:
            if "START" in line and f".{model} " in line:
                process.send_signal(signal.SIGKILL)
                return
    raise AssertionError(f"{model} was never built")
