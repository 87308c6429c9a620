"""Whatever happened to one run, the next one repairs it (L1, L3).

Runs are killed, partial, or have other settings, days or tables.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from histories import (
    INPUTS,
    build,
    differences,
    kill_at,
    runs,
    start_dbt,
    versions,
)
from oracle import World
from product_signals.errors import UserError
from product_signals.package import package_root
from warehouse import Warehouse
from worlds import DAY, START, random_world


class History:
    """A small world in three steps; the results of two of them are kept.

    All tests share one project, so that dbt parses it once.
    """

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder)
        self.steps = versions(random_world(17, 40), 3, seed=4)

    @cached_property
    def first(self) -> Path:
        return self._kept(0)

    @cached_property
    def last(self) -> Path:
        return self._kept(2)

    def _kept(self, step: int) -> Path:
        """Builds a step, and restores what was there."""
        database = self.warehouse.database
        aside = self.warehouse.folder / "aside"
        there = shutil.copy(database, aside) if database.exists() else None
        self.begin_with(None)
        build(self.warehouse, self.steps[step])
        kept = shutil.copy(database, self.warehouse.folder / f"step_{step}")
        self.begin_with(there)
        return Path(kept)

    def begin_with(self, kept: Path | None) -> None:
        """Restores an earlier state, or an empty one."""
        database = self.warehouse.database
        for file in (database, Path(f"{database}.wal")):
            file.unlink(missing_ok=True)
        if kept:
            shutil.copy(kept, database)

    def to_the_end(self) -> dict[str, list]:
        """Builds the last step; returns differences from a single build."""
        build(self.warehouse, self.steps[2])
        log = runs(self.warehouse)
        found = self.unlike(self.full_refresh())
        shutil.copy(self.warehouse.folder / "before", self.warehouse.database)
        assert runs(self.warehouse) == log
        return found

    def unlike(self, kept: Path) -> dict[str, list]:
        return differences(self.warehouse.database, kept)

    def full_refresh(self) -> Path:
        """Rebuilds everything; returns a copy of what was there before."""
        before = self.warehouse.folder / "before"
        shutil.copy(self.warehouse.database, before)
        self.warehouse.build("--full-refresh")
        return before


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("history"))


@pytest.mark.long
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


@pytest.mark.long
def test_a_look_at_the_past_is_whole(history: History) -> None:
    """A past day also has what only the last day has (L1)."""
    history.begin_with(history.last)
    build(history.warehouse, history.steps[2], as_of_date=_day(25))
    before = shutil.copy(
        history.warehouse.database, history.warehouse.folder / "past"
    )
    history.warehouse.build("--full-refresh", as_of_date=_day(25))
    assert history.unlike(Path(before)) == {}


@pytest.mark.long
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("number", [-12, 25, 60])
def test_the_last_day_moves_either_way(
    number: int, whole: bool, history: History
) -> None:
    """To the past or the future, by all models or not, and back (L1)."""
    history.begin_with(history.last)
    day = _day(number)
    left_out = [] if whole else ["--exclude", "product_signals__segment_scores"]
    build(history.warehouse, history.steps[2], *left_out, as_of_date=day)
    [found] = history.warehouse.rows(
        "select max(as_of_date) as day from product_signals__accounts_daily"
    )
    assert str(found["day"]) == day
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == [
        (True, True),
        (False, whole),
        (False, True),
    ]


@pytest.mark.long
def test_signals_of_a_day_are_those_known_on_it(history: History) -> None:
    """Day by day or all at once, nothing looks ahead or is taken back."""
    columns = "signal, entity_id, subject_id, opened_on, closed_on"
    with duckdb.connect(str(history.last), read_only=True) as connection:
        episodes = connection.execute(
            f"select {columns}, kind, close_reason"
            " from product_signals__signals"
        ).fetchall()
    signals = history.steps[2].config.signals
    history.begin_with(None)
    for number in (11, 20, 33):
        day = (START + DAY * number).date()
        build(history.warehouse, history.steps[2], as_of_date=str(day))
        # A state is only over once its days of grace are, if it has any.
        expected = {
            (signal, *key, opened, closed if is_over else None)
            for signal, *key, opened, closed, kind, reason in episodes
            if opened <= day
            for has_grace in [kind == "state" and reason == "cleared"]
            for is_over in [
                closed is not None
                and closed + DAY * has_grace * signals[signal].grace_days <= day
            ]
        }
        found = {
            tuple(row.values())
            for row in history.warehouse.rows(
                f"select {columns} from product_signals__signals"
            )
        }
        assert len(found) > 50
        assert found == expected
    assert runs(history.warehouse) == [(True, True)] + 2 * [(False, True)]


@pytest.mark.long
@pytest.mark.parametrize("years", [0, 20])
def test_weeks_of_history_grow_too(years: int, history: History) -> None:
    """And shrink. Only Sundays stay of the days that were once the last."""
    history.begin_with(None)
    before = history.warehouse.folder / "before"
    world = _earlier(history.steps[2], DAY * 7 * 52 * years)
    for number in (30, 39, 25):
        weekly = {
            "as_of_date": _day(number - 7 * 52 * years),
            "history_grain": "week",
        }
        build(history.warehouse, world, **weekly)
        if number == 30:
            continue
        assert runs(history.warehouse)[-1] == (False, True)
        days = history.warehouse.rows(
            "select distinct as_of_date as day"
            " from product_signals__user_scores"
        )
        assert sum(row["day"].isoweekday() != 7 for row in days) == 1
        shutil.copy(history.warehouse.database, before)
        history.warehouse.build("--full-refresh", **weekly)
        assert history.unlike(before) == {}


@pytest.mark.long
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
    # Two tables also say when a row arrived.
    assert history.unlike(history.last).keys() <= {
        "product_signals__data_health",
        "product_signals__rejected_events",
    }
    assert runs(history.warehouse) == [(True, True), (False, True)]


@pytest.mark.long
def test_the_same_answer_again_counts_too(history: History) -> None:
    """It is all that the run finds, so that nothing else hides it."""
    world = history.steps[2]
    history.begin_with(history.last)
    query = (
        "select account_id, as_of_date, negative_surveys"
        " from product_signals__accounts_daily where negative_surveys > 0"
        " order by all"
    )
    answers = history.warehouse.rows(query)
    again = next(
        answer
        for answer in world.surveys
        if answer["answered_at"]
        and answer["score"] is not None
        and answer["score"] <= 1
        and (answer["account_id"], answer["answered_at"].date())
        == (answers[0]["account_id"], answers[0]["as_of_date"])
    )
    build(history.warehouse, replace(world, surveys=[*world.surveys, again]))
    answers[0]["negative_surveys"] += 1
    assert history.warehouse.rows(query) == answers
    assert runs(history.warehouse) == [(True, True), (False, True)]


@pytest.mark.long
def test_signals_call_users_what_they_are_called_now(history: History) -> None:
    history.begin_with(history.last)
    world = history.steps[2]
    renamed = [{**user, "full_name": "Jo Doe"} for user in world.users]
    build(history.warehouse, replace(world, users=renamed))
    assert history.warehouse.rows(
        "from product_signals__signals where reason like '%Jo Doe%'"
    )
    assert runs(history.warehouse) == [(True, True), (False, True)]
    assert history.unlike(history.full_refresh()) == {}


@pytest.mark.long
def test_who_is_of_no_known_beginning_began_with_an_event(
    history: History,
) -> None:
    """That may be long before the previous created_at."""
    world = history.steps[2]
    user = next(
        user
        for user in world.users
        if any(
            event["user_id"] == user["user_id"]
            and event["occurred_at"]
            and START <= event["occurred_at"] < user["created_at"] - 20 * DAY
            for event in world.events
        )
    )
    history.begin_with(history.last)
    users = [
        {**other, "created_at": None} if other is user else other
        for other in world.users
    ]
    build(history.warehouse, replace(world, users=users))
    assert runs(history.warehouse) == [(True, True), (False, True)]
    assert history.unlike(history.full_refresh()) == {}


@pytest.mark.long
def test_who_begins_with_an_event_is_counted_once(history: History) -> None:
    """What a user without created_at may use was there before the event."""
    world = history.steps[2]
    user = {**world.users[0], "user_id": "newcomer", "created_at": None}
    there = replace(world, users=[*world.users, user])
    last = max(
        (event for event in world.events if event["loaded_at"]),
        key=lambda event: event["loaded_at"],
    )
    event = {
        **last,
        "event_id": "the first",
        "user_id": "newcomer",
        "event_name": "create",
        "actor_type": "human",
        "event_count": 1,
        "loaded_at": last["loaded_at"] + timedelta(minutes=1),
    }
    history.begin_with(history.last)
    build(history.warehouse, there)
    build(history.warehouse, replace(there, events=[*world.events, event]))
    assert runs(history.warehouse)[1:] == [(False, True)] * 2
    assert history.unlike(history.full_refresh()) == {}
    [seen] = history.warehouse.rows(
        "select last_active_at from product_signals__users"
        " where user_id = 'newcomer'"
    )
    assert seen["last_active_at"] is not None


@pytest.mark.long
def test_without_loaded_at_some_days_are_read_again(history: History) -> None:
    """Events up to lookback_days late count at once; older ones wait."""
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
        # The days until then must not count as read.
        as_of_date=str(days[-1] + 30 * DAY),
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


def test_another_run_beside_one_a_killed_one_and_a_past_day(
    history: History,
) -> None:
    """One after the other (L3); long tests have each by itself."""
    history.begin_with(history.first)
    warehouse, (_, second, last) = history.warehouse, history.steps
    warehouse.load(events=second.events, users=second.users)
    with _another_beside(warehouse, "-"):
        warehouse.build()
    assert runs(warehouse) == [(True, True), (False, False), (False, None)]
    warehouse.load(events=last.events, users=last.users)
    kill_at(warehouse, "product_signals__user_scores")
    for table in ("user_scores", "accounts", "signals"):
        assert warehouse.rows(f"from product_signals__{table}")
    assert history.to_the_end() == {}
    # As far as the next run can know, the killed one may still be running.
    assert runs(warehouse)[3:] == [(False, None), (False, False)]
    # A past day also has what only the last day has (L1).
    build(warehouse, last, as_of_date=_day(25))
    past = shutil.copy(warehouse.database, warehouse.folder / "past")
    warehouse.build("--full-refresh", as_of_date=_day(25))
    assert history.unlike(Path(past)) == {}


@pytest.mark.long
@pytest.mark.parametrize(
    "model",
    ["int_product_signals__user_days", "product_signals__user_scores"],
)
def test_a_killed_run_is_made_up_for(model: str, history: History) -> None:
    """Tables stay readable, and end up as if nothing had happened."""
    history.begin_with(history.first)
    second = history.steps[1]
    history.warehouse.load(events=second.events, users=second.users)
    kill_at(history.warehouse, model)
    for table in ("user_scores", "accounts", "signals"):
        assert history.warehouse.rows(f"from product_signals__{table}")
    assert history.to_the_end() == {}
    # As far as the next run can know, the killed one may still be running.
    assert runs(history.warehouse) == [
        (True, True), (False, None), (False, False)
    ]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("killed", [False, True])
def test_rows_seen_late_are_found(killed: bool, history: History) -> None:
    """Rows that were in time are left alone, if all went well."""
    history.begin_with(history.last)
    events = history.steps[2].events
    last = max(event["loaded_at"] for event in events if event["loaded_at"])
    late = {
        **next(event for event in events if event["occurred_at"]),
        "event_id": "seen late",
        "user_id": "u1",
        "occurred_at": START + DAY,
        "loaded_at": last - DAY / 48,
    }
    if killed:
        history.warehouse.load(events=[*events, late])
        kill_at(history.warehouse, "product_signals__user_scores")
    build(history.warehouse, replace(history.steps[2], events=[*events, late]))
    days = history.warehouse.rows(
        "select event_date from int_product_signals__loaded_days"
    )
    assert {"event_date": (START + DAY).date()} in days
    assert (len(days) > 1) == killed
    assert runs(history.warehouse)[-1] == (False, not killed)
    assert history.unlike(history.full_refresh()) == {}


@pytest.mark.long
def test_without_what_runs_knew_all_is_built_anew(
    history: History,
) -> None:
    """It would be unknown what has changed since."""
    history.begin_with(history.last)
    history.warehouse.execute("drop table int_product_signals__known_inputs")
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == 2 * [(True, True)]


@pytest.mark.long
def test_what_is_missing_is_made_up_for(history: History) -> None:
    """A dropped table, and a model that was left out of a run."""
    history.begin_with(history.first)
    for table in (
        "int_product_signals__user_windows",
        "product_signals__account_scores",
    ):
        history.warehouse.execute(f"drop table {table}")
    second = history.steps[1]
    history.warehouse.load(events=second.events, users=second.users)
    history.warehouse.build("--exclude", "product_signals__user_scores")
    assert history.to_the_end() == {}
    assert runs(history.warehouse) == [
        (True, True), (False, False), (False, True)
    ]  # fmt: skip


@pytest.mark.long
def test_what_follows_from_the_events_is_a_whole_run(history: History) -> None:
    """So a job may select `source:app+` every day."""
    history.begin_with(history.first)
    last = history.steps[2]
    history.warehouse.load(**{name: getattr(last, name) for name in INPUTS})
    history.warehouse.build("--select", "source:*+")
    assert runs(history.warehouse) == [(True, True), (False, True)]
    assert history.unlike(history.full_refresh()) == {}


@pytest.mark.parametrize(
    ("arguments", "log"),
    [
        (["--select", "product_signals__feature_usage"], "runs"),
        (["--select", "int_product_signals__known_inputs"], "runs"),
        pytest.param(
            ["--exclude", "int_product_signals__runs"], "runs",
            marks=pytest.mark.long,
        ),
        pytest.param(
            ["--exclude", "int_product_signals__known_inputs"], "known_inputs",
            marks=pytest.mark.long,
        ),
    ],
)  # fmt: skip
def test_no_run_goes_unlogged(
    arguments: list[str], log: str, history: History
) -> None:
    """Otherwise no run could repair what it did, such as with other weights."""
    history.begin_with(history.first)
    with pytest.raises(
        UserError,
        match=f"follows from int_product_signals__{log}, which this run leaves"
        r" out; select models with all they need: \+",
    ):
        history.warehouse.build(*arguments)
    assert history.unlike(history.first) == {}


@pytest.mark.long
@pytest.mark.parametrize(
    ("failed", "retried", "log"),
    [
        ("product_signals__feature_usage", "PASS=2 ", [None, False]),
        # Before the run is logged: then the retry is.
        ("int_product_signals__current_inputs", "PASS=", [False, True]),
    ],
)
def test_a_retry_is_part_of_the_run_that_failed(
    failed: str, retried: str, log: list[bool | None], history: History
) -> None:
    history.begin_with(history.first)
    warehouse, world = history.warehouse, history.steps[1]
    warehouse.load(events=world.events, users=world.users)
    path = warehouse.project / "dbt_project.yml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["models"]["product_signals"] = {
        "+pre-hook": f"{{{{ 'from not_there' if this.name == '{failed}' }}}}"
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    output, _ = start_dbt(warehouse).communicate()
    assert "not_there does not exist" in output
    warehouse.execute("create table not_there as select 1 as found")
    output, _ = start_dbt(warehouse, "retry").communicate()
    assert re.search(f"Done. {retried}.*WARN=0 ERROR=0", output)
    assert "left out of this run" not in output
    assert history.to_the_end() == {}
    assert [done for _, done in runs(warehouse)] == [True, *log]


@pytest.mark.long
def test_a_full_refresh_that_died_is_made_up_for(history: History) -> None:
    """It is unknown what it would have changed in a table it did not reach."""
    history.begin_with(history.first)
    second = history.steps[1]
    history.warehouse.load(
        events=second.events[: len(second.events) // 2], users=second.users
    )
    history.warehouse.build(
        "--full-refresh",
        "--select",
        "+int_product_signals__known_inputs",
    )
    assert history.to_the_end() == {}
    assert runs(history.warehouse)[-1] == (True, False)


@pytest.mark.long
def test_an_attribute_comes_into_use(history: History) -> None:
    """All accounts are in a segment once one of them is (C11)."""
    world = history.steps[2]
    silent = [{**row, "industry": None} for row in world.account_history]
    told = [*silent[:-1], {**silent[-1], "industry": "retail"}]
    history.begin_with(None)
    build(history.warehouse, replace(world, account_history=silent))
    build(history.warehouse, replace(world, account_history=told))
    assert history.warehouse.rows(
        "from product_signals__segment_scores where attribute = 'industry'"
    )
    assert history.unlike(history.full_refresh()) == {}
    assert runs(history.warehouse) == [(True, True)]


def test_runs_compare_every_variable_and_the_version() -> None:
    project = yaml.safe_load(
        (package_root() / "dbt_project.yml").read_text(encoding="utf-8")
    )
    root = package_root()
    version = (
        root / "models/20_inputs/int_product_signals__current_inputs.sql"
    ).read_text(encoding="utf-8")
    assert f"'{project['version']}'" in version
    macro = (root / "macros/incremental/changed_inputs.sql").read_text(
        encoding="utf-8"
    )
    # Inputs and seeds are covered by their columns and rows.
    left_out = {
        "lookback_days",
        "rebuild_from",
        "max_rebuild_days",
        "product_signals_private_tests",
        # It belongs to leads, which are built as a whole.
        "product_complexity",
    }
    for name in project["vars"]:
        if not name.endswith(("_model", "_seed")) and name not in left_out:
            assert f"'{name}" in macro, name


def test_the_log_of_runs_waits_for_every_model(history: History) -> None:
    """Otherwise it could call a run complete that is still building."""
    manifest = _manifest(history)
    seen: set[str] = set()
    waiting = ["model.product_signals.int_product_signals__completed_runs"]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += manifest["parent_map"].get(node, [])
    assert _models(manifest).keys() <= seen


@pytest.mark.long
@pytest.mark.parametrize("sign", ["-", "+"])
def test_a_run_beside_another_is_not_complete(
    sign: str, history: History
) -> None:
    """Whichever started first, even if neither saw the other start (L3)."""
    history.begin_with(history.first)
    warehouse, world = history.warehouse, history.steps[1]
    warehouse.load(events=world.events)
    with _another_beside(warehouse, sign):
        warehouse.build()
    assert (False, False) in runs(warehouse)
    assert history.to_the_end() == {}


@pytest.mark.long
@pytest.mark.parametrize("killed", [False, True])
def test_runs_are_in_order_whatever_the_clocks_say(
    killed: bool, history: History
) -> None:
    """The last run's clock was years ahead, so this one's seems behind."""
    history.begin_with(history.last)
    warehouse = history.warehouse
    # The last run of the other machine was for a past day.
    build(warehouse, history.steps[2], as_of_date=_day(25))
    for log in ("runs", "completed_runs"):
        warehouse.execute(
            f"update int_product_signals__{log}"
            " set started_at = started_at + interval 3 years"
            " where run_number = 2"
        )
    if killed:
        warehouse.execute(
            "delete from int_product_signals__completed_runs"
            " where run_number = 2"
        )
    outcome = warehouse.build()
    assert any("one of the two clocks is wrong" in w for w in outcome.warnings)
    assert history.unlike(history.last).keys() == {
        "product_signals__data_health"
    }
    # The killed run, three years ahead, is not taken for one still running.
    assert runs(warehouse) == [
        (True, True), (False, None if killed else True), (False, True)
    ]  # fmt: skip
    [clock] = warehouse.rows(
        "select value, detail from product_signals__data_health"
        " where check_name = 'clock_minutes'"
    )
    assert clock["value"] > 3 * 365 * 24 * 60 - 60
    assert "one of the two clocks is wrong" in clock["detail"]
    # The next run comes after this one again.
    outcome = warehouse.build()
    assert not any("clocks" in warning for warning in outcome.warnings)
    assert history.unlike(history.last) == {}


def test_folders_are_in_the_order_of_the_data(history: History) -> None:
    manifest = _manifest(history)
    folders = {
        name: int(Path(node["path"]).parts[0].split("_")[0])
        for name, node in _models(manifest).items()
    }
    against = [
        (name, parent)
        for name in folders
        for parent in manifest["parent_map"][name]
        if folders.get(parent, 0) > folders[name]
    ]
    assert not against


@contextmanager
def _another_beside(warehouse: Warehouse, sign: str) -> Iterator[None]:
    """Another run begins a second before (-) or after (+) those in here."""
    path = warehouse.project / "dbt_project.yml"
    before = path.read_text(encoding="utf-8")
    settings = yaml.safe_load(before)
    settings["models"]["product_signals"] = {
        "99_run_log": {
            "+pre-hook": f"""
                insert into {{{{ this.schema }}}}.int_product_signals__runs
                select * replace (
                    'other' as run_id,
                    started_at {sign} interval '1 second' as started_at
                )
                from {{{{ this.schema }}}}.int_product_signals__runs
                order by run_number desc
                limit 1
            """
        }
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def _day(number: int) -> str:
    return str((START + DAY * number).date())


def _earlier(world: World, time: timedelta) -> World:
    """The same world, with all times moved back."""

    def moved(value: Any) -> Any:
        is_time = isinstance(value, datetime) and value.year > 2000
        return value - time if is_time else value

    return replace(
        world,
        **{
            name: [
                {column: moved(value) for column, value in row.items()}
                for row in getattr(world, name)
            ]
            for name in INPUTS
        },
    )


def _manifest(history: History) -> dict[str, Any]:
    history.begin_with(history.first)
    history.warehouse.dbt(history.warehouse.project, "parse")
    file = history.warehouse.project / "target" / "manifest.json"
    return json.loads(file.read_text(encoding="utf-8"))


def _models(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        name: node
        for name, node in manifest["nodes"].items()
        if node["package_name"] == "product_signals"
        and node["resource_type"] == "model"
    }
