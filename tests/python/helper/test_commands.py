"""The command product-signals, used without a dbt project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from command import call, write_csv
from product_signals import __version__
from product_signals.config import read_config
from product_signals.errors import UserError
from product_signals.inputs import InputFile, load_inputs, parse_column_map
from product_signals.package import (
    consumer_project,
    package_root,
    starter_config,
)
from product_signals.rules import connect
from product_signals.runner import built_from, run_demo
from product_signals.starter import from_files


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Input files as somebody might export them."""
    events = [["id", "user_id", "event_name", "time", "received_at"]]
    for day in range(1, 29):
        for user in range(1, 1 + day % 4):
            for name in ("Log in", "create doc", "export doc", "share doc"):
                time = f"2024-02-{day:02}T10:00:00+01:00"
                events.append([len(events), f"00{user}", name, time, time])
    return {
        "events": write_csv(tmp_path / "events.csv", *events),
        "users": write_csv(
            tmp_path / "users.csv",
            ["user_id", "account_id", "created_at"],
            *([f"00{n}", "007", "2024-01-01"] for n in range(1, 4)),
        ),
        "accounts": write_csv(
            tmp_path / "accounts.csv",
            ["account_id", "created_at", "seats", "colour"],
            ["007", "2024-01-01", 3, "red"],
        ),
        "surveys": write_csv(
            tmp_path / "surveys.csv",
            ["account_id", "answered_at", "score"],
            ["007", "2024-02-20T23:30:00-01:00", "6.9"],
            ["007", "2024-02-21", "7"],
            ["007", "2024-02-21", "none"],
        ),
        "database": tmp_path / "out" / "scores.duckdb",
    }


def run_arguments(files: dict[str, Path]) -> list[object]:
    return [
        "run",
        *(part for name, path in files.items() for part in (f"--{name}", path)),
        "--map", "events.event_id=id",
        "--map", "events.occurred_at=time",
        "--map", "events.loaded_at=received_at",
        "--var", "size_column=seats",
        "--var", "account_attributes=[colour]",
        "--var", "as_of_date=2024-02-28",
    ]  # fmt: skip


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_run_scores_files(files: dict[str, Path], tmp_path: Path) -> None:
    files["accounts"] = write_csv(
        tmp_path / "accounts.csv",
        ["account_id", "created_at", "Seats", "colour", "churnedAt", "notes",
         "owner"],
        ["007", "2024-01-01", 3, "red", "", "x", ""],
        ["left", "2024-01-01", 3, "red", "2024-02-20", "x", "Kim"],
    )  # fmt: skip
    result = call(*run_arguments(files))
    assert result.exit_code == 0, result.output
    assert (
        "As of 28 February 2024, from 168 events (0 rejected)" in result.output
    )
    assert "007" in result.output
    assert str(files["database"]) in result.output
    # The ids of the CSV stay as they are.
    [account] = rows(
        files["database"],
        "select account_id, score > 0, size_value, active_users"
        " from product_signals__accounts where cancelled_at is null",
    )
    assert account == ("007", True, 3, 3)
    [answers] = rows(
        files["database"],
        "select as_of_date, negative_surveys from"
        " product_signals__accounts_daily where negative_surveys > 0",
    )
    assert answers == (date(2024, 2, 21), 1)
    # Who left is recognised, whatever the file calls the column.
    assert rows(
        files["database"],
        "select cancelled_at, lifecycle_stage, csm"
        " from product_signals__accounts where account_id = 'left'",
    ) == [(datetime(2024, 2, 20), "churned", "Kim")]
    assert (
        "Read as with --map accounts.cancelled_at=churnedAt"
        " --map accounts.csm=owner; rename a column that is something else."
    ) in result.output
    assert f"{files['accounts']}: columns not used: notes." in result.output
    assert "Input models and columns" in result.output
    assert result.output.count("not used") == 1
    # Without a configuration, run makes one from the events and keeps it.
    config = files["database"].with_suffix(".yml")
    events = read_config(config).events
    assert events["create doc"].counts_as_activity
    assert not events["Log in"].counts_as_activity
    assert events["export doc"].is_risk


