"""What a dbt project may and may not do to the package (L7)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import yaml
from histories import runs, start_dbt
from product_signals.config import Config
from product_signals.errors import UserError
from warehouse import Warehouse

NOON = datetime(2024, 3, 10, 12)
INPUTS = ["events", "users", "accounts"]
CONFIG = Config.model_validate(
    {
        "seed_prefix": "habits",
        "events": {"work": {"counts_as_activity": True, "weight": 2}},
        "profiles": {"main": {"period_days": 7, "min_population": 1}},
    }
)
GATE = ("--select", "+int_product_signals__gate")


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable) -> Warehouse:
    made = warehouse_factory("habits")
    made.configure(CONFIG, INPUTS)
    made.load(
        events=[
            {
                "event_id": "e1",
                "user_id": "u1",
                "event_name": "work",
                "occurred_at": NOON,
                "loaded_at": NOON,
            }
        ],
        users=[{"user_id": "u1", "account_id": "a1", "created_at": NOON}],
        accounts=[{"account_id": "a1", "created_at": NOON}],
    )
    return made


def _merged(given: Any, more: Any) -> Any:
    if not isinstance(given, dict) or not isinstance(more, dict):
        return more
    return given | {
        key: _merged(given.get(key), value) for key, value in more.items()
    }


@contextmanager
def project(warehouse: Warehouse, **settings: Any) -> Iterator[None]:
    """Gives the project further settings, and removes them afterwards."""
    path = warehouse.project / "dbt_project.yml"
    before = path.read_text(encoding="utf-8")
    changed = _merged(yaml.safe_load(before), settings)
    path.write_text(yaml.safe_dump(changed), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def refused(warehouse: Warehouse, *arguments: str) -> str:
    """Returns why a build is refused, which leaves no table of the package.

    Only the table of numbers, which never changes, may exist.
    """
    with pytest.raises(UserError) as error:
        warehouse.build(*arguments)
    built = warehouse.rows(
        "select table_name from information_schema.tables"
        " where table_name similar to"
        " '(int|stg)_product_signals__.*|product_signals__.*'"
        " and table_name <> 'int_product_signals__numbers'"
    )
    assert built == []
    return str(error.value)


@pytest.mark.parametrize(
    ("setting", "value", "needed"),
    [
        ("incremental_strategy", "append", "product_signals_by_day"),
        ("materialized", "view", "table"),
        # Snowflake would read it again after the rows are deleted.
        ("tmp_relation_type", "view", "table"),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (
                (
                    "incremental_strategy",
                    "delete+insert",
                    "product_signals_by_day",
                ),
                ("on_schema_change", "fail", "append_new_columns"),
                ("materialized", "table", "incremental"),
                ("materialized", "incremental", "table"),
            )
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(
    warehouse: Warehouse, setting: str, value: str, needed: str
) -> None:
    """A default for all models overrides what the package says."""
    with project(warehouse, models={f"+{setting}": value}):
        message = refused(warehouse, *GATE)
    assert re.search(
        rf'setting \+{setting} "{re.escape(value)}" of \w+ and \d+ more models'
        rf" has to be {needed};",
        message,
    )


@pytest.mark.long
def test_a_refused_setting_comes_with_its_fix(warehouse: Warehouse) -> None:
    with (
        project(warehouse, models={"+on_schema_change": "fail"}),
        start_dbt(warehouse) as process,
    ):
        output, _ = process.communicate()
    assert "product_signals built nothing, because of 1 problem" in output
    for line in (
        "    models:",
        "      product_signals_run:",
        "        +on_schema_change: fail",
    ):
        assert re.search(f"^ *{re.escape(line)}$", output, re.MULTILINE)


def test_a_mistyped_variable_is_refused(warehouse: Warehouse) -> None:
    with project(
        warehouse,
        vars={"product_signals": {"as_of_dat": "2024-03-10", "zone": "UTC"}},
    ):
        message = refused(warehouse, *GATE)
    assert (
        "variable as_of_dat (vars, product_signals) is not a variable of the"
        " package; did you mean as_of_date?"
    ) in message
    assert "variable zone" in message


def test_a_variable_of_nobody_is_a_warning(warehouse: Warehouse) -> None:
    """It may be the project's own, unless it is too similar to ours."""
    with project(warehouse, vars={"timezones": ["UTC"], "my_start": 1}):
        outcome = warehouse.build(*GATE, as_of_dtae="2024-03-10", days=3)
    assert [w for w in outcome.warnings if w.startswith("variable")] == [
        f"variable {name} is not a variable of the package; if it is meant to"
        f" be {meant}, correct the name"
        for name, meant in (
            ("timezones", "timezone"), ("as_of_dtae", "as_of_date")
        )
    ]  # fmt: skip


# What docs/warehouse.md tells people to write to move the public tables.
SCHEMA_NAMES = """
{% macro generate_schema_name(custom_schema_name, node) %}
    {% if node.name.startswith('product_signals__') %}
        {% do return('signals') %}
    {% endif %}
    {% do return(default__generate_schema_name(custom_schema_name, node)) %}
{% endmacro %}
"""

