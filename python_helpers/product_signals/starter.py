"""Makes a first configuration: the defaults, or a proposal from events."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from product_signals.errors import UserError
from product_signals.inputs import InputFile, column_names, load_inputs
from product_signals.names import words
from product_signals.observed import Source
from product_signals.package import starter_config
from product_signals.proposal import Proposal, propose
from product_signals.public_tables import input_relations
from product_signals.sql import identifier
from product_signals.stopping import temporary_folder

# Optional columns to count; others are not loaded.
_COUNTED = {
    "events": ("account_id", "event_count", "actor_type"),
    "users": (),
    "accounts": ("plan", "tier", "employees", "seats", "mrr"),
}


def starter_text() -> str:
    """Returns the defaults as the text of a configuration file."""
    text = starter_config().read_text(encoding="utf-8")
    text = re.sub(r"^# yaml-language-server.*\n#\n", "", text)
    # dbt refuses a seed with the name of one of the package's, even if that one
    # is disabled.
    return re.sub(
        r"^seed_prefix:.*$",
        "seed_prefix: my_product_signals",
        text,
        flags=re.MULTILINE,
    )


def from_files(
    inputs: dict[str, InputFile], vendor: str | None = None
) -> Proposal:
    """Proposes a configuration from files.

    Args:
        inputs: events, and users and accounts if there are any.
        vendor: The event tool that wrote the events, whose column names are
            known.

    Raises:
        UserError: A file can't be read, or has no events.
    """
    inputs = {name: inputs[name] for name in _COUNTED if name in inputs}
    if vendor:
        inputs["events"] = preset_columns(inputs["events"], vendor)
    with (
        temporary_folder(prefix="product-signals-") as folder,
        duckdb.connect(str(folder / "counted.duckdb")) as connection,
    ):
        # Days are those of a run, not of this computer.
        connection.execute("set timezone = 'UTC'")
        load_inputs(connection, inputs, only=_COUNTED)
        return _proposal(_loaded(connection, inputs), vendor)


def from_project(
    project: Path, options: dict[str, Any], vendor: str | None = None
) -> Proposal:
    """Proposes a configuration from the input models of a dbt project.

    Args:
        project: The project, whose input models are built.
        options: dbt options by name.
        vendor: The event tool, if it is known.

    Raises:
        UserError: As in input_relations(), or there are no events.
    """
    with input_relations(project, options) as (query, relations, day):
        columns = {
            name: frozenset(query.columns(relation))
            for name, relation in relations.items()
        }
        source = Source(
            query,
            relations["events"],
            columns["events"],
            day,
            str(project),
            relations.get("users"),
            relations.get("accounts"),
            columns.get("accounts", frozenset()),
        )
        return _proposal(source, vendor)


def preset_columns(given: InputFile, vendor: str) -> InputFile:
    """Adds the tool's column names to a file, unless columns are mapped."""
    known = words("columns").get(vendor, {})
    present = {name.lower() for name in column_names("events", given)}
    preset = {
        target: found
        for target, names in known.items()
        if target not in present or target in given.columns
        if (found := next((n for n in names if n.lower() in present), None))
    }
    return replace(given, columns=preset | given.columns)


def _proposal(source: Source, vendor: str | None) -> Proposal:
    [(count,)] = source.query(
        f"select count(*) from {source.events}"
        " where trim(cast(event_name as text)) <> ''"
    )
    if not count:
        raise UserError(f"{source.place}: has no events; give a file that has")
    return propose(starter_text(), source, vendor)


def _loaded(
    connection: duckdb.DuckDBPyConnection, inputs: dict[str, InputFile]
) -> Source:
    """Loads files as a source; unreadable numbers and days become null."""
    columns = {}
    for name in inputs:
        columns[name] = dict(
            connection.execute(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'raw' and table_name = ?",
                [name],
            ).fetchall()
        )
        numbers = {"event_count", "employees", "seats", "mrr"}
        selected = ", ".join(
            f"try_cast({identifier(column)} as double) as {column.lower()}"
            if column.lower() in numbers
            else f"{identifier(column)} as {column.lower()}"
            for column in columns[name]
        )
        connection.execute(
            f"create view {name} as select {selected} from raw.{name}"
        )
    types = {name.lower(): kind for name, kind in columns["events"].items()}
    day = "cast(events.occurred_at as date)"
    if not types["occurred_at"].startswith(("DATE", "TIMESTAMP")):
        text = "cast(events.occurred_at as text)"
        day = (
            f"coalesce(try_cast(left({text}, 10) as date),"
            f" cast(try_strptime({text}, '%Y%m%d') as date))"
        )
    return Source(
        lambda query: connection.execute(query).fetchall(),
        "events",
        frozenset(types),
        day,
        str(inputs["events"].path),
        "users" if "users" in inputs else None,
        "accounts" if "accounts" in inputs else None,
        frozenset(column.lower() for column in columns.get("accounts", ())),
    )
