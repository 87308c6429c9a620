"""The benchmark: the same events every time, and figures that add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from command import call
from product_signals import bench
from product_signals.bench import Generator, Size

SIZE = Size(20_000, 60)


def test_any_day_can_be_made_alone() -> None:
    generator = Generator(SIZE)
    in_turn = [generator.day(number) for number in range(3)]
    alone = Generator(SIZE).day(2)
    for column, values in alone.items():
        assert np.array_equal(values, in_turn[2][column]), column


def test_the_events_are_as_many_as_asked_for_and_as_messy() -> None:
    generator = Generator(SIZE)
    with duckdb.connect() as connection:
        generator.load(connection)
        rows, ids, users, accounts, late = connection.execute(
            "select count(*), count(distinct event_id),"
            " count(distinct user_id), count(distinct account_id),"
            " avg((loaded_at > occurred_at + interval 1 day)::int)"
            " from raw.events"
        ).fetchall()[0]
        [strangers] = connection.execute(
            "select count(*) from raw.events"
            " anti join raw.users using (user_id)"
        ).fetchall()
    assert ids == pytest.approx(SIZE.events, rel=0.1)
    assert rows == pytest.approx(ids * 1.005, rel=0.003)
    assert users > 0.8 * SIZE.users
    assert accounts <= SIZE.accounts
    # Some late events of the last month have yet to arrive.
    assert 0.004 < late < 0.0095
    assert strangers == (0,)


class MostlyHere(ProcessPoolExecutor):
    """Runs the steps with dbt in this process, where dbt is already loaded."""

    def submit(self, step: Callable, /, *given: Any) -> Future:
        if step in (bench._load, bench._floor):
            return super().submit(step, *given)
        here: Future = Future()
        here.set_result(step(*given))
        return here


def test_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ProcessPoolExecutor", MostlyHere)
    file = tmp_path / "bench.json"
    result = call(
        "bench", "--events", 2000, "--days", 40, "--json", file,
        "--memory-limit", "1GB", "--day-memory-limit", "500MB",
        "--threads", 1,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    figures = json.loads(file.read_text(encoding="utf-8"))
    build, floor = figures["steps"]["build"], figures["steps"]["floor"]
    assert build["models"]["product_signals__user_scores"]["rows"] > 0
    assert sum(model["seconds"] for model in build["models"].values()) == (
        pytest.approx(build["seconds"], abs=0.1)
    )
    cpu = sum(model["cpu_seconds"] for model in build["models"].values())
    assert 0 < cpu <= build["cpu_seconds"]
    for model in build["models"].values():
        assert 0 < model["peak_mb"] <= build["peak_mb"]
        assert model["ratio"] == pytest.approx(
            model["seconds"] / floor["seconds"], abs=0.01
        )
    assert figures["ratio"] == pytest.approx(
        build["seconds"] / floor["seconds"], rel=0.01
    )
    day, late = figures["steps"]["day"], figures["steps"]["late days"]
    assert figures["day_percent"] == pytest.approx(
        100 * day["seconds"] / build["seconds"], abs=0.1
    )
    # Each step adds to the existing rows.
    rows = [
        step["models"]["int_product_signals__daily_events"]["rows"]
        for step in (build, day, late)
    ]
    assert rows[0] < rows[-1]
    slowest = max(build["models"], key=lambda m: build["models"][m]["seconds"])
    assert slowest in result.output


def test_what_comes_late_is_not_there_at_first() -> None:
    generator = Generator(SIZE)
    with duckdb.connect() as connection:

        def days() -> list[int]:
            return [
                day
                for (day,) in connection.execute(
                    "select distinct datediff('day', date '2024-01-01',"
                    " occurred_at) from raw.events where loaded_at ="
                    f" timestamp '2024-01-01' + interval {SIZE.days + 2} day"
                ).fetchall()
            ]

        def count() -> tuple[int, int]:
            [row] = connection.execute(
                "select count(*), count(distinct event_id) from raw.events"
            ).fetchall()
            return row

        generator.load(connection)
        generator.add_day(connection, SIZE.days)
        before = count()
        generator.add_day(connection, SIZE.days + 1)
        generator.add_late(connection)
        assert len(days()) > 15
        after = count()
        whole = [generator.day(number) for number in range(SIZE.days + 1)]
        on_time = generator.day(SIZE.days + 1)
        punctual = on_time["loaded"] - on_time["occurred"] < 3600
    assert after[0] == sum(len(day["event_id"]) for day in whole) + sum(
        punctual
    )
    assert before[0] < after[0]


@pytest.mark.parametrize(
    "option", ["--events", "--days", "--users", "--threads"]
)
def test_sizes_begin_at_one(option: str) -> None:
    """Of -1 users, it failed as if it were a bug; of no events, it timed 20."""
    result = call("bench", option, 0)
    assert result.exit_code == 2
    assert option in result.output
