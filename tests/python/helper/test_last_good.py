"""The last good database stays, whatever happens to the next one (L8)."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from command import write_csv
from product_signals.errors import UserError
from product_signals.runner import EXAMPLES, load_example
from product_signals.swap import check_target, prove, replacing

PROGRAM = [sys.executable, "-c", "from product_signals.cli import main; main()"]
TABLE = "product_signals__accounts"


def fill(database: Path, value: int) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table {TABLE} as select {value} as value")


def value(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(f"select value from {TABLE}").fetchall()[0][0]


def replace(target: Path, number: int = 2) -> None:
    with replacing(target) as draft:
        fill(draft, number)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A good database in a folder of its own."""
    target = tmp_path / "kept" / "scores.duckdb"
    target.parent.mkdir()
    fill(target, 1)
    return target


def elsewhere(code: str, database: Path) -> subprocess.Popen:
    """Starts another program with a database and waits until it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb, os, sys\n{code}", database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def crash_while_writing(database: Path) -> None:
    """Leaves a table that is only in the log beside the file."""
    elsewhere(
        "c = duckdb.connect(sys.argv[1])\n"
        "c.execute('create table product_signals__late as select 7')\n"
        "print('ready', flush=True); os._exit(1)",
        database,
    ).communicate()
    assert database.with_name("scores.duckdb.wal").exists()


@contextmanager
def opened(database: Path, read_only: bool) -> Iterator[None]:
    process = elsewhere(
        f"c = duckdb.connect(sys.argv[1], read_only={read_only})\n"
        "print('ready', flush=True); input()",
        database,
    )
    try:
        yield
    finally:
        process.communicate(b"\n")


def test_a_new_file_is_private(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "scores.duckdb"
    with replacing(target) as draft:
        assert draft.stat().st_mode & 0o777 == 0o600
        assert draft.parent.stat().st_mode & 0o077 == 0
        fill(draft, 2)
    assert value(target) == 2
    assert target.stat().st_mode & 0o777 == 0o600


def test_permissions_owner_and_links_stay(target: Path, tmp_path: Path) -> None:
    target.chmod(0o640)
    owner = (os.getuid(), os.getgid())
    if os.getuid() == 0:
        owner = (12345, 23456)
        os.chown(target, *owner)
    link = tmp_path / "link.duckdb"
    link.symlink_to(target)
    replace(link)
    assert link.is_symlink()
    assert value(target) == value(link) == 2
    found = target.stat()
    assert found.st_mode & 0o777 == 0o640
    assert (found.st_uid, found.st_gid) == owner
    assert sorted(tmp_path.iterdir()) == [target.parent, link]
    assert list(target.parent.iterdir()) == [target]


def test_a_log_belongs_to_the_old_file(target: Path) -> None:
    crash_while_writing(target)

    def fail() -> None:
        with replacing(target) as draft:
            fill(draft, 2)
            raise UserError("a bad row")

    with pytest.raises(UserError, match="a bad row"):
        fail()
    assert list(target.parent.iterdir()) == [target]
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute(
            "select * from product_signals__late"
        ).fetchall() == [(7,)]
    # A log that appears meanwhile doesn't belong to the new file either.
    with replacing(target) as draft:
        fill(draft, 2)
        with duckdb.connect(str(target)) as connection:
            connection.execute("drop table product_signals__late")
        crash_while_writing(target)
    assert list(target.parent.iterdir()) == [target]
    assert value(target) == 2


def test_a_log_without_its_database_is_nobody_elses(tmp_path: Path) -> None:
    target = tmp_path / "scores.duckdb"
    fill(target, 1)
    crash_while_writing(target)
    target.unlink()
    log = tmp_path / "scores.duckdb.wal"
    kept = log.read_bytes()
    with pytest.raises(UserError, match="there without its database; move it"):
        replace(target)
    assert log.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [log]


def test_who_writes_is_not_replaced(target: Path) -> None:
    with (
        opened(target, read_only=False),
        pytest.raises(UserError, match=r"is open in another .*PID"),
    ):
        replace(target)

    def run() -> None:
        with replacing(target) as draft:
            fill(draft, 2)
            with opened(target, read_only=False):
                # As at the end of the block, while the other program runs.
                check_target(target)

    with pytest.raises(UserError, match="is open in another program"):
        run()
    assert value(target) == 1
    # A program that only reads is not in the way.
    with opened(target, read_only=True):
        replace(target)
    assert value(target) == 2


def test_two_at_once(target: Path) -> None:
    with replacing(target) as slow:
        fill(slow, 3)
        replace(target)
        assert value(target) == 2
        assert value(slow) == 3
    assert value(target) == 3
    assert list(target.parent.iterdir()) == [target]


def text_file(target: Path) -> None:
    target.write_text("account_id,created_at\n", encoding="utf-8")


def folder(target: Path) -> None:
    target.unlink()
    target.mkdir()


def pipe(target: Path) -> None:
    target.unlink()
    os.mkfifo(target)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_built_anew_over_itself(
    tmp_path: Path, example: str
) -> None:
    """As after an update, when the package has changed."""
    target = tmp_path / "example.duckdb"
    project_of, _ = EXAMPLES[example]
    with duckdb.connect(str(target)) as connection:
        load_example(connection, example)
        for seed in (project_of() / "seeds").glob("*.csv"):
            connection.execute(f"create table {seed.stem} as select 1")
    check_target(target)


def of_another_program(target: Path) -> None:
    with duckdb.connect(str(target)) as connection:
        connection.execute("create table invoices as select 1")


def of_a_later_version(target: Path) -> None:
    content = bytearray(target.read_bytes())
    content[12:20] = (9999).to_bytes(8, "little")
    target.write_bytes(content)


def below_a_file(target: Path) -> None:
    target.unlink()
    target.parent.rmdir()
    target.parent.write_text("a file", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (text_file, "can't be opened as a DuckDB file, and is not replaced"),
        (folder, "is a folder; name a file in it, such as"),
        (pipe, "is not a file; name another"),
        (of_another_program, r"would be lost \(main.invoices\); name another"),
        (of_a_later_version, "can't be opened as a DuckDB file, and is not"),
        (below_a_file, "a part of the path is not a folder"),
    ],
)
def test_what_is_not_replaced(
    target: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(target)
    before = target.read_bytes() if target.is_file() else None
    with pytest.raises(UserError, match=message):
        replace(target)
    assert before is None or target.read_bytes() == before


def test_an_empty_file_is_replaced(target: Path) -> None:
    target.write_bytes(b"")
    replace(target)
    assert value(target) == 2


def test_what_is_missing_is_noticed(tmp_path: Path) -> None:
    draft = tmp_path / "draft.duckdb"
    fill(draft, 2)
    prove(draft, {TABLE})
    with pytest.raises(UserError, match=r"not all there .*\(product_signals__"):
        prove(draft, {TABLE, "product_signals__users"})


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mounts a disk of 8 MiB at a folder, if the system allows it."""
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)


