"""Column names on Postgres (L7). DuckDB always ignores case."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from golden import golden_config
from product_signals.errors import UserError


def test_names_that_differ_only_by_case(warehouse_factory: Callable) -> None:
    """It is unclear which of them is meant."""
    warehouse = warehouse_factory("names")
    warehouse.configure(golden_config(), ["events", "users", "accounts"])
    warehouse.load(events=[], users=[], accounts=[])
    with closing(warehouse.server.connect()) as connection:
        connection.cursor().execute(
            'alter table raw.accounts add column plan text, add "Plan" text'
        )
        connection.commit()
    with pytest.raises(UserError) as error:
        warehouse.build("--select", "+int_product_signals__gate")
    assert (
        "model product_signals_accounts has columns plan and Plan, which differ"
        " only by case; keep one of them, or give one another name"
    ) in str(error.value)
