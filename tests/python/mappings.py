"""A project with the mappings of event tools, made from tests/mappings.

A folder there has a tool's tables, with the tool's columns and a type after
the name of those that aren't text; models as a user would write them; and the
result of each, expected_<model>.csv.
"""

from __future__ import annotations

import csv
from pathlib import Path

import yaml
from product_signals.package import package_root
from servers import CSV, SCHEMA
from warehouse import Warehouse

MAPPINGS = package_root() / "tests" / "mappings"
# Its tables are nested, which only BigQuery and DuckDB support. Elsewhere they
# are empty, and its SQL is compiled but not run.
NESTED = "ga4"


def build_mappings(warehouse: Warehouse) -> None:
    """Makes every tool's tables, and a view for each of its models."""
    models = warehouse.project / "models"
    models.mkdir(parents=True)
    sources = []
    for tool in sorted(MAPPINGS.iterdir()):
        tables = [
            path
            for path in sorted(tool.glob("*.csv"))
            if not path.stem.startswith("expected_")
        ]
        for table in tables:
            _load(warehouse, tool.name, table)
        sources.append(
            {
                "name": tool.name,
                "tables": [{"name": table.stem} for table in tables],
            }
        )
        for model in tool.glob("*.sql"):
            (models / f"{tool.name}_{model.name}").write_text(
                model.read_text(encoding="utf-8"), encoding="utf-8"
            )
    (models / "_sources.yml").write_text(
        yaml.safe_dump({"sources": sources}), encoding="utf-8"
    )
    (warehouse.project / "dbt_project.yml").write_text(
        yaml.safe_dump(
            {
                "name": "mapped",
                "version": "1.0.0",
                "profile": "product_signals",
                "models": {"mapped": {"+materialized": "view"}},
            }
        ),
        encoding="utf-8",
    )
    # Leave out its models: dbt takes far longer to read them than to run this.
    package = warehouse.project / "dbt_packages" / "product_signals"
    package.mkdir(parents=True)
    for part in ("dbt_project.yml", "macros"):
        (package / part).symlink_to(package_root() / part)
    warehouse.connect(warehouse.project, threads=1)
    left_out = ["--exclude", f"{NESTED}_*"] if warehouse.server else []
    warehouse.dbt(warehouse.project, "run", *left_out)


def mapped_rows(warehouse: Warehouse, model: str) -> list[dict[str, str]]:
    """The rows of a model as text; null is an empty text."""
    if warehouse.server:
        file = warehouse.folder / "rows.csv"
        columns = warehouse.server.read(f"{SCHEMA}.{model}", file)
        declared = ", ".join(f"{key} {kind}" for key, kind in columns.items())
        warehouse.execute(f"create or replace table {model} ({declared})")
        warehouse.execute(
            f"copy {model} from '{file}' ({CSV}, auto_detect false)"
        )
    rows = warehouse.rows(f"select columns(*)::varchar from {model}")
    return [{key: row[key] or "" for key in row} for row in rows]


def _load(warehouse: Warehouse, tool: str, path: Path) -> None:
    """Makes a table from a file."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    types = {}
    for cell in header:
        name, _, kind = cell.partition(" ")
        types[name] = kind or "text"
    if warehouse.server and tool == NESTED:
        types = dict.fromkeys(types, "text")
        rows = []
    declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    warehouse.execute(
        f"create schema if not exists {tool};"
        f" create table {tool}.{path.stem} ({declared})"
    )
    if rows:
        values = ", ".join(
            f"({', '.join(_literal(cell) for cell in row)})" for row in rows
        )
        warehouse.execute(f"insert into {tool}.{path.stem} values {values}")
    warehouse.send(f"{tool}.{path.stem}")


def _literal(cell: str) -> str:
    return "'" + cell.replace("'", "''") + "'" if cell else "null"
