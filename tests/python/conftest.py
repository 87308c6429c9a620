"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from warehouse import Warehouse


@pytest.fixture(scope="session")
def warehouse_factory(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Warehouse]:
    """Makes an empty warehouse with a dbt project of its own."""

    def make(name: str) -> Warehouse:
        return Warehouse(tmp_path_factory.mktemp(name))

    return make
