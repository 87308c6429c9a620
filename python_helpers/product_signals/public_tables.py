"""Reads the public tables, wherever they were built."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb

from product_signals.builder import Outcome, problems
from product_signals.errors import UserError
from product_signals.inputs import NEEDED
from product_signals.project import input_model
from product_signals.rules import connect

# Takes a query with {accounts} for product_signals__accounts and a ? for each
# value; returns each row as column -> value.
Ask = Callable[..., list[dict[str, Any]]]

# Apart from the cache of the project's own dbt runs, which another version of
# dbt, other variables or another target would spoil.
_CACHE = "target/product_signals"

_NAME = re.compile(r"\{(\w+)\}")


@contextmanager
def readable(database: Path) -> Iterator[None]:
    """Turns DuckDB's errors into one that says what is wrong with a database.

    Args:
        database: The database that is read inside.

    Raises:
        UserError: DuckDB could not read it: another version built it, or it
            is broken.
    """
    try:
        yield
    except duckdb.Error as error:
        first_line = str(error).strip().splitlines()[0]
        raise UserError(
            f"{database}: can't be read as a database of this version of the"
            f" package ({first_line}); build it again"
        ) from error


@contextmanager
def in_database(
    database: Path, schema: str | None = None, option: str = "--schema"
) -> Iterator[Ask]:
    """Queries a DuckDB file.

    Args:
        database: A file that the package was built in.
        schema: As in connect().
        option: As in connect().

    Yields:
        A function that runs queries.

    Raises:
        UserError: As in connect(), or another version built the tables.
    """
    with (
        readable(database),
        connect(database, schema, option) as connection,
    ):

        def ask(query: str, *values: Any) -> list[dict[str, Any]]:
            query = _NAME.sub(r"product_signals__\1", query)
            return rows_of(connection.execute(query, values))

        yield ask


@contextmanager
def in_project(project: Path, options: dict[str, Any]) -> Iterator[Ask]:
    """Queries the warehouse that a dbt project builds in.

    dbt says where the tables are, so any schema works, and any warehouse that
    dbt has an adapter for.

    Args:
        project: The folder of a project that uses the package.
        options: dbt options by name, such as target; those that are None are
            left out.

    Yields:
        A function that runs queries.

    Raises:
        UserError: dbt can't read the project or the profile, or reach the
            warehouse, or a table is missing.
    """
    with _warehouse(project, options) as (manifest, cursor_of):

        def place(found: re.Match[str]) -> str:
            name = f"product_signals__{found[1]}"
            node = manifest.nodes.get(f"model.product_signals.{name}")
            if node is None:
                raise UserError(
                    f"{project}: has no model {name}; add the package to its"
                    " packages.yml, or switch the model on"
                )
            return node.relation_name

        def ask(query: str, *values: Any) -> list[dict[str, Any]]:
            return rows_of(cursor_of(_NAME.sub(place, query), values))

        yield ask


class Querying:
    """Queries a warehouse in its own SQL.

    Args:
        cursor_of: Returns the cursor of a query.
    """

    def __init__(self, cursor_of: Callable[..., Any]) -> None:
        self._cursor_of = cursor_of

    def __call__(self, query: str) -> list[tuple]:
        """Returns the rows of a query."""
        return [tuple(row) for row in self._cursor_of(query).fetchall()]

    def columns(self, relation: str) -> list[str]:
        """Returns the columns of a relation, in lower case."""
        cursor = self._cursor_of(f"select * from {relation} where 1 = 0")
        return [column[0].lower() for column in cursor.description]


@contextmanager
def input_relations(
    project: Path, options: dict[str, Any]
) -> Iterator[tuple[Querying, dict[str, str], str]]:
    """Queries the input models in a dbt project's warehouse.

    Args:
        project: As in in_project().
        options: As in in_project().

    Yields:
        A function that runs queries; the relations of events, users and
        accounts, as far as they exist; and SQL for the day of an event.

    Raises:
        UserError: As in in_project(); or there is no model of events.
    """
    with _warehouse(project, options) as (manifest, cursor_of):
        names = {input_model(project, name): name for name in NEEDED}
        nodes = {
            names[node.name]: node
            for node in manifest.nodes.values()
            if node.resource_type == "model" and node.name in names
        }
        if "events" not in nodes:
            raise UserError(
                f"{project}: has no model {input_model(project, 'events')};"
                " write it, or have it written with init --vendor"
            )
        relations = {name: node.relation_name for name, node in nodes.items()}
        yield Querying(cursor_of), relations, _day(manifest, nodes["events"])


def _day(manifest: Any, events: Any) -> str:
    """SQL for the day of an event, in the time zone of a build."""
    from dbt.adapters.factory import get_adapter_by_type

    adapter = get_adapter_by_type(manifest.metadata.adapter_type)
    columns = adapter.get_columns_in_relation(
        adapter.Relation.create_from(adapter.config, events)
    )
    types = {column.name.lower(): column.data_type for column in columns}
    if (
        "occurred_at" not in types
        or "macro.product_signals.to_day" not in manifest.macros
    ):
        return "cast(events.occurred_at as date)"

    def of_package(macro: str, **arguments: str) -> str:
        return adapter.execute_macro(
            macro, project="product_signals", kwargs=arguments
        )

    kind = of_package("kind_of", data_type=types["occurred_at"])
    return of_package("to_day", column_name="events.occurred_at", kind=kind)


@contextmanager
def _warehouse(
    project: Path, options: dict[str, Any]
) -> Iterator[tuple[Any, Callable[..., Any]]]:
    """What dbt knows about a project, and a way to query its warehouse."""
    # dbt takes seconds to import, and not every command runs it.
    from dbt.adapters.factory import get_adapter_by_type
    from dbt_common.exceptions import DbtBaseException

    manifest = _manifest(project, options)
    # dbt has just made this adapter for the profile.
    adapter = get_adapter_by_type(manifest.metadata.adapter_type)

    def cursor_of(query: str, values: tuple = ()) -> Any:
        # Adapters print things that nobody needs.
        with redirect_stdout(StringIO()):
            # DuckDB's connection has a handle only once it is connected.
            adapter.connections.get_thread_connection().handle  # noqa: B018
            if values:
                placeholder = adapter.execute_macro("get_binding_char").strip()
                query = query.replace("?", placeholder)
            _, cursor = adapter.add_query(query, bindings=values or None)
            return cursor

    try:
        with adapter.connection_named("product_signals"):
            yield manifest, cursor_of
    except (DbtBaseException, duckdb.Error) as error:
        # Some warehouses repeat the query in their error.
        said = " ".join(str(error).partition("LINE 1")[0].split())
        raise UserError(
            f"{project}: the warehouse can't be asked ({said}); mend that, or"
            " run dbt build there first"
        ) from error
    finally:
        adapter.cleanup_connections()
        _close_files()


def _manifest(project: Path, options: dict[str, Any]) -> Any:
    """What dbt knows about a project."""
    from dbt.cli.main import dbtRunner

    if not (project / "dbt_project.yml").is_file():
        raise UserError(
            f"{project}: has no dbt_project.yml; name the folder of your dbt"
            " project with --project-dir"
        )
    beside = project / "profiles.yml"
    if "DBT_PROFILES_DIR" not in os.environ and beside.is_file():
        # dbt finds this one by itself only when it runs in the folder.
        options = {
            **options,
            "profiles-dir": options["profiles-dir"] or project,
        }
    command = [
        "parse",
        "--project-dir", str(project),
        "--target-path", _CACHE,
        "--log-path", gettempdir(),  # dbt makes this folder, even if empty
        "--log-level", "none",
        "--log-level-file", "none",
        "--no-write-json",
        "--no-version-check",
        "--no-send-anonymous-usage-stats",
    ]  # fmt: skip
    for name, value in options.items():
        if value is not None:
            command += [f"--{name}", str(value)]
    result = dbtRunner().invoke(command)
    if result.success:
        return result.result
    said = problems(result, Outcome())
    missing = re.search(r"Could not find adapter type (\w+)", " ".join(said))
    if missing:
        raise UserError(
            f"{project}: the profile is for {missing[1]}, and dbt-{missing[1]}"
            f" is not installed; {sys.executable} -m pip install"
            f" dbt-{missing[1]}"
        )
    raise UserError(
        *(
            f"{project}: dbt can't read it ({' '.join(problem.split())});"
            " mend that, or say where to look with --profiles-dir, --profile"
            " and --target"
            for problem in said
        )
    )


def _close_files() -> None:
    """Closes a DuckDB file, which dbt keeps open."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def rows_of(cursor: Any) -> list[dict[str, Any]]:
    """Returns the rows of a query, each as column -> value."""
    # Snowflake returns names in capitals.
    names = [column[0].lower() for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