def test_a_bad_run_leaves_the_last_good_database(
    files: dict[str, Path],
) -> None:
    database = files["database"]
    database.parent.mkdir()
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table product_signals__accounts (id text)")
    last_good = database.read_bytes()
    config = database.with_suffix(".yml")
    columns = {"event_id": "id", "occurred_at": "time"}
    text = from_files({"events": InputFile(files["events"], columns)}).text
    config.write_text(
        text.replace("low: 0.01, medium: 25", "low: 0.01, medium: 75"),
        encoding="utf-8",
    )
    result = call(*run_arguments(files))
    assert result.exit_code == 1
    assert 'lower_bound "75.0" is not below the upper bound 50' in result.output
    assert database.read_bytes() == last_good
    assert sorted(path.name for path in database.parent.iterdir()) == [
        "scores.duckdb",
        "scores.yml",
    ]


def test_bad_files_are_named(files: dict[str, Path], tmp_path: Path) -> None:
    files["users"].unlink()
    files["accounts"] = tmp_path / "accounts.xlsx"
    files["accounts"].write_bytes(b"PK")
    result = call(*run_arguments(files), "--config", starter_config())
    assert result.exit_code == 1
    assert "users.csv: there is no such file" in result.output
    assert "accounts.xlsx: is neither .parquet nor .csv" in result.output


