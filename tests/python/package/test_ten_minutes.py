"""The documented way from nothing to a first work list, word for word (K1, K2).

Every block is run as written. Git is told that its address is a copy of this
repository with the release's tag, and pip that everything else is installed.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import duckdb
import pytest
import yaml
from product import write_tables
from product_signals import __version__
from product_signals.inputs import InputFile
from product_signals.package import package_root
from product_signals.starter import from_files
from servers import CSV, Postgres, postgres_server

ROOT = package_root()
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "event-tools.md").read_text(encoding="utf-8")
ADDRESS = "https://git.example.com/product_signals.git"
MINUTES = 10
QUICKSTART = "## Quickstart: from event tables to a work list"
# What the text below the blocks tells people to add on Postgres.
ANALYZED = 'product_signals: {+post-hook: "analyze {{ this }}"}'
assert ANALYZED in GUIDE


def blocks() -> list[tuple[str, str]]:
    """Language and text of the section's blocks, in order."""
    section = GUIDE.partition(f"{QUICKSTART}\n")[2]
    section = section.partition("\n## ")[0]
    return re.findall(r"^```(\w+)\n(.*?)^```$", section, re.M | re.S)


def as_script(on: str) -> str:
    """What a reader types, including the files they write."""
    commands, files = [], []
    for language, text in blocks():
        if language == "console":
            commands.append(text)
            continue
        first, _, content = text.partition("\n")
        name, _, warehouse = first.removeprefix("# ").partition(", on ")
        if warehouse.lower() in ("", on):
            files.append(f"cat > {name} <<'FILE'\n{content}FILE\n")
    install, *others = commands
    script = "".join(["set -eu\n", install, *files, *others])
    if on == "postgres":
        script = script.replace("models:\n", f"models:\n  {ANALYZED}\n", 1)
    return script


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as it is, under the release's tag."""
    copy = tmp_path_factory.mktemp("released") / "product_signals.git"
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    who = ["-c", "user.name=t", "-c", "user.email=t@t.example"]
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        [*who, "commit", "-q", "-m", "As it is"],
        ["tag", f"v{__version__}"],
    ):
        subprocess.run(["git", *command], cwd=copy, check=True)
    return copy


def with_address(released: Path) -> dict[str, str]:
    """Settings that make git find the release at the documented address."""
    return {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.file://{released}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "GIT_CONFIG_KEY_1": "protocol.file.allow",
        "GIT_CONFIG_VALUE_1": "always",
    }


