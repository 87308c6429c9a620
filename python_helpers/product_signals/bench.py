"""Measures how long the package takes, compared with the least it could take.

It makes up any number of events, the same ones each time. Every day has a
random stream of its own, so that one day can be made without the rest.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from product_signals.builder import dbt, write_profile
from product_signals.config import Config, read_config
from product_signals.package import package_root, starter_config
from product_signals.project import write_project

FIRST_DAY = date(2024, 1, 1)
EVENT_NAMES = [f"event_{number:02}" for number in range(40)]
SEED = 7

# The shares of events that arrive a day to a month late and that are sent
# twice, and the events per active user and day.
_LATE, _TWICE, _PER_USER_DAY = 0.0095, 0.005, 10.2
_MONTH = 30
_HOUR = 3600


@dataclass
class Size:
    """The size of a benchmark.

    Attributes:
        events: The number of events, roughly.
        days: The number of days they are spread over.
        users: The number of users, one for every 250 events unless given.
    """

    events: int
    days: int = 730
    users: int | None = None

    def __post_init__(self) -> None:
        """Works out the number of users if it isn't given."""
        self.users = self.users or max(self.events // 250, 20)

    @property
    def accounts(self) -> int:
        """One for every 20 users: many small ones, few large."""
        return max(self.users // 20, 2)


class Generator:
    """Makes users, accounts and the events of any day.

    Args:
        size: How much to make.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        chance = np.random.default_rng(SEED)
        popularity = 1 / np.arange(1, size.accounts + 1) ** 0.9
        self.account_of = chance.choice(
            size.accounts, size=size.users, p=popularity / popularity.sum()
        )
        self.starts = chance.integers(-200, size.days + 2, size=size.users)
        activity = np.clip(chance.lognormal(-3, 1, size=size.users), 0.001, 0.9)
        present = size.days - np.maximum(self.starts, 0)
        wanted = size.events / _PER_USER_DAY
        self.activity = np.clip(
            activity * wanted / (activity * present).sum(), 0, 0.95
        )
        self.employees = chance.integers(5, 2000, size=size.accounts)
        weights = 1 / np.arange(1, len(EVENT_NAMES) + 1) ** 0.8
        self.weights = weights / weights.sum()

    def day(self, number: int) -> dict[str, np.ndarray]:
        """Makes the events of a day, including redelivered ones, as columns.

        Args:
            number: The day, from 0.

        Returns:
            Numbers in place of names and ids; times in seconds.
        """
        chance = np.random.default_rng(np.random.SeedSequence([SEED, number]))
        active = np.flatnonzero(
            (chance.random(self.size.users) < self.activity)
            & (self.starts <= number)
        )
        users = np.repeat(active, 1 + chance.poisson(9.2, size=len(active)))
        count = len(users)
        names = chance.choice(len(EVENT_NAMES), size=count, p=self.weights)
        second = chance.integers(0, 86400, size=count)
        delay = np.where(
            chance.random(count) < _LATE,
            chance.integers(86400, _MONTH * 86400, size=count),
            chance.integers(0, 3600, size=count),
        )
        twice = np.flatnonzero(chance.random(count) < _TWICE)
        rows = np.concatenate([np.arange(count), twice])
        occurred = (number * 86400 + second)[rows]
        return {
            "event_id": _mixed(np.uint64(number) << np.uint64(32), count)[rows],
            "user_number": users[rows],
            "account_number": self.account_of[users][rows],
            "name_number": names[rows],
            "occurred": occurred,
            "loaded": occurred + delay[rows],
        }

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the three inputs as tables of the schema raw.

        Events that arrive after the last day are left out.
        """
        size = self.size
        first = f"timestamp '{FIRST_DAY}'"
        connection.execute(
            "create schema raw; create table raw.users (user_id text,"
            " account_id text, created_at timestamp)"
        )
        self._add_users(connection, self.starts < size.days)
        connection.register("account_rows", {"employees": self.employees})
        connection.execute(
            "create table raw.accounts as with numbered as (select"
            " row_number() over () - 1 as number, employees from account_rows)"
            " select 'account_' || number as account_id,"
            f" coalesce(min(users.created_at), {first}) as created_at,"
            " any_value(employees) as employees,"
            " ['free', 'team', 'pro'][number % 3 + 1] as plan"
            " from numbered left join raw.users"
            " on users.account_id = 'account_' || number group by number"
        )
        connection.execute(
            "create table raw.events (event_id text, user_id text,"
            " account_id text, event_name text, occurred_at timestamp,"
            " loaded_at timestamp)"
        )
        for number in range(size.days):
            rows = self.day(number)
            self._add_events(connection, rows, ~self._late(rows))

    def add_day(
        self, connection: duckdb.DuckDBPyConnection, number: int
    ) -> None:
        """Adds a day's new users, and its events that arrive on time."""
        rows = self.day(number)
        self._add_users(connection, self.starts == number)
        on_time = rows["loaded"] - rows["occurred"] < _HOUR
        self._add_events(connection, rows, on_time)

    def add_late(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Adds the events of the days so far that had not arrived yet."""
        for number in range(self.size.days + 1):
            rows = self.day(number)
            late = self._late(rows)
            if number == self.size.days:
                late = rows["loaded"] - rows["occurred"] >= _HOUR
            rows["loaded"] = np.full(
                len(rows["loaded"]), (self.size.days + 2) * 86400
            )
            self._add_events(connection, rows, late)

    def _late(self, rows: dict[str, np.ndarray]) -> np.ndarray:
        return rows["loaded"] >= self.size.days * 86400 + _HOUR

    def _add_users(
        self, connection: duckdb.DuckDBPyConnection, which: np.ndarray
    ) -> None:
        numbers = np.flatnonzero(which)
        connection.register(
            "user_rows",
            {
                "number": numbers,
                "start": self.starts[numbers],
                "account_number": self.account_of[numbers],
            },
        )
        connection.execute(
            "insert into raw.users select 'user_' || number,"
            " 'account_' || account_number, timestamp"
            f" '{FIRST_DAY}' + to_days(cast(start as integer)) from user_rows"
        )

    def _add_events(
        self,
        connection: duckdb.DuckDBPyConnection,
        rows: dict[str, np.ndarray],
        which: np.ndarray,
    ) -> None:
        first = f"timestamp '{FIRST_DAY}'"
        connection.register(
            "day_rows", {name: column[which] for name, column in rows.items()}
        )
        connection.execute(
            "insert into raw.events select hex(event_id),"
            " 'user_' || user_number, 'account_' || account_number,"
            " 'event_' || lpad(name_number::text, 2, '0'),"
            f" {first} + to_seconds(occurred),"
            f" {first} + to_seconds(loaded) from day_rows"
        )


def _mixed(start: np.uint64, count: int) -> np.ndarray:
    """Makes ids that are far apart and never the same (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = (np.arange(count, dtype=np.uint64) + start) * np.uint64(
            0x9E3779B97F4A7C15
        )
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(
            0xBF58476D1CE4E5B9
        )
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(
            0x94D049BB133111EB
        )
    return mixed ^ (mixed >> np.uint64(31))


def bench_config() -> Config:
    """The package's own rules, for the events of the generator."""
    starter = read_config(starter_config()).model_dump(
        exclude_none=True, exclude_unset=True
    )
    steps = {
        f"step_{n}": {"event_name": EVENT_NAMES[n], "min_count": n + 1}
        for n in range(5)
    }
    return Config.model_validate(
        {
            **starter,
            "events": {
                name: {
                    "feature": f"feature_{n // 2:02}",
                    "counts_as_activity": n % 5 > 0,
                    "weight": 1 + n * 7 % 10 if n < 25 else 0,
                    "daily_cap": 20,
                }
                for n, name in enumerate(EVENT_NAMES)
            },
            "features": {
                f"feature_{n:02}": {"is_key": n < 10} for n in range(20)
            },
            "checklists": {
                "onboarding": {"entity": "account", "steps": steps},
                "first_steps": {"entity": "user", "steps": steps},
            },
        }
    )


@dataclass
class Cost:
    """The time and memory that a step took.

    Attributes:
        seconds: Wall-clock seconds; of models only, for a build.
        cpu_seconds: CPU seconds, user and system.
        peak_mb: The most memory the process held, MiB.
        models: For each model, seconds, CPU seconds, rows, and the peak of the
            whole process so far in MiB; in a summary, the ratio to the floor.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    models: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass
class _Work:
    """What a step, which runs in its own process, needs to know."""

    size: Size
    folder: Path
    settings: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / "bench.duckdb"

    def connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self.database), config=self.settings)
        connection.execute("set enable_progress_bar = false")
        return connection


def _load(work: _Work) -> Cost:
    with work.connect() as connection:
        started = time.perf_counter()
        Generator(work.size).load(connection)
        return _cost(time.perf_counter() - started)


def _floor(work: _Work) -> Cost:
    """Does the least work: reads events once, drops redelivered ones, counts.

    It goes month by month, the fastest way that was tried.
    """
    with work.connect() as connection:
        started = time.perf_counter()
        before = _cost(0).cpu_seconds
        connection.execute(
            "create temp table facts (event_date date, user_id text,"
            " account_id text, event_name text, event_count bigint)"
        )
        for month in range(0, work.size.days, _MONTH):
            low = FIRST_DAY + timedelta(month)
            connection.execute(
                "insert into facts select event_date, user_id, account_id,"
                " event_name, count(*) from (select"
                " cast(occurred_at as date) as event_date, user_id,"
                " account_id, event_name, event_id from raw.events"
                f" where occurred_at >= date '{low}'"
                f" and occurred_at < date '{low + timedelta(_MONTH)}'"
                " group by all) group by all"
            )
        return _cost(time.perf_counter() - started, before)


def _build(work: _Work) -> Cost:
    project = work.folder / "project"
    write_project(
        project, bench_config(), ["events", "users", "accounts"], package_root()
    )
    write_profile(
        project,
        {
            "type": "duckdb",
            "path": str(work.database),
            "settings": work.settings,
        },
        threads=1,
    )
    # With one model at a time, what the process uses meanwhile is that model's.
    starts: list[tuple[str, Cost]] = []
    before = _cost(0).cpu_seconds
    outcome = dbt(
        project,
        "build",
        "--exclude-resource-type",
        "test",
        progress=lambda _, __, name: starts.append((name, _cost(0))),
    )
    cost = _cost(outcome.model_seconds, before)
    starts.append(("", _cost(0)))
    used = {
        name: (end.cpu_seconds - start.cpu_seconds, end.peak_mb)
        for (name, start), (_, end) in pairwise(starts)
    }
    with work.connect() as connection:
        rows = dict(
            connection.execute(
                "select table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        )
    cost.models = {
        result.node.name: {
            "seconds": round(result.execution_time, 3),
            "cpu_seconds": round(used[result.node.name][0], 3),
            "peak_mb": used[result.node.name][1],
            "rows": rows.get(result.node.name, 0),
        }
        for result in outcome.results
        if result.node.resource_type == "model"
    }
    return cost


def _day(work: _Work) -> Cost:
    """Adds one more day, with only events that arrived on time."""
    with work.connect() as connection:
        Generator(work.size).add_day(connection, work.size.days)
    return _build(work)


def _late_days(work: _Work) -> Cost:
    """Adds the next day, and the missing events of the 31 days before."""
    with work.connect() as connection:
        generator = Generator(work.size)
        generator.add_day(connection, work.size.days + 1)
        generator.add_late(connection)
    return _build(work)


def _cost(seconds: float, cpu_before: float = 0) -> Cost:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    peak = usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    return Cost(
        round(seconds, 3),
        round(usage.ru_utime + usage.ru_stime - cpu_before, 3),
        round(peak, 1),
    )


def measure(
    size: Size, settings: dict[str, Any], day_settings: dict[str, Any]
) -> Iterator[tuple[str, Cost]]:
    """Measures a full build against the floor.

    Args:
        size: How much to make.
        settings: DuckDB settings, such as memory_limit and threads.
        day_settings: The settings for the run of one more day.

    Yields:
        Each step and its cost: load, floor, build, one more day, and the next
        day with late events of the 31 days before. Each step runs in its own
        process, so that none starts with what another left in memory.
    """
    with TemporaryDirectory(prefix="product-signals-bench-") as folder:
        for name, step, given in (
            ("load", _load, settings),
            ("floor", _floor, settings),
            ("build", _build, settings),
            ("day", _day, day_settings),
            ("late days", _late_days, settings),
        ):
            work = _Work(size, Path(folder), given)
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                yield name, process.submit(step, work).result()


def summary(size: Size, costs: dict[str, Cost]) -> dict[str, Any]:
    """Returns the figures of a run, ready for a file.

    Args:
        size: The size of the benchmark.
        costs: What measure() yielded.

    Returns:
        Figures that JSON can hold; ratios compare seconds and CPU seconds with
        those of the floor.
    """
    floor, build = costs["floor"], costs["build"]
    for cost in costs.values():
        for model in cost.models.values():
            model["ratio"] = round(model["seconds"] / floor.seconds, 2)
    added = [costs["day"], costs["late days"]]
    return {
        "events": size.events,
        "days": size.days,
        "users": size.users,
        "accounts": size.accounts,
        "cores": os.cpu_count(),
        "duckdb": duckdb.__version__,
        "steps": {name: asdict(cost) for name, cost in costs.items()},
        "ratio": round(build.seconds / floor.seconds, 2),
        "cpu_ratio": round(build.cpu_seconds / floor.cpu_seconds, 2),
        "day_percent": _percent(added[0], build),
        "late_days_percent": _percent(added[1], build),
    }


def _percent(cost: Cost, build: Cost) -> float:
    return round(100 * cost.seconds / build.seconds, 2)


def print_costs(models: dict[str, dict[str, float]], console: Console) -> None:
    """Prints the cost of each model, most expensive first.

    Args:
        models: Model -> its figures, as in the summary of a benchmark.
        console: Where to print.
    """
    table = Table(pad_edge=False)
    table.add_column("model", no_wrap=True)
    for column in ("seconds", "cpu", "× floor", "MiB so far", "rows"):
        table.add_column(column, justify="right")
    for name, cost in sorted(
        models.items(), key=lambda item: -item[1]["seconds"]
    )[:20]:
        table.add_row(
            name,
            f"{cost['seconds']:.2f}",
            f"{cost['cpu_seconds']:.2f}",
            f"{cost['ratio']:.2f}",
            f"{cost['peak_mb']:,.0f}",
            f"{cost['rows']:,}",
        )
    console.print(table)