def fill_too_much(database: Path) -> None:
    """Writes what fits into the log but not into the file as well."""
    noise = random.Random(1)
    with duckdb.connect(str(database)) as connection:
        connection.execute("set checkpoint_threshold = '1GB'")
        connection.execute(f"create table {TABLE} (value text)")
        connection.execute(
            f"insert into {TABLE} select unnest(?)",
            [[noise.randbytes(500).hex() for _ in range(6000)]],
        )


@contextmanager
def small_files() -> Iterator[None]:
    """Limits files to a megabyte, so that anybody gets a write error."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def replace_by_too_much(target: Path) -> str:
    """Tries to replace the target; returns the message to the user."""

    def run() -> None:
        with replacing(target) as draft:
            fill_too_much(draft)
            prove(draft, {TABLE})

    with pytest.raises(UserError) as error:
        run()
    return str(error.value)


def test_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    target = folder / "scores.duckdb"
    with small_disk(folder) as mounted:
        fill(target, 1)
        if mounted:
            found = replace_by_too_much(target)
            assert f"{target}: the disk {folder} is full, " in found
            assert " bytes are free; make room, or name a place on" in found
        else:
            with small_files():
                found = replace_by_too_much(target)
            assert f"{target}: can't be written (" in found
        assert value(target) == 1
        assert list(folder.iterdir()) == [target]


def test_a_file_named_like_its_schema(tmp_path: Path) -> None:
    target = tmp_path / "crm.duckdb"
    wanted = "can't tell this file from the schema 'crm' in it; give the file"
    with (
        pytest.raises(UserError, match=wanted),
        replacing(target) as draft,
        duckdb.connect(str(draft)) as connection,
    ):
        connection.execute("create schema crm; create table crm.t (id text)")
    assert not target.exists()


def test_a_write_error(target: Path) -> None:
    """As on a broken disk: the draft is not used."""
    with small_files():
        found = replace_by_too_much(target)
    assert f"{target}: can't be written (" in found
    assert "look for errors of the disk, and run again" in found
    assert value(target) == 1
    assert list(target.parent.iterdir()) == [target]


def test_a_read_only_disk(target: Path) -> None:
    folder = target.parent
    with small_disk(folder) as mounted:
        fill(target, 1) if mounted else folder.chmod(0o500)
        if mounted:
            remount = ["mount", "-o", "remount,ro", folder]
            subprocess.run(remount, check=True)
            reason = "the disk is read-only; name a place on another"
        else:
            reason = "change its permissions, or name another"
        with pytest.raises(UserError, match=reason):
            replace(target)
        assert value(target) == 1
    folder.chmod(0o700)


@pytest.fixture
def run_command(tmp_path: Path, target: Path) -> list[object]:
    """A run into the target, from the smallest files."""
    events = [["event_id", "user_id", "event_name", "occurred_at"]]
    for day in range(1, 29):
        events.append([day, "u", "work", f"2024-02-{day:02}"])
    files = {
        "events": write_csv(tmp_path / "events.csv", *events),
        "users": write_csv(
            tmp_path / "users.csv",
            ["user_id", "account_id", "created_at"],
            ["u", "a", "2024-01-01"],
        ),
        "accounts": write_csv(
            tmp_path / "accounts.csv",
            ["account_id", "created_at"],
            ["a", "2024-01-01"],
        ),
    }
    return [
        *PROGRAM, "run", "--database", target,
        *(part for name, path in files.items() for part in (f"--{name}", path)),
    ]  # fmt: skip


@pytest.fixture
def own_temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def started(command: list[object], temporary: Path) -> subprocess.Popen:
    def listen() -> None:  # it is ignored if tests run in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        command,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=listen,  # noqa: PLW1509
    )


def wait_until(process: subprocess.Popen, reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not reached():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end
        time.sleep(0.01)


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob(".building-*/*.duckdb"))


def is_building(folder: Path) -> Callable[[], bool]:
    """Whether dbt has got as far as making tables."""

    def reached() -> bool:
        return any(
            log.stat().st_size > 100_000
            for log in folder.glob(".building-*/*.wal")
        )

    return reached


@pytest.mark.parametrize(
    ("number", "when"),
    [(signal.SIGINT, "loading"), (signal.SIGTERM, "building")],
)
def test_signals(
    run_command: list[object],
    target: Path,
    own_temporary: Path,
    number: int,
    when: str,
) -> None:
    before = target.read_bytes()
    process = started(run_command, own_temporary)
    folder = target.parent
    reached = (
        is_building(folder)
        if when == "building"
        else lambda: bool(drafts(folder))
    )
    wait_until(process, reached)
    process.send_signal(number)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 128 + number
    assert "Stopped; nothing was harmed." in output
    assert "Traceback" not in output
    assert target.read_bytes() == before
    assert sorted(folder.iterdir()) == [target, target.with_suffix(".yml")]
    assert list(own_temporary.iterdir()) == []


def test_signals_stop_the_demo(target: Path, own_temporary: Path) -> None:
    before = target.read_bytes()
    process = started([*PROGRAM, "demo", "--database", target], own_temporary)
    wait_until(process, lambda: bool(drafts(target.parent)))
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert target.read_bytes() == before
    assert list(target.parent.iterdir()) == [target]
    assert list(own_temporary.iterdir()) == []


def test_a_killed_run_is_cleared_away_by_the_next(
    run_command: list[object], target: Path, own_temporary: Path
) -> None:
    before = target.read_bytes()
    process = started(run_command, own_temporary)
    wait_until(process, lambda: bool(drafts(target.parent)))
    process.kill()
    process.communicate()
    assert target.read_bytes() == before
    [dead] = drafts(target.parent)
    # The draft of another database may belong to another program.
    others = target.parent / ".building-other" / "other.duckdb"
    others.parent.mkdir()
    others.touch()
    with replacing(target) as draft:
        assert not dead.parent.exists()
        fill(draft, 2)
        with replacing(target) as second:
            assert draft.exists()
            fill(second, 3)
    assert value(target) == 2
    assert others.exists()
