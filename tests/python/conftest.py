"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from golden import VARIABLES, golden_config, golden_world
from mappings import build_mappings
from product_signals import config
from quick_dbt import quick_dbt
from servers import Postgres, Snowflake, postgres_server, snowflake_server
from warehouse import Warehouse
from xdist.scheduler import LoadFileScheduling

# Files that read the golden world.
OF_GOLDEN = ("test_golden.py", "test_health.py", "test_quick_dbt.py")
# The files that take longest.
LONGEST = (
    "test_attribute_history",
    "test_runs",
    "test_empty",
    "test_incremental",
    "test_commands",
    "test_compare",
    "test_golden",
    "test_inputs",
    "test_bench",
    "test_alerts",
    "test_definitions",
    "test_revenue",
    "test_consumer",
    "test_crm",
    "test_lists",
    "test_trial",
    "test_habits",
    "test_leads",
    "test_coverage",
    "test_explain",
    "test_screen",
    "test_last_good",
)
SERVERS = {
    "postgres": (postgres_server, Postgres),
    "snowflake": (snowflake_server, Snowflake),
}


@pytest.fixture(scope="session", autouse=True)
def dbt_is_quick() -> Iterator[None]:
    """Spares dbt repeated work, because tests start it often."""
    with quick_dbt():
        yield


@pytest.fixture(scope="session", autouse=True)
def configurations_are_read_once() -> Iterator[None]:
    """Many tests read the starter, which takes a quarter of a second."""
    read, known = config._read_yaml, {}

    def read_once(path: Path) -> Any:
        try:
            text = path.read_bytes()
        except OSError:
            return read(path)
        if text not in known:
            known[text] = read(path)
        return known[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "_read_yaml", read_once)
        yield


@pytest.fixture(scope="session")
def warehouse_factory(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Warehouse]]:
    """Makes an empty warehouse with its own dbt project."""
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
def golden(
    warehouse_factory: Callable[[str], Warehouse],
    request: pytest.FixtureRequest,
) -> Warehouse:
    """The world of the golden cases, built."""
    world = golden_world()
    warehouse = warehouse_factory("golden")
    inputs = {
        "events": world.events,
        "users": world.users,
        "accounts": world.accounts,
        "memberships": world.memberships,
        "usage_limits": world.usage_limits,
        "surveys": world.surveys,
        **{
            name: rows
            for name in (
                "communications",
                "tickets",
                "assessments",
                "subscription_changes",
                "signal_responses",
            )
            if (rows := getattr(world, name))
        },
    }
    warehouse.load(**inputs)
    warehouse.configure(golden_config(), list(inputs), VARIABLES)
    if request.config.getoption("--engine") == "postgres":
        # With data tests, which DuckDB runs on the examples.
        warehouse.dbt(warehouse.project, "build")
    else:
        warehouse.build()
    return warehouse


@pytest.fixture(scope="session")
def mapped(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """The tables of event tools, and what the mappings make of them."""
    warehouse = warehouse_factory("mapped")
    build_mappings(warehouse)
    return warehouse


class OneWorkerAWorld(LoadFileScheduling):
    """Gives one worker all tests of a file, or of a shared world."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "golden" if Path(file).name in OF_GOLDEN else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> OneWorkerAWorld | None:
    """Replaces --dist=loadfile."""
    if config.getvalue("dist") != "loadfile":
        return None
    # Use the order below rather than the number of tests.
    config.option.loadscopereorder = False
    return OneWorkerAWorld(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starts long files first, so that none is still running at the end."""
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.stem)
            if item.path.stem in LONGEST
            else len(LONGEST)
        )
    )


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
