"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from golden import VARIABLES, golden_config, golden_world
from servers import Postgres, Snowflake, postgres_server, snowflake_server
from warehouse import Warehouse

SERVERS = {
    "postgres": (postgres_server, Postgres),
    "snowflake": (snowflake_server, Snowflake),
}


@pytest.fixture(scope="session")
def warehouse_factory(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Warehouse]]:
    """Makes an empty warehouse with a dbt project of its own."""
    engine = request.config.getoption("--engine")
    if engine == "duckdb":
        yield lambda name: Warehouse(tmp_path_factory.mktemp(name))
        return
    start, server = SERVERS[engine]
    with start() as port:
        yield lambda name: Warehouse(
            tmp_path_factory.mktemp(name), server(port, name)
        )


@pytest.fixture(scope="session")
def golden(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """The world of the golden cases, built."""
    world = golden_world()
    warehouse = warehouse_factory("golden")
    inputs = {
        "events": world.events,
        "users": world.users,
        "accounts": world.accounts,
        "usage_limits": world.usage_limits,
        "surveys": world.surveys,
    }
    warehouse.load(**inputs)
    warehouse.configure(golden_config(), list(inputs), VARIABLES)
    warehouse.build()
    return warehouse


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--world",
        type=int,
        default=2,
        help="Which random world the definitions are worked out again for.",
    )
    parser.addoption(
        "--engine",
        choices=["duckdb", *SERVERS],
        default="duckdb",
        help="the warehouse to build in",
    )
    parser.addoption(
        "--write-expected",
        action="store_true",
        help="write the expected tables of the example anew",
    )


@pytest.fixture
def write_expected(request: pytest.FixtureRequest) -> bool:
    """Whether to write expected files rather than compare with them."""
    return request.config.getoption("--write-expected")
