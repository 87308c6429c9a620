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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-expected",
        action="store_true",
        help="write the expected tables of the example anew",
    )


@pytest.fixture
def write_expected(request: pytest.FixtureRequest) -> bool:
    """Whether to write expected files rather than compare with them."""
    return request.config.getoption("--write-expected")