HARMLESS = {
    "+tags": ["nightly"],
    "+meta": {"owner": "data"},
    "+docs": {"show": False},
    "+persist_docs": {"relation": True, "columns": True},
    "+post-hook": "select 1",
    "+unique_key": "id",
    "+full_refresh": False,
    "+access": "protected",
    "+group": None,
    "+contract": {"enforced": False},
    "product_signals": {
        "+schema": "signals",
        "10_configuration": {"+materialized": "table"},
    },
}


@pytest.mark.long
def test_settings_that_do_no_harm_are_let_be(warehouse: Warehouse) -> None:
    """Also with two threads, as in any job."""
    with project(warehouse, models=HARMLESS):
        for _ in range(2):
            warehouse.build("--threads", "2")
    [accounts] = warehouse.rows(
        "select account_id, score from main_signals.product_signals__accounts"
    )
    assert accounts == {"account_id": "a1", "score": 100}
    assert warehouse.rows(
        "select rebuild_from = date '1900-01-01' as is_full, is_complete"
        " from main_signals.int_product_signals__runs"
        " inner join main_signals.int_product_signals__completed_runs"
        " using (run_id) order by int_product_signals__runs.run_number"
    ) == [
        {"is_full": True, "is_complete": True},
        {"is_full": False, "is_complete": True},
    ]
    # DuckDB can't replace a table with an index while another model runs.
    assert warehouse.rows("from duckdb_indexes()") == []


def models(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The package's models, as dbt reads them in the project."""
    warehouse.dbt(warehouse.project, "parse")
    manifest = warehouse.project / "target" / "manifest.json"
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return [
        node
        for node in nodes.values()
        if node["package_name"] == "product_signals"
        and node["resource_type"] == "model"
    ]


def places(warehouse: Warehouse) -> set[tuple[str, str, bool]]:
    """A model's access, its schema, and whether docs show it."""
    return {
        (
            node["config"]["access"],
            node["schema"],
            node["config"]["docs"]["show"],
        )
        for node in models(warehouse)
    }


def test_private_models_are_out_of_sight(warehouse: Warehouse) -> None:
    assert places(warehouse) == {
        ("public", "main", True),
        ("private", "main_product_signals_internal", False),
    }


@pytest.mark.long
def test_one_line_puts_all_into_one_schema(warehouse: Warehouse) -> None:
    with project(warehouse, models={"product_signals": {"+schema": None}}):
        assert places(warehouse) == {
            ("public", "main", True),
            ("private", "main", False),
        }


@pytest.mark.long
def test_the_project_names_the_schemas(warehouse: Warehouse) -> None:
    """As in docs/warehouse.md, by the prefix of public models."""
    macro = warehouse.project / "macros" / "generate_schema_name.sql"
    macro.parent.mkdir(exist_ok=True)
    macro.write_text(SCHEMA_NAMES, encoding="utf-8")
    try:
        assert places(warehouse) == {
            ("public", "signals", True),
            ("private", "main_product_signals_internal", False),
        }
    finally:
        macro.unlink()


@pytest.mark.long
def test_what_nothing_needs_can_be_switched_off(warehouse: Warehouse) -> None:
    """All of it at once; it is built in full when it is back on."""
    nodes = models(warehouse)
    needed = {
        parent
        for node in nodes
        if node["name"] != "int_product_signals__completed_runs"
        for parent in node["depends_on"]["nodes"]
    }
    switched_off: dict[str, dict] = {}
    for node in nodes:
        if (
            node["config"]["access"] == "public"
            and node["unique_id"] not in needed
        ):
            _, folder, name = node["fqn"]
            switched_off.setdefault(folder, {})[name] = {"+enabled": False}
    names = {name for folder in switched_off.values() for name in folder}
    assert {"product_signals__crm_users", "product_signals__growth"} < names
    with project(warehouse, models={"product_signals": switched_off}):
        for _ in range(2):
            outcome = warehouse.build()
            assert not names & {r.node.name for r in outcome.results}
    outcome = warehouse.build()
    assert names < {r.node.name for r in outcome.results}
    assert runs(warehouse) == [(True, True), (False, True), (True, True)]


def test_a_folder_can_be_switched_off(warehouse: Warehouse) -> None:
    """Except a model with its own setting; and runs know about it."""
    off = ("86_revenue", "87_lists", "93_delivery")
    settings: dict[str, dict] = {folder: {"+enabled": False} for folder in off}
    settings["87_lists"]["product_signals__ideal_customer"] = {"+enabled": True}
    there = {(node["fqn"][1], node["name"]) for node in models(warehouse)}
    with project(warehouse, models={"product_signals": settings}):
        left = {(node["fqn"][1], node["name"]) for node in models(warehouse)}
        assert left == {
            ("87_lists", "product_signals__ideal_customer"),
            *((folder, name) for folder, name in there if folder not in off),
        }
        warehouse.build("--select", "+int_product_signals__current_inputs")
    assert warehouse.rows(
        "select name from int_product_signals__current_inputs"
        " where kind = 'setting' order by name"
    ) == [{"name": f"+enabled: false of {folder}"} for folder in off]


def test_what_is_needed_can_not(warehouse: Warehouse) -> None:
    needed = {"product_signals__account_scores": {"+enabled": False}}
    with (
        project(
            warehouse, models={"product_signals": {"60_engagement": needed}}
        ),
        pytest.raises(
            UserError,
            match=r"Model 'model.product_signals.\w+' \(.*\) depends on a node"
            " named 'product_signals__account_scores' which is disabled",
        ),
    ):
        models(warehouse)