def test_columns_of_files_are_checked(tmp_path: Path) -> None:
    broken = tmp_path / "users.parquet"
    broken.write_bytes(b"no parquet")
    events = write_csv(
        tmp_path / "events.csv", ["user_id", "evnt_name"], ["u", "work"]
    )
    with (
        duckdb.connect() as connection,
        pytest.raises(UserError) as error,
    ):
        load_inputs(
            connection,
            {
                "events": InputFile(events, {"loaded_at": "arrived"}),
                "users": InputFile(broken),
            },
        )
    found = str(error.value)
    for expected in (
        "has no column event_name; rename it, or say which it is with --map"
        " events.event_name=… (did you mean evnt_name?)",
        "has no column event_id; rename it",
        "has no column arrived, which --map events.loaded_at names",
        "users.parquet: can't be read (",
    ):
        assert expected in found


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("events.loaded_at", "is not INPUT.COLUMN=FILE_COLUMN"),
        ("evnts.loaded_at=x", "there is no input evnts; did you mean events?"),
    ],
)
def test_maps_are_checked(entry: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        parse_column_map([entry])
    assert message in str(error.value)


def test_init_seeds_and_check(files: dict[str, Path], tmp_path: Path) -> None:
    config = tmp_path / "signals.yml"
    result = call(
        "init", config, "--events", files["events"],
        "--map", "events.event_id=id", "--map", "events.occurred_at=time",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    result = call("init", config)
    assert result.exit_code == 1
    assert "is there already" in result.output
    out = tmp_path / "seeds"
    result = call("seeds", config, "--out", out)
    assert result.exit_code == 0, result.output
    assert "bands_seed: my_product_signals_bands" in result.output
    assert "warning: " in result.output  # fewer than five weighted events
    weights = out / "my_product_signals_event_weights.csv"
    weights.write_text(
        weights.read_text(encoding="utf-8").replace(",5,", ",50,", 1),
        encoding="utf-8",
    )
    result = call("check", out)
    assert result.exit_code == 1
    assert 'weight "50" is not a valid value; write a number' in result.output
    result = call("seeds", config, "--out", out)
    assert f"Changed: {weights.name}." in result.output
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('operator: ">"', 'operator: "~"', 1))
    result = call("check", config)
    assert result.exit_code == 1
    assert "operator" in result.output


def test_what_an_older_file_lacks_is_said(
    files: dict[str, Path], tmp_path: Path
) -> None:
    """Sections that came with 0.2: without them, their seeds are empty."""
    document = yaml.safe_load(starter_config().read_text(encoding="utf-8"))
    del document["health"], document["trial_personas"]
    config = tmp_path / "old.yml"
    config.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    for command in (
        ["seeds", config, "--out", tmp_path / "seeds"],
        ["check", config],
        [*run_arguments(files), "--config", config],
    ):
        result = call(*command)
        assert result.exit_code == 0, result.output
        said = [
            line for line in result.output.splitlines() if ": lacks " in line
        ]
        assert said == [
            f"warning: {config}: lacks health: nobody has a health score; copy"
            " it from what product-signals init writes, or write health: {} if"
            " that is meant",
            f"warning: {config}: lacks trial_personas: no trial has a persona"
            " or a likelihood; copy it from what product-signals init writes,"
            " or write trial_personas: {} if that is meant",
        ]
    document |= {"health": {}, "trial_personas": {}}
    config.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    assert ": lacks " not in call("check", config).output


def test_seeds_are_checked_with_the_variables_of_the_project(
    tmp_path: Path,
) -> None:
    config = tmp_path / "signals.yml"
    config.write_text(
        "events: {work: {weight: 1}}\nsignals:\n  odd: {entity: account,"
        " severity: low, description: d, teams: [t], actions: [{team: t,"
        " action: a}], groups: [[{metric: attribute_vertical, operator: '=',"
        " value: a}]]}\nprofiles: {main: {}}\n",
        encoding="utf-8",
    )
    project = tmp_path / "dbt_project.yml"
    for written, code in (
        ("{}", 1),
        ("{account_attributes: ['{{ env_var(\"X\") }}']}", 1),
        ("{account_attributes: [vertical], history_start: ''}", 0),
        ("{account_attributes: [], product_signals: {account_attributes:"
         " [Vertical]}}", 0),
    ):  # fmt: skip
        project.write_text(f"name: ours\nvars: {written}\n", encoding="utf-8")
        result = call("seeds", config, "--project-dir", tmp_path)
        assert result.exit_code == code, (written, result.output)
        assert ("attribute_vertical" in result.output) == bool(code)


def test_seeds_set_up_a_project(tmp_path: Path) -> None:
    """What the package needs is added to dbt_project.yml, only once."""
    config = tmp_path / "signals.yml"
    assert call("init", config).exit_code == 0
    project = tmp_path / "dbt_project.yml"
    project.write_text(
        "name: ours  # of us\nvars:\n  theirs: 1\nmodel-paths: [models]\n",
        encoding="utf-8",
    )
    (tmp_path / "models" / "sub").mkdir(parents=True)
    model = tmp_path / "models" / "sub" / "product_signals_tickets.sql"
    model.write_text("select 1", encoding="utf-8")
    result = call("seeds", config, "--project-dir", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Set in " in result.output
    text = project.read_text(encoding="utf-8")
    assert "name: ours  # of us" in text
    settings = yaml.safe_load(text)
    assert settings["vars"]["theirs"] == 1
    variables = settings["vars"]["product_signals"]
    assert variables["bands_seed"] == "my_product_signals_bands"
    assert variables["tickets_model"] == "product_signals_tickets"
    assert "surveys_model" not in variables
    assert settings["seeds"]["product_signals"] == {
        "+enabled": False,
        "product_signals_config_metrics": {"+enabled": True},
    }
    assert (tmp_path / "seeds" / "my_product_signals_bands.csv").is_file()
    result = call("seeds", config, "--project-dir", tmp_path)
    assert "Set in " not in result.output
    assert project.read_text(encoding="utf-8") == text
    project.write_text("name: [", encoding="utf-8")
    result = call("seeds", config, "--project-dir", tmp_path)
    assert result.exit_code == 1
    assert "dbt_project.yml: can't be read" in result.output
    project.unlink()
    result = call("seeds", config, "--project-dir", tmp_path)
    assert "there is no such file); name the folder of a dbt" in result.output


def test_init_reads_the_models_that_the_project_names(tmp_path: Path) -> None:
    """The variables <input>_model name the inputs, as in a build."""
    connection = {"type": "duckdb", "path": str(tmp_path / "ours.duckdb")}
    project = {
        "name": "ours",
        "profile": "ours",
        "vars": {
            "users_model": "people",
            "product_signals": {"events_model": "clicks"},
        },
    }
    for name, content in (
        ("dbt_project.yml", project),
        (
            "profiles.yml",
            {"ours": {"target": "a", "outputs": {"a": connection}}},
        ),
    ):
        (tmp_path / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (tmp_path / "models").mkdir()
    inputs = {
        "clicks": "select 'e' as event_id, 'u' as user_id, 'create' as"
        " event_name, timestamp '2024-03-05' as occurred_at",
        "people": "select 'u' as user_id, 'a' as account_id,"
        " timestamp '2024-03-05' as created_at",
    }
    with duckdb.connect(connection["path"]) as ours:
        for name, query in inputs.items():
            (tmp_path / "models" / f"{name}.sql").write_text(query, "utf-8")
            ours.execute(f"create view {name} as {query}")
    config = tmp_path / "signals.yml"
    result = call("init", config, "--project-dir", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Found 1 event" in result.output
    del project["vars"]["product_signals"]
    (tmp_path / "dbt_project.yml").write_text(yaml.safe_dump(project), "utf-8")
    config.unlink()
    result = call("init", config, "--project-dir", tmp_path)
    assert result.exit_code == 1
    assert "has no model product_signals_events; write" in result.output


def test_init_counts_by_the_days_of_a_build(tmp_path: Path) -> None:
    """Times have a zone, and a day begins by the variable timezone."""
    path = tmp_path / "ours.duckdb"
    event = (
        "select 'e' as event_id, 'u' as user_id, 'create' as event_name,"
        " timestamptz '2024-03-05 23:30:00-05' as occurred_at"
    )
    file = tmp_path / "events.parquet"
    with duckdb.connect(path) as ours:
        ours.execute(f"create view product_signals_events as {event}")
        ours.execute(f"copy ({event}) to '{file}'")
    elsewhere = {"TimeZone": "America/New_York"}
    connection = {"type": "duckdb", "path": str(path), "settings": elsewhere}
    profile = {"target": "a", "outputs": {"a": connection}}
    (tmp_path / "profiles.yml").write_text(
        yaml.safe_dump({"ours": profile}), encoding="utf-8"
    )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "product_signals_events.sql").write_text(event)
    package = tmp_path / "dbt_packages" / "product_signals"
    package.mkdir(parents=True)
    for part in ("dbt_project.yml", "macros"):
        (package / part).symlink_to(package_root() / part)
    for timezone, day in (
        ("UTC", "2024-03-06"),
        ("America/Lima", "2024-03-05"),
    ):
        project = {"name": "ours", "profile": "ours"}
        variables = {"product_signals": {"timezone": timezone}}
        (tmp_path / "dbt_project.yml").write_text(
            yaml.safe_dump(project | {"vars": variables}), encoding="utf-8"
        )
        config = tmp_path / f"{day}.yml"
        result = call("init", config, "--project-dir", tmp_path)
        assert result.exit_code == 0, result.output
        assert f"of {day} to {day}" in result.output
    said = subprocess.run(
        [
            Path(sys.executable).with_name("product-signals"),
            *("init", tmp_path / "files.yml", "--events", file),
        ],
        env={**os.environ, "TZ": "America/New_York"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "of 2024-03-06 to 2024-03-06" in said.stdout


def test_check_takes_variables(tmp_path: Path) -> None:
    config = tmp_path / "signals.yml"
    config.write_text(
        "events: {work: {weight: 5}}\n"
        "profiles: {main: {filter:"
        " {entity: account, attribute: colour, values: [red]}}}\n",
        encoding="utf-8",
    )
    result = call("check", config)
    assert result.exit_code == 1
    assert 'attribute "colour" is not an attribute of accounts' in result.output
    result = call("check", config, "--var", "account_attributes=[colour]")
    assert result.exit_code == 0, result.output
    result = call("check", config, "--var", "colour")
    assert "is not NAME=VALUE" in result.output
    result = call("check", config, "--var", "timezon=UTC")
    assert "no variable timezon; did you mean timezone?" in result.output


def test_version() -> None:
    assert call("--version").output.strip() == __version__


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Log in", "no success"),
        ("UserSignedIn", "no success"),
        ("logged_out", "no success"),
        ("sign_off", "other"),
        ("catalog_indexed", "other"),
        ("Page Viewed", "no success"),
        ("shipping_label", "other"),
        ("exported_ledger", "risk"),
        ("unarchived", "other"),
    ],
)
def test_first_guesses(tmp_path: Path, name: str, kind: str) -> None:
    events = write_csv(
        tmp_path / "events.csv",
        ["event_id", "user_id", "event_name", "occurred_at"],
        [1, 1, name, "2024-01-01"],
        [2, 1, "done", "2024-01-01"],
    )
    text = from_files({"events": InputFile(events)}).text
    event = yaml.safe_load(text)["events"][name]
    assert event.get("is_risk", False) == (kind == "risk")
    assert event.get("counts_as_activity", False) == (kind != "no success")


def test_no_events_to_start_from(tmp_path: Path) -> None:
    events = write_csv(
        tmp_path / "events.csv",
        ["event_id", "user_id", "event_name", "occurred_at"],
    )
    with pytest.raises(UserError, match="has no events"):
        from_files({"events": InputFile(events)})


def test_no_time_to_start_from(tmp_path: Path) -> None:
    """Seconds since 1970: it said that users began too late to follow."""
    events = write_csv(
        tmp_path / "events.csv",
        ["event_id", "user_id", "event_name", "occurred_at"],
        ["e1", "u1", "created_report", "1780480800"],
    )
    proposal = from_files({"events": InputFile(events)})
    [sentence] = [one for one in proposal.look_first if "occurred_at" in one]
    assert "no event will count" in sentence
    assert not [one for one in proposal.look_first if "Fewer than" in one]


def test_demo_twice(tmp_path: Path) -> None:
    database = tmp_path / "demo.duckdb"
    result = call("demo", "--database", database)
    assert result.exit_code == 0, result.output
    for expected in (
        "from 259,366 events (0 rejected)",
        "Accounts: 52 live; by score ",
        "1. ",
        "owner ",
        "Now: ",
        "more accounts on the list",
        str(database),
    ):
        assert expected in result.output
    page = database.with_suffix(".html")
    assert result.output.rstrip().endswith(f"The page is {page}")
    assert "from 259,366 events (0 rejected)" in page.read_text("utf-8")
    # Its own data has no problems.
    assert "Check the data" not in result.output
    assert "warn" not in result.output
    before = database.stat().st_mtime_ns
    # The second time, there is nothing to do.
    run_demo(database)
    assert database.stat().st_mtime_ns == before
    # Why an account is doing as it is.
    result = call("explain", "a41", "--database", database)
    assert result.exit_code == 0, result.output
    for expected in (
        "Quicksilver Couriers (a41) on 2023-09-30, adopted",
        "tenure",
        "39 days",
        "missing: competitors|lists|meetings",
        "What made the 6902 points of fortnightly",
        "advance_stage",
        "Score dropped (low), since 2023-09-26; holds no longer",
        "On 26 September 2023: fell 23 points in 14 days through its own"
        " activity and 6 through others' (score 82 → 53)",
        "now: fell 4.91 points in 14 days through its own activity and rose 5"
        " through others' (score 69 → 69); holds no longer since 28 September"
        " 2023",
        "behavior_change = -22.82 (< -20)",
        "→ success: Look at which events fell and call the users",
        "suppressed by another signal",
    ):
        assert expected in result.output, expected
    result = call("explain", "a411", "--database", database)
    assert result.exit_code == 1
    assert '"a411": no account or user has this id' in result.output
    assert "\n  account a41, Quicksilver Couriers" in result.output
    result = call("explain", "a41", "--database", tmp_path / "nowhere.duckdb")
    assert "there is no such file; build one with" in result.output
    # What the docs show of it is what it is.
    root = package_root()
    [screen] = re.findall(
        r"```text\n(.*?)```", (root / "README.md").read_text("utf-8"), re.S
    )
    result = call("show", "--accounts", 1, "--database", database)
    assert screen.partition("   .venv")[0] in result.output
    message = (root / "docs" / "slack.md").read_text("utf-8")
    message = message.partition("```text\n")[2].partition("\n```")[0]
    with duckdb.connect(str(database), read_only=True) as connection:
        assert (message,) in connection.execute(
            "select text from product_signals__alerts_feed"
        ).fetchall()
    # Rules that never or always held.
    config = tmp_path / "signals.yml"
    shipped = (consumer_project() / "product_signals.yml").read_text(
        encoding="utf-8"
    )
    config.write_text(
        shipped.replace(
            'tenure_days, operator: "=", value: 0',
            'tenure_days, operator: ">=", value: 0',
        ),
        encoding="utf-8",
    )
    result = call(
        "check", config, "--database", database,
        "--var", "account_attributes=[country]",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for expected in (
        "signals.new_account held on 3,483 of 3,483 rows of the accounts'",
        "signals.negative_survey held on 0 of 3,483 rows of the accounts'",
        "signals.trial_silent_1d held on 0 of ",
    ):
        assert expected in result.output, result.output
    assert "signals.score_drop " not in result.output


def test_tables_are_found_in_any_schema(tmp_path: Path) -> None:
    """A dbt project often has its own schema for them."""
    database = tmp_path / "built.duckdb"

    def make(schema: str) -> None:
        with duckdb.connect(str(database)) as connection:
            connection.execute(
                f"create schema {schema}; create table"
                f" {schema}.product_signals__signals as"
                f" select '{schema}' as place"
            )

    def place(schema: str | None = None) -> str:
        with connect(database, schema) as connection:
            return connection.sql("from product_signals__signals").fetchall()

    make("one")
    assert place() == place("one") == [("one",)]
    make("two")
    assert place("two") == [("two",)]
    result = call("explain", "a", "--database", database)
    assert result.exit_code == 1
    assert "in one and two; give one with --schema" in result.output
    result = call("explain", "a", "--database", database, "--schema", "three")
    assert "in one and two, not in three; give one" in result.output


def test_what_is_no_database_is_not_from_here(tmp_path: Path) -> None:
    odd = tmp_path / "odd.duckdb"
    assert built_from(odd) is None
    odd.write_text("not a database", encoding="utf-8")
    assert built_from(odd) is None


def test_schema() -> None:
    result = call("schema")
    assert '"title": "Config"' in result.output


@pytest.mark.parametrize(
    ("options", "example", "database"),
    [
        ((), "crm", "product_signals_demo.duckdb"),
        (("--example", "trial"), "trial", "product_signals_trial.duckdb"),
        (
            ("--example", "trial", "--database", "x.duckdb"),
            "trial",
            "x.duckdb",
        ),
    ],
)
def test_which_example(
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    example: str,
    database: str,
) -> None:
    built: list[object] = []
    monkeypatch.setattr(
        "product_signals.cli.run_demo",
        lambda file, progress, name: built.extend((file, name)),
    )
    monkeypatch.setattr(
        "product_signals.cli.print_screen", lambda file, _: built.append(file)
    )
    monkeypatch.setattr("product_signals.cli._write_page", built.append)
    result = call("demo", *options)
    assert result.exit_code == 0, result.output
    assert built == [Path(database), example, *[Path(database)] * 2]


def test_the_tests_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(pytest, "main", lambda args: given.append(args) or 3)
    assert call("test", "-k", "nothing").exit_code == 3
    tests = package_root() / "tests" / "python"
    suites = [str(tests / "package"), str(tests / "helper")]
    assert given == [[*suites, "-k", "nothing"]]
