"""How many times longer Postgres takes for a build: `make bench-postgres`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from product_signals.bench import Generator, Size, bench_config
from product_signals.builder import Outcome

sys.path.insert(0, str(Path(__file__).parents[1]))
from servers import Postgres, postgres_server
from warehouse import Warehouse

INPUTS = ["events", "users", "accounts"]


def build(folder: Path, size: Size, server: Postgres | None = None) -> Outcome:
    """A full build of made-up events, on DuckDB or on a server.

    Args:
        folder: An empty one.
        size: How much to make.
        server: Where to build, if not in DuckDB.
    """
    folder.mkdir()
    warehouse = Warehouse(folder, server)
    with duckdb.connect(str(warehouse.database)) as connection:
        Generator(size).load(connection)
    warehouse.send(*(f"raw.{name}" for name in INPUTS))
    warehouse.configure(bench_config(), INPUTS)
    return warehouse.build()


def main() -> None:
    """Prints the seconds of models on both, and the slowest ones."""
    size = Size(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    # A server that people use keeps statistics of its tables.
    with (
        TemporaryDirectory() as folder,
        postgres_server(autovacuum="on", autovacuum_naptime="5s") as port,
    ):
        duck = build(Path(folder, "duckdb"), size).model_seconds
        print(f"DuckDB: {duck:.1f} s", flush=True)
        outcome = build(Path(folder, "pg"), size, Postgres(port, "bench"))
    slowest = sorted(outcome.results, key=lambda node: -node.execution_time)
    for node in slowest[:15]:
        print(f"{node.execution_time:8.1f} {node.node.name}")
    seconds = outcome.model_seconds
    print(f"Postgres: {seconds:.1f} s, {seconds / duck:.1f} x DuckDB")


if __name__ == "__main__":
    main()
