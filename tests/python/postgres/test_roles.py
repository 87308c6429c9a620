"""The permissions that dbt's role needs (L7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import pytest
from product_signals.config import Config
from product_signals.errors import UserError
from servers import SCHEMA, Postgres
from warehouse import Warehouse

NOON = datetime(2024, 3, 10, 12)
CONFIG = Config.model_validate(
    {
        "seed_prefix": "roles",
        "events": {"work": {"counts_as_activity": True, "weight": 2}},
        "profiles": {"main": {"min_population": 1}},
    }
)
# A role that may only read the inputs and fill one schema.
ROLE = f"""
    create role limited login;
    create schema {SCHEMA} authorization limited;
    grant usage on schema raw to limited;
    grant select on all tables in schema raw to limited;
"""


def execute(warehouse: Warehouse, statements: str) -> None:
    """Runs statements as a superuser."""
    with closing(warehouse.server.connect()) as connection:
        connection.cursor().execute(statements)
        connection.commit()


def build(warehouse: Warehouse, **settings: None) -> list[tuple[bool, str]]:
    """Builds with settings for the package's models.

    Returns:
        The schemas of what was built, and whether each is public.
    """
    warehouse.server.models = {**Postgres.models, **settings}
    warehouse.configure(CONFIG, ["events", "users", "accounts"])
    outcome = warehouse.build()
    return sorted(
        {
            (node.name.startswith("product_signals__"), node.schema)
            for node in (result.node for result in outcome.results)
            if node.package_name == "product_signals"
            and node.resource_type == "model"
        }
    )


def test_schemas_are_made_or_not_needed(warehouse_factory: Callable) -> None:
    warehouse = warehouse_factory("roles")
    warehouse.load(
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
    execute(warehouse, ROLE)
    warehouse.server.environment["PGUSER"] = "limited"
    with pytest.raises(UserError, match="permission denied for database"):
        build(warehouse)
    assert build(warehouse, **{"+schema": None}) == [
        (False, SCHEMA),
        (True, SCHEMA),
    ]
    execute(warehouse, "grant create on database roles to limited")
    assert build(warehouse) == [
        (False, f"{SCHEMA}_product_signals_internal"),
        (True, SCHEMA),
    ]
    assert warehouse.rows(
        "select account_id, score from product_signals__accounts"
    ) == [{"account_id": "a1", "score": 100}]
