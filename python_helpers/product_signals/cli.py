"""The command product-signals."""

from __future__ import annotations

import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from datetime import date
from functools import wraps
from importlib.util import find_spec
from io import TextIOWrapper
from json import dumps
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from product_signals import __version__
from product_signals.compare import Side, print_comparison
from product_signals.compare import compare as compare_sides
from product_signals.config import (
    config_schema,
    lacking,
    nearest,
    read_config,
)
from product_signals.crm_fields import Tool, crm_files, write_crm_files
from product_signals.errors import (
    UserError,
    as_text,
    needing,
    not_text,
    system_error,
)
from product_signals.explain import as_json, explanation, print_explanation
from product_signals.gate import check_config, check_seeds
from product_signals.inputs import (
    InputFile,
    parse_column_map,
    unused_columns,
    usual_names,
)
from product_signals.package import (
    package_root,
    package_variables,
    starter_config,
)
from product_signals.project import project_variables, set_up_project
from product_signals.proposal import Proposal
from product_signals.public_tables import (
    Ask,
    in_database,
    in_project,
    readable,
)
from product_signals.report import ACCOUNTS as REPORTED_ACCOUNTS
from product_signals.report import write_report
from product_signals.rules import check_rules, connect
from product_signals.runner import run as run_files
from product_signals.runner import run_demo
from product_signals.screen import ACCOUNTS, DATABASE, print_screen
from product_signals.seeds import seed_files, seed_variables, write_seeds
from product_signals.semantic import Spec, semantic_files
from product_signals.starter import from_files, from_project, starter_text
from product_signals.stopping import let_stop, minding_signals, temporary_folder
from product_signals.swap import check_target
from product_signals.vendors import TOOLS, known_tool, left_to_do, model_files

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# Output contains names from other people's data, which may have brackets.
console = Console(
    soft_wrap=not (sys.stdout and sys.stdout.isatty()),
    markup=False,
    emoji=False,
)
errors = Console(stderr=True, soft_wrap=True, markup=False, emoji=False)

# Control characters that messages of several lines may contain.
_LAYOUT = "\n\t"

ConfigFile = Annotated[
    Path, typer.Argument(help="The configuration file, YAML.")
]
Schema = Annotated[
    str | None,
    typer.Option(
        help="The schema of the package's tables in the database, if several"
        " have them."
    ),
]
BuiltDatabase = Annotated[
    Path | None,
    typer.Option(
        help="The DuckDB file to read; by default, product_signals.duckdb."
    ),
]
ProjectDir = Annotated[
    Path | None,
    typer.Option(
        help="A dbt project that uses the package; reads its warehouse. By"
        " default, the current folder, if you give another dbt option."
    ),
]
ProfilesDir = Annotated[Path | None, typer.Option(help="As in dbt.")]
Profile = Annotated[str | None, typer.Option(help="As in dbt.")]
Target = Annotated[str | None, typer.Option(help="As in dbt.")]
Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--var",
        help="A variable of the package, NAME=VALUE; may be repeated.",
    ),
]
ColumnMap = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="Your name for a column, such as"
        " events.loaded_at=received_at; may be repeated.",
    ),
]


def _mendable(command: Callable[..., None]) -> Callable[..., None]:
    """Prints errors that the user can fix, one per line, and exits with 1."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            for given in kwargs.values():
                if isinstance(given, Path):
                    str(given).encode()  # DuckDB wants UTF-8
            command(*args, **kwargs)
        except UserError as error:
            _fail(error)
        except UnicodeEncodeError as error:
            _fail(not_text(error))
        except BrokenPipeError:
            raise  # the reader has stopped, as in "| head"
        except OSError as error:
            _fail(system_error(error))

    return guarded


def _fail(error: UserError) -> NoReturn:
    let_stop()
    for problem in error.problems:
        errors.print(f"error: {as_text(problem, kept=_LAYOUT)}")
    raise typer.Exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            callback=_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Scores and signals from product events, in your warehouse."""


