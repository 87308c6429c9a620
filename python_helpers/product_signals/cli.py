"""The command product-signals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from product_signals import __version__
from product_signals.config import config_schema, nearest, read_config
from product_signals.errors import UserError
from product_signals.gate import check_config, check_seeds
from product_signals.inputs import InputFile, parse_column_map
from product_signals.package import package_root
from product_signals.report import print_account, print_costs, print_report
from product_signals.rules import check_rules
from product_signals.runner import run as run_files
from product_signals.runner import run_demo
from product_signals.seeds import seed_files, seed_variables, write_seeds
from product_signals.starter import write_starter

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# What is printed has names of other people's in it, brackets and all.
console = Console(soft_wrap=not sys.stdout.isatty(), markup=False)
errors = Console(stderr=True, soft_wrap=True)

ConfigFile = Annotated[
    Path, typer.Argument(help="The configuration file, YAML.")
]
Schema = Annotated[
    str | None,
    typer.Option(
        help="Where the package's tables are in the database, if they are in"
        " several schemas."
    ),
]
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
        help="What your file calls a column: events.loaded_at=received_at;"
        " may be repeated.",
    ),
]


def _mendable(command: Callable[..., None]) -> Callable[..., None]:
    """Prints errors that the user can mend, one a line, and exits with 1."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except UserError as error:
            for problem in error.problems:
                errors.print(f"error: {problem}", markup=False)
            raise typer.Exit(1) from error

    return guarded


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
        typer.Option(help="Events to take the names from, CSV or Parquet."),
    ] = None,
    map: ColumnMap = None,
) -> None:
    """Write a configuration file to start from."""
    if output.exists():
        raise UserError(f"{output}: is there already; name another file")
    columns = parse_column_map(map or [])
    write_starter(
        output, InputFile(events, columns.get("events", {})) if events else None
    )
    console.print(f"Wrote {output}. Weights are a start; make them yours.")


@app.command()
@_mendable
def seeds(
    config: ConfigFile,
    out: Annotated[Path, typer.Option(help="The folder for the CSVs.")] = Path(
        "seeds"
    ),
    var: Variables = None,
) -> None:
    """Write the seed CSVs from a configuration file, once it is checked."""
    content = read_config(config)
    _warn(check_config(content, config, _variables(var)))
    overwritten = [
        name
        for name, text in seed_files(content).items()
        if (out / name).exists()
        and (out / name).read_text(encoding="utf-8") != text
    ]
    written = write_seeds(content, out)
    console.print(f"Wrote {len(written)} files to {out}.")
    if overwritten:
        console.print(f"Changed: {', '.join(overwritten)}.")
    if content.seed_prefix != "product_signals_config":
        console.print("In dbt_project.yml:\n")
        print(
            yaml.safe_dump(
                {"vars": {"product_signals": seed_variables(content)}},
                sort_keys=False,
            )
        )


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
            help="A DuckDB file that the package was built in: look for rules"
            " that held never or always in its last 90 days."
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
        _warn(check_seeds(what, variables))
    else:
        config = read_config(what)
        _warn(check_config(config, what, variables))
        if database:
            _warn(check_rules(config, what, database, schema))
    console.print(f"{what} is fine.")


