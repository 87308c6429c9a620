"""Terminals show text as text, and errors as sentences (L7)."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path
from shutil import copyfile

import duckdb
import pytest
from command import call, write_csv
from product_signals import cli
from product_signals.errors import as_text
from product_signals.package import package_root
from rich.console import Console

# Clears the screen, beeps, ends the line, looks like markup and like an emoji.
NASTY = "\x1b[2J\a\n[red]x[/red]:warning: [/]\u202e\x9b2J"
SHOWN = "\\x1b[2J\\x07\\n[red]x[/red]:warning: [/]\\u202e\\x9b2J"

PROGRAM = [sys.executable, "-c", "from product_signals.cli import main; main()"]


def program(
    *arguments: object, after: str = "", **environment: str
) -> subprocess.CompletedProcess:
    """The real command, in a shell."""
    command = shlex.join([*PROGRAM, *(str(one) for one in arguments)])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} {after}"],
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    events = [["event_id", "user_id", "event_name", "occurred_at"]]
    for day in range(1, 29):
        for name in ["work", "play"][: 1 + (day < 15)]:
            events.append([len(events), "u", name, f"2024-02-{day:02}"])
        events.append([len(events), "u", f"odd {NASTY}", f"2024-02-{day:02}"])
    return {
        "events": write_csv(folder / "events.csv", *events),
        "users": write_csv(
            folder / "users.csv",
            ["user_id", "account_id", "created_at", "full_name"],
            ["u", "a", "2024-01-01", NASTY],
        ),
        "accounts": write_csv(
            folder / "accounts.csv",
            ["account_id", "created_at", "account_name"],
            ["a", "2024-02-20", NASTY],
        ),
    }


def inputs(files: dict[str, Path]) -> list[object]:
    return [
        part for name, path in files.items() for part in (f"--{name}", path)
    ]


@pytest.fixture(scope="module")
def built(files: dict[str, Path]) -> tuple[Path, str]:
    """A database with terminal escapes in names; and what run printed."""
    database = files["events"].parent / "built {{ 1/0 }}" / "scores.duckdb"
    config = files["events"].with_suffix(".yml")
    config.write_text(
        "events:\n"
        "  work: {weight: 5, counts_as_activity: true}\n"
        "  play: {weight: 5, counts_as_activity: true}\n"
        'profiles: {"main": {}}\n'
        "signals:\n"
        "  new_account:\n"
        "    {entity: account, severity: high, description: new, teams: [us],\n"
        "    groups: [[{metric: tenure_days, operator: '<', value: 99}]],\n"
        '    actions: [{team: us, action: "call \\e[2J [red] them"}]}\n',
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli.console, "width", 400)
        result = call(
            "run", *inputs(files), "--database", database, "--config", config
        )
    assert result.exit_code == 0, result.output
    return database, result.output


def assert_shown(output: str) -> None:
    assert SHOWN in output
    for control in "\x1b\a\u202e\x9b":
        assert control not in output


def test_data_are_text(built: tuple[Path, str]) -> None:
    database, printed = built
    assert_shown(printed)
    assert "call \\x1b[2J [red] them" in printed
    result = call("explain", "a", "--database", database)
    assert result.exit_code == 0, result.output
    assert_shown(result.output)
    assert "call \\x1b[2J [red] them" in result.output


def test_errors_are_text(files: dict[str, Path]) -> None:
    result = call("check", files["events"].with_name("a\x1b[2J[red]b.yml"))
    assert result.exit_code == 1
    assert "a\\x1b[2J[red]b.yml: can't be read" in result.output
    assert as_text("two\nlines\x07", kept="\n") == "two\nlines\\x07"


def test_a_terminal_without_these_characters(built: tuple[Path, str]) -> None:
    database, _ = built
    result = program(
        "explain", "a", "--database", database,
        LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert b"\\u2192 us: call" in result.stdout
    assert result.stderr == b""


@pytest.mark.parametrize("after", ["| head -1", ">&-", "> /dev/full", "2>&-"])
def test_nobody_reads_on(built: tuple[Path, str], after: str) -> None:
    result = program("explain", "a", "--database", built[0], after=after)
    assert b"Traceback" not in result.stderr
    assert b"Exception ignored" not in result.stderr
    if "full" in after:
        assert result.returncode == 1
        assert b"No space left on device" in result.stderr


def test_a_name_that_is_not_text(tmp_path: Path) -> None:
    result = program(
        "demo", "--database", f"{tmp_path}/ä.duckdb",
        LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert result.returncode == 1
    assert b"set LC_ALL=C.UTF-8, or rename it" in result.stderr
    assert b"Traceback" not in result.stderr


def test_what_was_not_built_here(
    built: tuple[Path, str], tmp_path: Path
) -> None:
    text = tmp_path / "text.duckdb"
    text.write_text("account_id\n", encoding="utf-8")
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("create table invoices as select 1")
    older = tmp_path / "older.duckdb"
    with duckdb.connect(str(older)) as connection:
        connection.execute("create table product_signals__signals as select 1")
    later = tmp_path / "later.duckdb"
    content = bytearray(older.read_bytes())
    content[12:20] = (9999).to_bytes(8, "little")
    later.write_bytes(content)
    config = tmp_path / "signals.yml"
    call("init", config)
    for database, message in (
        (tmp_path, "there is no such file"),
        (text, "can't be opened as a DuckDB file"),
        (later, "can't be opened as a DuckDB file"),
        (other, "has no table product_signals__signals; build the package"),
        (older, "can't be read as a database of this version of the package"),
    ):
        for command in (["explain", "a"], ["check", config]):
            result = call(*command, "--database", database)
            assert result.exit_code == 1
            assert f"error: {database}: {message}" in result.output
            if database in (text, later):
                assert "; name one that product-signals run" in result.output


def test_a_database_that_another_program_writes(
    built: tuple[Path, str], tmp_path: Path
) -> None:
    """It was "can't be opened as a DuckDB file", without a fix."""
    database = tmp_path / "busy.duckdb"
    copyfile(built[0], database)
    writing = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writing, database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        result = call("show", "--database", database)
        other.communicate()
    assert result.exit_code == 1
    assert f"error: {database}: is open in another program; close it there" in (
        result.output
    )


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("account_attributes=[x", "the value is not YAML ("),
        ("account_attributes=x", "is not a list of names; write it like"),
        ("user_attributes=", "write it like user_attributes=[plan, region]"),
        ("account_attributes=[1]", "is not a list of names"),
        ("size_column=!!python/object:os.system x", "the value is not YAML ("),
        ("size_column=\x01", "the value is not YAML ("),
    ],
)
def test_variables(tmp_path: Path, entry: str, message: str) -> None:
    config = tmp_path / "signals.yml"
    call("init", config)
    result = call("check", config, "--var", entry)
    assert result.exit_code == 1
    assert f'error: --var "{as_text(entry)}": ' in result.output
    assert message in result.output


@pytest.mark.parametrize(
    ("database", "message"),
    [
        (".", "is a folder; name a file in it, such as product_signals.duckdb"),
        ("scores.yml", "is the name of the configuration beside it; call the"),
        ("accounts.csv", "can't be opened as a DuckDB file, and is not"),
        ("accounts.csv/x.duckdb", "a part of the path is not a folder"),
        (f"{'x' * 300}.duckdb", "the name is too long"),
    ],
)
def test_places_for_a_database(
    files: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    message: str,
) -> None:
    folder = files["events"].parent
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    result = call("run", *inputs(files), "--database", database)
    assert result.exit_code == 1
    assert message in result.output
    assert sorted(folder.iterdir()) == before


def test_places_for_a_configuration(files: dict[str, Path]) -> None:
    result = call("init", files["events"] / "signals.yml")
    assert result.exit_code == 1
    assert "events.csv: File exists: a part of the path" in result.output
    config = package_root() / "python_helpers/product_signals/starter.yml"
    result = call("seeds", config, "--out", files["events"])
    assert result.exit_code == 1
    assert "events.csv" in result.output
    assert "a part of the path is not a folder" in result.output


def test_a_check_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    terminal = Console(file=screen, force_terminal=True, markup=False)
    monkeypatch.setattr(cli, "errors", terminal)
    config = package_root() / "python_helpers/product_signals/starter.yml"
    result = call("check", config)
    assert result.exit_code == 0, result.output
    assert "checking" in screen.getvalue()
    assert "starter.yml" in screen.getvalue()


def test_what_nobody_thought_of(tmp_path: Path) -> None:
    code = (
        "from product_signals import cli\n"
        "def read_config(path): raise KeyError('ab\\x1bsurd')\n"
        "cli.read_config = read_config\n"
        "cli.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "check", tmp_path / "x.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "Please report this line and the command: version" in result.stderr
    assert "KeyError in <string>, line 2: 'ab\\x1bsurd'" in result.stderr
    assert "Traceback" not in result.stderr
