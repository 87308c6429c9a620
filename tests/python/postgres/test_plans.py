"""How Postgres is told to join."""

from __future__ import annotations

import json
from collections.abc import Callable

from golden import golden_config


def test_large_models_join_without_nested_loops(
    warehouse_factory: Callable,
) -> None:
    """A day of a million events took a third of its time in two of them."""
    warehouse = warehouse_factory("plans")
    warehouse.configure(golden_config(), ["events", "users", "accounts"])
    warehouse.dbt(warehouse.project, "parse")
    manifest = json.loads(
        (warehouse.project / "target" / "manifest.json").read_text("utf-8")
    )
    headers = {
        node["name"]: node["config"].get("sql_header")
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and (
            "deletes_by" in node["config"]["meta"]
            or node["config"]["access"] == "public"
        )
    }
    assert "product_signals__users" in headers
    assert {
        name
        for name, header in headers.items()
        if "nestloop" not in (header or "")
    } == set()