@app.command()
@_mendable
def explain(
    account: Annotated[str, typer.Argument(help="Its account_id.")],
    database: Annotated[
        Path, typer.Option(help="The DuckDB file that was built.")
    ] = Path("product_signals.duckdb"),
    schema: Schema = None,
) -> None:
    """Say where an account stands, and why."""
    print_account(database, account, console, schema)


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
        Path | None, typer.Option(help="Answers of accounts, with a score.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration file. Without one, a first one is made"
            " from the events and kept beside the database."
        ),
    ] = None,
    database: Annotated[
        Path, typer.Option(help="The DuckDB file to make.")
    ] = Path("product_signals.duckdb"),
    map: ColumnMap = None,
    var: Variables = None,
) -> None:
    """Score your event, user and account files on DuckDB."""
    columns = parse_column_map(map or [])
    given = {
        "events": events,
        "users": users,
        "accounts": accounts,
        "account_history": account_history,
        "memberships": memberships,
        "usage_limits": usage_limits,
        "surveys": surveys,
    }
    inputs = {
        name: InputFile(path, columns.get(name, {}))
        for name, path in given.items()
        if path is not None
    }
    if config is None:
        config = database.with_suffix(".yml")
        if not config.exists():
            write_starter(config, inputs["events"])
            console.print(f"Wrote {config} from the events, as a start.")
        else:
            console.print(f"Using {config}.")
    with _progress() as progress:
        outcome = run_files(
            read_config(config), inputs, database, _variables(var), progress
        )
    _warn(outcome.warnings)
    print_report(database, console)


@app.command()
@_mendable
def demo(
    database: Annotated[
        Path, typer.Option(help="The DuckDB file to make.")
    ] = Path("product_signals_demo.duckdb"),
) -> None:
    """Build the example: nine months of a CRM product's events."""
    with _progress() as progress:
        run_demo(database, progress)
    print_report(database, console)


@app.command()
@_mendable
def bench(
    events: Annotated[int, typer.Option(help="How many, roughly.")] = 1_000_000,
    days: Annotated[int, typer.Option(help="Over how many days.")] = 730,
    users: Annotated[
        int, typer.Option(help="How many; by default, one per 250 events.")
    ] = 0,
    memory_limit: Annotated[
        str | None, typer.Option(help="DuckDB's, such as 4GB.")
    ] = None,
    day_memory_limit: Annotated[
        str | None,
        typer.Option(help="The same for the run of one more day."),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="DuckDB's.")] = None,
    json: Annotated[
        Path | None, typer.Option(help="A file for the figures.")
    ] = None,
) -> None:
    """Measure a full build on made-up events, a day more, and late ones."""
    try:
        from product_signals.bench import Size, measure, summary
    except ImportError as error:
        raise UserError(
            "numpy is not installed; pip install 'product-signals[bench]'"
        ) from error
    size = Size(events, days, users)

    def settings(memory: str | None) -> dict[str, Any]:
        given: dict[str, Any] = {"threads": threads} if threads else {}
        if memory:
            # Keeping rows in the order in which they come takes memory.
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


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
    }
)
@_mendable
def test(context: typer.Context) -> None:
    """Run the package's own tests on DuckDB; more arguments go to pytest."""
    try:
        import pytest
    except ImportError as error:
        raise UserError(
            "pytest is not installed; pip install 'product-signals[test]'"
        ) from error
    tests = package_root() / "tests" / "python"
    if not tests.is_dir():
        raise UserError("the tests are in the repository, not in the wheel")
    suites = [str(tests / name) for name in ("package", "helper")]
    raise typer.Exit(pytest.main([*suites, *context.args]))


@app.command(hidden=True)
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    print(config_schema(), end="")


def _variables(entries: list[str] | None) -> dict[str, Any]:
    """Reads NAME=VALUE entries; values are YAML."""
    project = (package_root() / "dbt_project.yml").read_text(encoding="utf-8")
    known = yaml.safe_load(project)["vars"]
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
        # A date stays the text that the package takes.
        variables[name] = (
            value if value.count("-") == 2 else yaml.safe_load(value)
        )
    return variables


def _warn(warnings: list[str]) -> None:
    for warning in warnings:
        errors.print(f"warning: {warning}", markup=False)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """Shows which table is being built."""
    with Progress(
        TextColumn("building"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    ) as bar:
        task = bar.add_task("starting", total=None)

        def show(number: int, total: int, name: str) -> None:
            bar.update(task, completed=number, total=total, description=name)

        yield show


def main() -> None:
    """The console script."""
    app()