@app.command()
@_mendable
def init(
    output: Annotated[Path, typer.Argument(help="The file to write.")] = Path(
        "product_signals.yml"
    ),
    events: Annotated[
        Path | None,
        typer.Option(help="Events to base the proposal on, CSV or Parquet."),
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option(help="With --events: the users who sent them."),
    ] = None,
    accounts: Annotated[
        Path | None,
        typer.Option(help="With --events: accounts, with plan and size."),
    ] = None,
    map: ColumnMap = None,
    vendor: Annotated[
        str | None,
        typer.Option(
            help="The event tool that the events come from. Without --events"
            " and --project-dir, writes input models for its tables and no"
            f" configuration. One of {', '.join(TOOLS)}."
        ),
    ] = None,
    models: Annotated[
        Path, typer.Option(help="With --vendor: the folder for the models.")
    ] = Path("models"),
    project_dir: Annotated[
        Path | None,
        typer.Option(
            help="A dbt project whose input models are built; the proposal"
            " is based on them."
        ),
    ] = None,
    profiles_dir: ProfilesDir = None,
    profile: Profile = None,
    target: Target = None,
) -> None:
    """Propose a configuration from your events, or write input models."""
    if vendor and not (events or project_dir):
        _write_models(vendor, models)
        return
    if vendor:
        known_tool(vendor)
    if output.exists():
        raise UserError(f"{output}: is there already; name another file")
    given = {"events": events, "users": users, "accounts": accounts}
    if project_dir:
        if any([*given.values(), map]):
            raise UserError(
                "--project-dir reads the input models of a dbt project; leave"
                " --events, --users, --accounts and --map out"
            )
        options = {
            "profiles-dir": profiles_dir,
            "profile": profile,
            "target": target,
        }
        with errors.status("counting"):
            proposal = from_project(project_dir, options, vendor)
    elif events:
        with errors.status("counting"):
            proposal = from_files(usual_names(_input_files(given, map)), vendor)
    else:
        proposal = Proposal(starter_text())
    _write_starter(output, proposal.text)
    console.print(f"Wrote {output}. Weights are a start; make them yours.")
    for sentence in proposal.summary:
        console.print(f"- {as_text(sentence)}")
    if proposal.look_first:
        console.print("Look first at this:")
        for sentence in proposal.look_first:
            console.print(f"- {as_text(sentence)}")
    then = ["product-signals", "seeds", str(output)]
    if project_dir:
        then += ["--project-dir", str(project_dir)]
    console.print(f"Then: {shlex.join(then)}")


def _write_models(vendor: str, models: Path) -> None:
    """Writes input models for the tables of an event tool."""
    files = model_files(vendor, models)
    models.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    console.print(f"Wrote the input models for {vendor} to {models}.")
    for sentence in left_to_do(vendor, models):
        console.print(f"- {sentence}")
    console.print(
        "Then: dbt run --select package:this, and product-signals init"
        f" --vendor {vendor} --project-dir ."
    )


@app.command()
@_mendable
def seeds(
    config: ConfigFile,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder for the CSVs; by default, seeds."),
    ] = None,
    project_dir: Annotated[
        Path | None,
        typer.Option(
            help="Your dbt project: the check reads its variables, and what"
            " the seeds and your input models need is set in its"
            " dbt_project.yml."
        ),
    ] = None,
    var: Variables = None,
) -> None:
    """Check a configuration file, then write the seed CSVs from it."""
    out = out or (project_dir or Path()) / "seeds"
    content = read_config(config)
    variables = _variables(var)
    if project_dir:
        variables = project_variables(project_dir) | variables
    with errors.status(as_text(f"checking {config}")):
        warnings = lacking(content, config)
        warnings += check_config(content, config, variables)
    _warn(warnings)
    overwritten = [
        name
        for name, text in seed_files(content).items()
        if (out / name).exists() and (out / name).read_bytes() != text.encode()
    ]
    written = write_seeds(content, out)
    console.print(f"Wrote {len(written)} files to {out}.")
    if overwritten:
        console.print(f"Changed: {', '.join(overwritten)}.")
    if project_dir:
        if done := set_up_project(project_dir, content):
            console.print(
                f"Set in {project_dir / 'dbt_project.yml'}: {', '.join(done)}."
            )
    elif content.seed_prefix != "product_signals_config":
        console.print("In dbt_project.yml:\n")
        print(
            yaml.safe_dump(
                {"vars": {"product_signals": seed_variables(content)}},
                sort_keys=False,
            )
        )