def walk(folder: Path, released: Path, on: str, **more: str) -> str:
    """Runs the blocks; returns what the commands print."""
    packages = sysconfig.get_path("purelib")
    own = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        **more,
        **with_address(released),
        "PATH": f"{own}:{os.environ['PATH']}",
        # The tests' environment already has what it needs.
        "PYTHONPATH": packages,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    environment.pop("VIRTUAL_ENV", None)
    began = monotonic()
    spent = _spent()
    done = subprocess.run(
        ["bash", "-c", as_script(on)],
        cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    minutes = (monotonic() - began) / 60
    work = (_spent() - spent) / 60
    print(f"{on}: {minutes:.1f} minutes, of them {work:.1f} at work")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    # Don't count other work on the machine.
    assert work < MINUTES, done.stdout
    return done.stdout


def _spent() -> float:
    """CPU seconds of processes started from here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def believable(printed: str, config: Path) -> None:
    """Checks that the first work list is about accounts that leave, and why."""
    events = yaml.safe_load(config.read_text(encoding="utf-8"))["events"]
    assert events["report_shared"]["weight"] == 8
    assert events["report_created"]["weight"] == 5
    assert events["report_viewed"]["weight"] == 1
    for noise in ("user_signed_up", "feature_flag_called", "email_opened"):
        assert events[noise] == {}, noise
    shown = printed.rpartition("signal_name")[2]
    assert "C" in shown, printed
    assert "Check" not in shown, printed


@pytest.mark.long
def test_from_nothing(tmp_path: Path, released: Path) -> None:
    """On DuckDB: a work list, in less than ten minutes."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        write_tables(connection)
    printed = walk(tmp_path, released, "duckdb")
    believable(printed, tmp_path / "product_signals.yml")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A server with Segment's tables."""
    with postgres_server() as port:
        server = Postgres(port, "crm")
        with duckdb.connect() as connection:
            for table in write_tables(connection):
                file = tmp_path / "rows.csv"
                connection.execute(f"copy {table} to '{file}' ({CSV})")
                columns = {
                    name: "timestamp" if kind == "TIMESTAMP" else "text"
                    for name, kind, *_ in connection.execute(
                        f"describe {table}"
                    ).fetchall()
                }
                server.write(table, columns, file)
        yield server


@pytest.mark.long
def test_from_nothing_on_postgres(
    tmp_path: Path, released: Path, postgres: Postgres
) -> None:
    printed = walk(
        tmp_path, released, "postgres",
        PGPASSWORD="tests", **postgres.environment,
    )  # fmt: skip
    believable(printed, tmp_path / "product_signals.yml")
    with closing(postgres.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("select count(*) from analytics.product_signals__users")
        assert cursor.fetchone()[0] > 100


@pytest.mark.long
@pytest.mark.parametrize("tool", ["uvx", "pipx"])
def test_without_installing(tmp_path: Path, released: Path, tool: str) -> None:
    """The README's line for the helper alone, in its own environment."""
    [line] = re.findall(rf"^{tool} .*$", README, re.M)
    tools = tmp_path / "tools"
    subprocess.run([sys.executable, "-m", "venv", tools], check=True)
    subprocess.run(
        [tools / "bin" / "pip", "install", "--quiet", "uv", "pipx"], check=True
    )
    # As in the Makefile, because installing 1.12 downloads from GitHub.
    constraint = tmp_path / "constraint.txt"
    constraint.write_text("dbt-core<1.12\n", encoding="utf-8")
    folder = tmp_path / "empty"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder, capture_output=True, text=True, check=False,
        env={
            **os.environ,
            **with_address(released),
            "PATH": f"{tools / 'bin'}:{os.environ['PATH']}",
            "PIPX_HOME": str(tmp_path / "pipx"),
            "UV_CONSTRAINT": str(constraint),
            "PIP_CONSTRAINT": str(constraint),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "more accounts on the list" in done.stdout
    assert (folder / "product_signals_demo.duckdb").is_file()


def test_one_version_everywhere() -> None:
    """And a run of another version than the last rebuilds everything."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    assert project["version"] == __version__
    [inputs] = ROOT.glob("models/*/int_product_signals__current_inputs.sql")
    assert f"'{__version__}' as content" in inputs.read_text(encoding="utf-8")
    named = re.findall(r"(?:revision: |\.git@)v([\d.]+\d)", README + GUIDE)
    assert len(named) >= 5
    assert set(named) == {__version__}


@pytest.mark.long
def test_ten_million_events(tmp_path: Path) -> None:
    """The database counts them in ten seconds, if nothing else runs."""
    path = tmp_path / "events.parquet"
    duckdb.sql(
        f"""
        copy (
            select
                n as event_id,
                'u' || (n * 7919) % 40000 as user_id,
                'a' || (n * 7919) % 40000 % 2000 as account_id,
                ['Created report', 'Viewed report', 'Shared board',
                 'email_sent', 'Edited task', 'Added note'][1 + n * 31 % 6]
                    as event_name,
                timestamp '2023-01-01' + interval (n % 63072000) second
                    as occurred_at
            from range(10000000) as t(n)
        ) to '{path}'
        """
    )
    began = monotonic()
    proposal = from_files({"events": InputFile(path)})
    took = monotonic() - began
    assert "Found 10,000,000 events" in proposal.summary[0]
    assert took < 120, took
