"""Two parsers accept every compiled model as Snowflake SQL."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
import yaml
from mappings import MAPPINGS, NESTED
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope
from warehouse import Warehouse

CONFIG = """\
[sqlfluff]
dialect = snowflake
templater = raw
large_file_skip_byte_limit = 0
max_parse_nodes = 1000000
# Not how it is laid out: what Jinja leaves behind is nobody's to read.
rules = AL01, AL02, AL05, AM01, AM02, AM05, CP01, CP02, CP03, CV02, CV08, ST08
"""


PREDICATE = "stale.as_of_date >= cast('2020-01-01' as date)"


@pytest.fixture(scope="module")
def twice(golden: Warehouse) -> Path:
    """What dbt compiled, once in a full and once in an incremental run.

    Before the second, the project gets the settings of Snowflake users.
    """
    target = golden.project / "target"
    kept = golden.folder / "kept"
    shutil.copytree(target / "run", kept / "run_in_full")
    shutil.copytree(target / "compiled", kept / "in_full")
    path = golden.project / "dbt_project.yml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["models"]["product_signals"] = {
        "60_engagement": {
            "product_signals__user_scores": {
                "+incremental_predicates": [PREDICATE]
            }
        },
    }
    path.write_text(yaml.safe_dump(project), encoding="utf-8")
    golden.build()
    shutil.copytree(target / "run", kept / "run_added")
    shutil.copytree(target / "compiled" / "product_signals", kept / "added")
    return kept


def test_sqlglot_parses_every_statement(twice: Path) -> None:
    paths = list(twice.rglob("*.sql"))
    assert len(paths) > 300
    for path in paths:
        for statement in sqlglot.parse(
            path.read_text(encoding="utf-8"),
            read="snowflake",
            error_level=sqlglot.ErrorLevel.RAISE,
        ):
            assert not isinstance(statement, exp.Command), path
    deletes = [
        path
        for path in (twice / "run_added").rglob("*.sql")
        if "delete from" in path.read_text(encoding="utf-8")
    ]
    assert len(deletes) > 20


def test_intervals_are_only_added_to_times(twice: Path) -> None:
    """To Snowflake, an interval is no value that a case may choose (L3).

    docs.snowflake.com/en/sql-reference/data-types-datetime#interval-constants
    """
    for path, statement in _compiled(twice):
        for interval in statement.find_all(exp.Interval):
            assert isinstance(interval.parent, exp.Add | exp.Sub), path


def test_correlated_subqueries_are_conditions(twice: Path) -> None:
    """Snowflake takes a subquery that reads an outer row only in a where (L3).

    docs.snowflake.com/en/user-guide/querying-subqueries
    """
    found = set()
    for path, statement in _compiled(twice):
        for scope in traverse_scope(statement):
            if scope.is_subquery and any(
                column.table for column in scope.external_columns
            ):
                found.add(path.stem)
                clause = scope.expression.find_ancestor(exp.Where, exp.Select)
                assert isinstance(clause, exp.Where), path
    assert found == {"int_product_signals__step_counts"}


def test_no_null_is_among_what_is_compared(twice: Path) -> None:
    """With one, Snowflake's least() and greatest() are null (L3).

    docs.snowflake.com/en/sql-reference/functions/least
    """
    for path, statement in _compiled(twice):
        for compared in statement.find_all(exp.Greatest, exp.Least):
            for value in (compared.this, *compared.expressions):
                inner = value.this if isinstance(value, exp.Cast) else value
                assert not isinstance(inner, exp.Null), path


def test_delimiters_of_lists_are_literals(twice: Path) -> None:
    """To Snowflake, the delimiter of listagg() must be a constant (K3).

    docs.snowflake.com/en/sql-reference/functions/listagg
    """
    for path, statement in _compiled(twice):
        for joined in statement.find_all(exp.GroupConcat):
            assert isinstance(joined.args["separator"], exp.Literal), path


def _compiled(twice: Path) -> Iterator[tuple[Path, exp.Query]]:
    """Yields each compiled model, of both runs, with its query."""
    for run in ("in_full", "added"):
        for path in (twice / run).rglob("*.sql"):
            yield (
                path,
                sqlglot.parse_one(
                    path.read_text(encoding="utf-8"), read="snowflake"
                ),
            )


def test_sqlglot_parses_every_mapping(mapped: Warehouse) -> None:
    """GA4's as BigQuery SQL, because only BigQuery has its tables (K2)."""
    mapped.dbt(mapped.project, "compile")
    paths = list((mapped.project / "target" / "compiled").rglob("*.sql"))
    assert {path.stem.split("_")[0] for path in paths} == {
        path.name for path in MAPPINGS.iterdir()
    }
    for path in paths:
        [statement] = sqlglot.parse(
            path.read_text(encoding="utf-8"),
            read="bigquery" if path.stem.startswith(NESTED) else "snowflake",
            error_level=sqlglot.ErrorLevel.RAISE,
        )
        assert isinstance(statement, exp.Select), path


def test_recursive_queries_name_their_columns(mapped: Warehouse) -> None:
    """Snowflake's syntax asks them to (K2).

    docs.snowflake.com/en/sql-reference/constructs/with
    """
    target = mapped.project / "target" / "compiled"
    [path] = target.rglob("amplitude_events.sql")
    query = sqlglot.parse_one(
        path.read_text(encoding="utf-8"), read="snowflake"
    )
    recursive = [
        cte
        for cte in query.find_all(exp.CTE)
        if cte.alias in {table.name for table in cte.this.find_all(exp.Table)}
    ]
    assert recursive
    for cte in recursive:
        assert cte.args["alias"].columns


def test_tables_are_what_users_of_snowflake_expect(twice: Path) -> None:
    """Tables are transient, clustered by day, deleted by day and predicate."""
    [created] = (twice / "run_in_full").rglob(
        "product_signals__user_scores.sql"
    )
    ddl = " ".join(created.read_text(encoding="utf-8").split())
    assert "transient table" in ddl
    assert "cluster by (as_of_date)" in ddl
    [added] = (twice / "run_added").rglob("product_signals__user_scores.sql")
    [*deletes, _] = added.read_text(encoding="utf-8").split("insert into")
    statements = [
        text for text in "".join(deletes).split(";") if "delete" in text
    ]
    assert statements
    for statement in statements:
        assert "stale.as_of_date" in statement.replace(PREDICATE, "")
        assert PREDICATE in statement


def test_sqlfluff_finds_nothing(twice: Path) -> None:
    compiled = twice / "added"
    (compiled / ".sqlfluff").write_text(CONFIG, encoding="utf-8")
    lint = subprocess.run(
        ["sqlfluff", "lint", "--disable-progress-bar", "--processes", "2", "."],
        cwd=compiled,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