@app.command("crm-fields")
@_mendable
def crm_fields(
    tool: Annotated[Tool, typer.Argument(help="Your CRM.")],
    out: Annotated[Path, typer.Option(help="The folder for the files.")],
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration file with the bands, personas and signals"
            " to use as choices; by default, the package's own."
        ),
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="The prefix of the fields' names.")
    ] = "ps_",
    schema: Annotated[
        str | None,
        typer.Option(
            help="The schema that the syncs read: your target schema. Without"
            " it, the sync tool's connection has to name it."
        ),
    ] = None,
) -> None:
    """Write the fields that a CRM needs, and the syncs that fill them."""
    files = crm_files(
        tool, read_config(config or starter_config()), prefix, schema
    )
    write_crm_files(files, out)
    console.print(f"Wrote {len(files)} files to {out}.")


@app.command()
@_mendable
def semantic(
    spec: Annotated[
        Spec,
        typer.Option(
            help="The format: legacy for dbt 1.11 and earlier, latest for 1.12"
            " and later."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="A folder in your project's models folder.")
    ] = Path("models/product_signals"),
    time_spine: Annotated[
        bool,
        typer.Option(
            "--time-spine", help="Also write a time spine, if you have none."
        ),
    ] = False,
) -> None:
    """Write semantic models, metrics and exposures for your dbt project."""
    files = semantic_files(spec, out, time_spine)
    out.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    console.print(f"Wrote {len(files)} files to {out}.")


@app.command()
@_mendable
def check(
    what: Annotated[
        Path,
        typer.Argument(help="A configuration file, or a folder of seed CSVs."),
    ],
    database: Annotated[
        Path | None,
        typer.Option(
            help="A DuckDB file that the package was built in; looks for rules"
            " that never or always held in its last 90 days."
        ),
    ] = None,
    schema: Schema = None,
    var: Variables = None,
) -> None:
    """Check a configuration file, or seeds edited by hand."""
    variables = _variables(var)
    if what.is_dir():
        if database:
            raise UserError(
                "--database works with a configuration file; of seeds that"
                " are built, product_signals__signal_digest counts the days"
            )
        with errors.status(as_text(f"checking {what}")):
            warnings = check_seeds(what, variables, notes=True)
    else:
        config = read_config(what)
        if database:
            connect(database, schema).close()
        with errors.status(as_text(f"checking {what}")):
            warnings = lacking(config, what)
            warnings += check_config(config, what, variables, notes=True)
            if database:
                with readable(database):
                    warnings += check_rules(config, what, database, schema)
    _warn(warnings)
    console.print(f"{what} is fine.")


@app.command()
@_mendable
def explain(
    what: Annotated[
        str,
        typer.Argument(
            help="An account's id, name or domain, or a user's id, name or"
            " email."
        ),
    ],
    entity: Annotated[
        Literal["account", "user"] | None,
        typer.Option(help="Only search accounts, or only users."),
    ] = None,
    database: BuiltDatabase = None,
    schema: Schema = None,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    profile: Profile = None,
    target: Target = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs.")
    ] = False,
) -> None:
    """Explain how an account or a user is doing, and why."""
    tables = _tables(
        database, schema, project_dir, profiles_dir, profile, target
    )
    with errors.status(as_text(f"looking for {what}")), tables as ask:
        explained = explanation(ask, what, entity)
    if json:
        print(as_json(explained))
    else:
        print_explanation(explained, console)


@app.command()
@_mendable
def report(
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; by default, the database's name and folder"
            " with .html."
        ),
    ] = None,
    accounts: Annotated[
        int,
        typer.Option(
            min=1, help="Maximum number of accounts of the work list."
        ),
    ] = REPORTED_ACCOUNTS,
    database: BuiltDatabase = None,
    schema: Schema = None,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    profile: Profile = None,
    target: Target = None,
) -> None:
    """Write one HTML page about all accounts."""
    tables = _tables(
        database, schema, project_dir, profiles_dir, profile, target
    )
    if out is None:
        out = (database or DATABASE).with_suffix(".html")
    with errors.status(as_text(f"writing {out}")), tables as ask:
        write_report(ask, out, accounts)
    console.print(f"Wrote {out}: open it in a browser.")


