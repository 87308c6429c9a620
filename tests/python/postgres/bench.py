"""How many times as long Postgres takes for a build and for one more day.

`make bench-postgres`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from product_signals.bench import Generator, Size, bench_config

sys.path.insert(0, str(Path(__file__).parents[1]))
from servers import Postgres, postgres_server
from warehouse import Warehouse

INPUTS = ["events", "users", "accounts"]


def measure(
    folder: Path, size: Size, server: Postgres | None = None
) -> dict[str, float]:
    """Model seconds of a full build of made-up events, and of one more day.

    Prints the slowest models of each.

    Args:
        folder: An empty folder.
        size: How much to make.
        server: Where to build, if not in DuckDB.
    """
    folder.mkdir()
    warehouse = Warehouse(folder, server)
    if server:
        # As on DuckDB. Models that run at once would count each other's time.
        server.output["threads"] = 1
    generator = Generator(size)
    seconds = {}
    for step in ("build", "day"):
        with duckdb.connect(str(warehouse.database)) as connection:
            if step == "build":
                generator.load(connection)
            else:
                generator.add_day(connection, size.days)
        warehouse.send(*(f"raw.{name}" for name in INPUTS))
        warehouse.configure(bench_config(), INPUTS)
        outcome = warehouse.build()
        seconds[step] = outcome.model_seconds
        print(f"{folder.name}, {step}: {seconds[step]:.1f} s", flush=True)
        slowest = sorted(outcome.results, key=lambda node: -node.execution_time)
        for node in slowest[:10]:
            print(f"{node.execution_time:8.1f} {node.node.name}", flush=True)
    return seconds


def main() -> None:
    """Prints the seconds on DuckDB and on Postgres."""
    size = Size(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    # A real server keeps statistics of its tables.
    with (
        TemporaryDirectory() as folder,
        postgres_server(autovacuum="on", autovacuum_naptime="5s") as port,
    ):
        duck = measure(Path(folder, "DuckDB"), size)
        postgres = measure(
            Path(folder, "Postgres"), size, Postgres(port, "bench")
        )
    for step, seconds in postgres.items():
        print(
            f"Postgres, {step}: {seconds:.1f} s,"
            f" {seconds / duck[step]:.1f} x DuckDB"
        )


if __name__ == "__main__":
    main()