@app.command()
@_mendable
def post(
    webhook: Annotated[
        str,
        typer.Option(
            envvar="PRODUCT_SIGNALS_WEBHOOK",
            help="The webhook to post to: Slack's, or one that takes the same.",
        ),
    ] = "",
    team: Annotated[
        str | None,
        typer.Option(
            help="The team whose alerts to send, if there are several."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="The first day whose alerts to send, YYYY-MM-DD; by default,"
            " the last day when you first use post."
        ),
    ] = None,
    state: Annotated[
        Path, typer.Option(help="The file that records what was sent; keep it.")
    ] = Path("product_signals_posted.sqlite"),
    database: BuiltDatabase = None,
    schema: Schema = None,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    profile: Profile = None,
    target: Target = None,
) -> None:
    """Send new alerts to a channel, each at most once."""
    with needing("httpx", "httpx", "post"):
        from product_signals.post import (
            address_of,
            new_alerts,
            notes,
            post_alerts,
        )
    try:
        first_day = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise UserError(
            f'--since "{since}" is not a day; write it like 2024-03-05'
        ) from error
    address = address_of(webhook)
    tables = _tables(
        database, schema, project_dir, profiles_dir, profile, target
    )
    with notes(state) as noted:
        with errors.status("looking for alerts"), tables as ask:
            alerts = new_alerts(ask, team, noted, first_day)
        for alert_id in noted.left():
            errors.print(
                f"warning: alert {alert_id} may not have arrived: an earlier"
                " post was stopped while it sent it. It is not sent again"
            )
        console.print(f"Sent {post_alerts(alerts, address, noted)}.")


@app.command()
@_mendable
def show(
    accounts: Annotated[
        int, typer.Option(min=1, help="Maximum number of accounts.")
    ] = ACCOUNTS,
    database: Annotated[
        Path, typer.Option(help="The DuckDB file to read.")
    ] = DATABASE,
    schema: Schema = None,
) -> None:
    """Summarise all accounts, and show which to act on first."""
    print_screen(database, console, accounts, schema)


@app.command()
@_mendable
def run(
    events: Annotated[Path, typer.Option(help="Events, CSV or Parquet.")],
    users: Annotated[Path, typer.Option(help="Users.")],
    accounts: Annotated[Path, typer.Option(help="Accounts.")],
    account_history: Annotated[
        Path | None, typer.Option(help="Attributes of accounts over time.")
    ] = None,
    memberships: Annotated[
        Path | None, typer.Option(help="Accounts of users over time.")
    ] = None,
    usage_limits: Annotated[
        Path | None, typer.Option(help="Used and allowed, by meter.")
    ] = None,
    surveys: Annotated[
        Path | None,
        typer.Option(help="Survey answers of accounts, with a score."),
    ] = None,
    communications: Annotated[
        Path | None, typer.Option(help="Emails, calls and other messages.")
    ] = None,
    tickets: Annotated[
        Path | None, typer.Option(help="Support tickets of accounts.")
    ] = None,
    assessments: Annotated[
        Path | None, typer.Option(help="Ratings of accounts by your team.")
    ] = None,
    subscription_changes: Annotated[
        Path | None, typer.Option(help="New, changed and ended subscriptions.")
    ] = None,
    signal_responses: Annotated[
        Path | None, typer.Option(help="Your team's responses to signals.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration file. Without it, one is made from the"
            " events and kept next to the database."
        ),
    ] = None,
    database: Annotated[
        Path, typer.Option(help="The DuckDB file to create.")
    ] = DATABASE,
    map: ColumnMap = None,
    var: Variables = None,
) -> None:
    """Score your event, user and account files on DuckDB."""
    given = {
        "events": events,
        "users": users,
        "accounts": accounts,
        "account_history": account_history,
        "memberships": memberships,
        "usage_limits": usage_limits,
        "surveys": surveys,
        "communications": communications,
        "tickets": tickets,
        "assessments": assessments,
        "subscription_changes": subscription_changes,
        "signal_responses": signal_responses,
    }
    variables = _variables(var)
    attributes = {
        f"{entity}s": variables.get(f"{entity}_attributes", [])
        for entity in ("account", "user")
    }
    attributes["account_history"] = attributes["accounts"]
    inputs = usual_names(_input_files(given, map), attributes)
    check_target(database)
    _say_what_is_read(inputs, attributes)
    if config is None:
        config = database.with_suffix(".yml")
        if config == database:
            raise UserError(
                f"{database}: is the name of the configuration beside it; call"
                f" the database {database.with_suffix('.duckdb')}"
            )
        if not config.exists():
            _write_starter(config, from_files(inputs).text)
            console.print(f"Wrote {config} from the events, as a start.")
        else:
            console.print(f"Using {config}.")
    content = read_config(config)
    _warn(lacking(content, config))
    with _progress() as progress:
        outcome = run_files(content, inputs, database, variables, progress)
    _warn(outcome.warnings)
    print_screen(database, console)


@app.command()
@_mendable
def compare(
    before: Annotated[
        Path | None,
        typer.Argument(
            help="A DuckDB file that was built; by default,"
            " product_signals.duckdb."
        ),
    ] = None,
    after: Annotated[
        Path | None,
        typer.Argument(
            help="One built from the same files by another configuration; by"
            " default, the same file, with --other-schema."
        ),
    ] = None,
    accounts: Annotated[
        int,
        typer.Option(
            min=0, help="Maximum number of accounts in another band to name."
        ),
    ] = 10,
    schema: Schema = None,
    other_schema: Annotated[
        str | None,
        typer.Option(
            help="The schema of the other configuration's tables, likewise."
        ),
    ] = None,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    profile: Profile = None,
    target: Target = None,
    other_target: Annotated[
        str | None,
        typer.Option(
            help="The target that dbt built the other configuration in."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what another configuration changes, over all of history.

    It compares two DuckDB files, two schemas of one, or two targets of a dbt
    project.
    """
    if project_dir or profiles_dir or profile or target or other_target:
        if before or schema or other_schema:
            raise UserError(
                "files, --schema and --other-schema are for DuckDB files; of a"
                " dbt project, give --target and --other-target"
            )
        if other_target is None:
            raise UserError(
                "there is nothing to compare with; give the target of the other"
                " configuration with --other-target"
            )
        project = project_dir or Path()
        sides = [
            Side(
                f"{project}, {f'target {one}' if one else 'default target'}",
                _tables(None, None, project, profiles_dir, profile, one),
            )
            for one in (target, other_target)
        ]
    else:
        if after is None and other_schema is None:
            raise UserError(
                "there is nothing to compare with; give two DuckDB files, or"
                " two schemas of one with --schema and --other-schema, or two"
                " targets of a dbt project with --target and --other-target"
            )
        before = before or DATABASE
        sides = [
            Side(
                f"{file}, schema {name}" if name else str(file),
                in_database(file, name, option),
            )
            for file, name, option in (
                (before, schema, "--schema"),
                (after or before, other_schema, "--other-schema"),
            )
        ]
    with errors.status("comparing"):
        found = compare_sides(*sides)
    if json:
        print(dumps(asdict(found), default=str, indent=2))
    else:
        print_comparison(found, console, accounts)


@app.command()
@_mendable
def demo(
    database: Annotated[
        Path | None,
        typer.Option(
            help="The DuckDB file to create; by default,"
            " product_signals_demo.duckdb, or product_signals_trial.duckdb."
        ),
    ] = None,
    example: Annotated[
        Literal["crm", "trial"],
        typer.Option(
            help="crm: nine months of a CRM product's events. trial: a smaller,"
            " made-up example with trials, deals and all other inputs."
        ),
    ] = "crm",
) -> None:
    """Build an example and print what to do first."""
    if database is None:
        name = {"crm": "demo"}.get(example, example)
        database = Path(f"product_signals_{name}.duckdb")
    with _progress() as progress:
        run_demo(database, progress, example)
    print_screen(database, console)
    _write_page(database)


@app.command()
@_mendable
def bench(
    events: Annotated[
        int, typer.Option(min=1, help="Approximate number of events.")
    ] = 1_000_000,
    days: Annotated[
        int, typer.Option(min=1, help="Number of days that they cover.")
    ] = 730,
    users: Annotated[
        int | None,
        typer.Option(
            min=1, help="Number of users; by default, one per 250 events."
        ),
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(help="DuckDB's memory limit, such as 4GB.")
    ] = None,
    day_memory_limit: Annotated[
        str | None,
        typer.Option(help="The same, for the run of one more day."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="DuckDB's threads.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="A file to write the figures to.")
    ] = None,
) -> None:
    """Time a full build of made-up events, one more day, and late events."""
    with needing("numpy", "numpy", "bench"):
        from product_signals.bench import (
            Size,
            measure,
            print_costs,
            summary,
        )
    size = Size(events, days, users)

    def settings(memory: str | None) -> dict[str, Any]:
        given: dict[str, Any] = {"threads": threads} if threads else {}
        if memory:
            # Keeping rows in their order of insertion takes memory.
            given |= {"memory_limit": memory, "preserve_insertion_order": False}
        return given

    costs = {}
    for step, cost in measure(
        size,
        settings(memory_limit),
        settings(day_memory_limit or memory_limit),
    ):
        console.print(
            f"{step}: {cost.seconds:.1f} s, cpu {cost.cpu_seconds:.1f} s,"
            f" at most {cost.peak_mb:,.0f} MiB"
        )
        costs[step] = cost
    figures = summary(size, costs)
    print_costs(costs["build"].models, console)
    console.print(
        f"build: {figures['ratio']} × the floor, in cpu seconds"
        f" {figures['cpu_ratio']} ×"
    )
    console.print(
        f"one more day: {figures['day_percent']} % of the build;"
        f" with late events of 31 days: {figures['late_days_percent']} %"
    )
    if json:
        json.write_text(dumps(figures, indent=2) + "\n", encoding="utf-8")


@app.command()
@_mendable
def truth(
    databases: Annotated[
        list[Path],
        typer.Argument(
            help="DuckDB files that were built, or folders of them."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder for the CSVs.")],
    schema: Schema = None,
) -> None:
    """Measure how well signals and scores predicted, on past months."""
    with needing("numpy", "numpy", "truth"):
        from product_signals.truth import FILES, write_truth
    files = [
        file
        for given in databases
        for file in (
            sorted(given.glob("*.duckdb")) if given.is_dir() else [given]
        )
    ]
    if not files:
        raise UserError("there is no .duckdb file; give one, or its folder")
    write_truth(files, out, schema)
    console.print(f"Wrote {', '.join(FILES)} to {out}.")


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
    }
)
@_mendable
def test(context: typer.Context) -> None:
    """Run the package's own tests on DuckDB; other arguments go to pytest."""
    with needing("pytest", "pytest", "test"):
        import pytest
    tests = package_root() / "tests" / "python"
    if not tests.is_dir():
        raise UserError("the tests are in the repository, not in the wheel")
    suites = [str(tests / name) for name in ("package", "helper")]
    raise typer.Exit(pytest.main([*suites, *context.args]))


@app.command(hidden=True)
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    print(config_schema(), end="")


@app.command(hidden=True)
@_mendable
def pages(
    folder: Annotated[
        Path, typer.Argument(help="The folder of why.yml and the CSVs.")
    ],
) -> None:
    """Write the pages of the package's own signals."""
    from product_signals.pages import write_pages

    count = write_pages(package_root() / "seeds", folder)
    console.print(f"Wrote {count} pages to {folder}.")


def _tables(
    database: Path | None,
    schema: str | None,
    project_dir: Path | None,
    profiles_dir: Path | None,
    profile: str | None,
    target: str | None,
) -> AbstractContextManager[Ask]:
    """Queries the public tables in a DuckDB file or a project's warehouse."""
    options = {
        "profiles-dir": profiles_dir,
        "profile": profile,
        "target": target,
    }
    if project_dir is None and not any(options.values()):
        return in_database(database or DATABASE, schema)
    if database or schema:
        raise UserError(
            "--database and --schema are for a DuckDB file; of a dbt project,"
            " dbt knows where the tables are"
        )
    return in_project(project_dir or Path(), options)


def _write_page(database: Path) -> None:
    """Writes the page beside a database, if its libraries are installed."""
    if find_spec("vl_convert") is None:
        console.print("A page: pip install 'product-signals[report]'")
        return
    page = database.with_suffix(".html")
    with (
        errors.status(as_text(f"writing {page}")),
        in_database(database) as ask,
    ):
        write_report(ask, page)
    console.print(f"The page is {page}")


def _variables(entries: list[str] | None) -> dict[str, Any]:
    """Reads NAME=VALUE entries; values are YAML."""
    known = package_variables()
    variables = {}
    for entry in entries or []:
        name, equals, value = entry.partition("=")
        if not (name and equals):
            raise UserError(
                f'--var "{entry}" is not NAME=VALUE; write it like'
                " size_column=seats"
            )
        if name not in known:
            raise UserError(
                f'--var "{entry}": there is no variable {name}; '
                + nearest(name, known)
            )
        variables[name] = _value(entry, value, known[name])
    return variables


def _value(entry: str, text: str, default: Any) -> Any:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first_line = str(error).splitlines()[0]
        raise UserError(
            f'--var "{entry}": the value is not YAML ({first_line}); write a'
            " list like [plan, region], and put other text in quotes"
        ) from error
    if isinstance(value, date):
        return text  # the package expects dates as text
    if isinstance(default, list) and not (
        isinstance(value, list) and all(isinstance(one, str) for one in value)
    ):
        raise UserError(
            f'--var "{entry}": is not a list of names; write it like'
            f" {entry.partition('=')[0]}=[plan, region]"
        )
    return value


def _input_files(
    given: dict[str, Path | None], map: list[str] | None
) -> dict[str, InputFile]:
    """The given files, and what they call their columns."""
    columns = parse_column_map(map or [])
    return {
        name: InputFile(path, columns.get(name, {}))
        for name, path in given.items()
        if path is not None
    }


def _say_what_is_read(
    inputs: dict[str, InputFile], attributes: dict[str, list[str]]
) -> None:
    """Says which columns are taken for those of the contract, or are unused."""
    usual = " ".join(
        shlex.join(["--map", f"{name}.{target}={column}"])
        for name, given in inputs.items()
        for target, column in given.usual.items()
    )
    if usual:
        console.print(
            f"Read as with {as_text(usual)}; rename a column that is something"
            " else."
        )
    unused = unused_columns(inputs, attributes)
    for name, columns in unused.items():
        if columns:
            listed = f"{inputs[name].path}: columns not used: "
            console.print(as_text(f"{listed}{', '.join(columns)}."))
    if any(unused.values()):
        console.print(
            "For the columns, see Input models and columns (docs/inputs.md)."
            " --map maps one of your columns to one of them; --var"
            " account_attributes=[…] lets you slice by it."
        )


def _write_starter(path: Path, text: str) -> None:
    """Writes a first configuration, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(dir=path.parent, prefix=".writing-") as folder:
        draft = folder / path.name
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def _warn(warnings: list[str]) -> None:
    for warning in warnings:
        errors.print(f"warning: {as_text(warning, kept=_LAYOUT)}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """Shows which table is being built."""
    with Progress(
        TextColumn("building"),
        BarColumn(),
        TextColumn(
            "{task.completed}/{task.total} {task.description}", markup=False
        ),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=None)

        def show(number: int, total: int, name: str) -> None:
            bar.update(task, completed=number, total=total, description=name)

        yield show


def main() -> None:
    """Runs the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Don't stop because a terminal lacks a character.
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] == ["test"]:
        app()  # pytest handles signals itself
    with minding_signals(), _nothing_raw():
        app()


@contextmanager
def _nothing_raw() -> Iterator[None]:
    """Prints a bug in this program as something to report."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would try to flush the rest again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        let_stop()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        with suppress(OSError):
            errors.print(
                "error: product-signals met something that it does not know."
                " No database was changed unless it says so above. Please"
                " report this line and the command: version"
                f" {__version__}, {type(error).__name__} in"
                f" {Path(frame.filename).name}, line {frame.lineno}:"
                f" {as_text(str(error))}"
            )
        sys.exit(1)
