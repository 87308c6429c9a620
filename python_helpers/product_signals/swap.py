"""Replaces a database with a complete one, or leaves it as it was."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir

import duckdb

from product_signals.errors import (
    UserError,
    disk_full,
    is_disk_full,
    not_text,
    system_error,
)
from product_signals.stopping import temporary_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_PREFIX = ".building-"

# Everything that a run or the demo doesn't make and that would be lost.
_FOREIGN = """
    select table_schema || '.' || table_name
    from information_schema.tables
    where
        table_schema not in ('raw', 'crm', 'trestle')
        and table_name not like 'configured_%'
        and table_name not like 'crm_signals_%'
        and table_name not like 'trestle_%'
        and table_name not like '%product_signals%'
    order by 1
"""

_PUBLIC = """
    select table_schema, table_name
    from information_schema.tables
    where starts_with(table_name, 'product_signals__')
    order by 1, 2
"""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yields a database to fill, which replaces another if all goes well.

    Args:
        target: The file to replace; it need not exist. If it is a link, the
            file it points to is replaced. Its permissions and owner stay; only
            its owner can read a new file.

    Yields:
        A database beside it, which nobody else can read.

    Raises:
        UserError: The target can't be replaced, as in check_target(), or the
            disk is full.
    """
    check_target(target)
    place = _place(target)
    _remove_dead(place)
    with (
        temporary_folder(dir=place.parent, prefix=_PREFIX) as folder,
        _alive(folder),
        _write_errors_named(target),
    ):
        # Keep the name, because DuckDB names the catalogue after the file.
        draft = folder / place.name
        duckdb.connect(str(draft)).close()
        draft.chmod(0o600)
        yield draft
        _swap(draft, target)


def check_target(target: Path) -> None:
    """Refuses a file that a database can't or must not replace.

    If another program crashed and left a log beside the file, the log is
    written into the file first.

    Args:
        target: The file to replace; it need not exist.

    Raises:
        UserError: It is not a database of this package, belongs to somebody
            else, is being written to, or its folder can't be made.
    """
    place = _place(target)
    try:
        if place.is_dir():
            raise UserError(
                f"{target}: is a folder; name a file in it, such as"
                f" {target / 'product_signals.duckdb'}"
            )
        str(place).encode()  # DuckDB wants UTF-8
        place.parent.mkdir(parents=True, exist_ok=True)
        _check_writable(place.parent)
        if place.exists():
            _check_writable(place)
        with _held(target):
            pass
    except UnicodeEncodeError as error:
        raise not_text(error) from error
    except OSError as error:
        raise system_error(error, error.filename or target) from error


def prove(draft: Path, built: Collection[str]) -> None:
    """Makes sure that everything that was built is in the file.

    DuckDB writes the last part when it closes a file, and doesn't say then
    that the disk is full.

    Args:
        draft: A database that nobody has open.
        built: The public tables that it must have.

    Raises:
        UserError: Something is missing.
        duckdb.Error: DuckDB can't write, or read what it wrote.
    """
    with duckdb.connect(str(draft)) as connection:
        connection.execute("checkpoint")
        before = _counts(connection)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    with duckdb.connect(str(draft), read_only=True) as connection:
        after = _counts(connection)
    missing = sorted(
        set(built) - {name for _, name in after}
        | {name for _, name in before.items() - after.items()}
    )
    if missing or _log(draft).exists():
        raise UserError(
            f"{draft}: is not all there after it was written"
            f" ({', '.join(missing) or _log(draft).name}); look for errors of"
            " the disk, and run again"
        )


def _swap(draft: Path, target: Path) -> None:
    place = _place(target)
    if _log(draft).exists():
        raise UserError(f"{_log(draft)}: is left over; run again")
    with _held(target):
        if place.exists():
            found = place.stat()
            if hasattr(os, "chown"):
                os.chown(draft, found.st_uid, found.st_gid)
            shutil.copymode(place, draft)
        os.replace(draft, place)
    if hasattr(os, "O_DIRECTORY"):
        # Make the rename survive a power cut. It has happened, even if this
        # fails.
        with suppress(OSError):
            folder = os.open(place.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


@contextmanager
def _held(target: Path) -> Iterator[None]:
    """Keeps others from writing to a database that is about to be replaced.

    A log left beside it belongs to the old file: DuckDB would damage the next
    file of that name with it, or delete it.
    """
    place = _place(target)
    logs = {_log(target), _log(place)}
    if not place.exists():
        for log in logs:
            if log.exists():
                raise UserError(
                    f"{log}: is there without its database; move it away if"
                    " you can do without what is in it"
                )
        yield
        return
    if not place.is_file():
        raise UserError(f"{target}: is not a file; name another")
    if hasattr(os, "geteuid"):
        owner = place.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise UserError(
                f"{target}: belongs to somebody else (user {owner}), who would"
                " lose it; name another file"
            )
    if place.stat().st_size == 0:
        yield
        return
    for log in logs:
        if log.exists():
            _open(target, log.with_suffix(""), read_only=False).close()
    connection = _open(target, place)
    try:
        foreign = [name for (name,) in connection.execute(_FOREIGN).fetchall()]
        if foreign:
            raise UserError(
                f"{target}: has tables that are not of this package and would"
                f" be lost ({', '.join(foreign[:5])}); name another file"
            )
        if any(log.exists() for log in logs):
            raise UserError(
                f"{target}: somebody has just written to it; close what has it"
                " open, and run again"
            )
        if os.name == "nt":
            connection.close()  # Windows can't replace an open file
        yield
    finally:
        connection.close()


def _open(
    target: Path, path: Path, read_only: bool = True
) -> duckdb.DuckDBPyConnection:
    """Opens the database that is about to be replaced."""
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
        if not read_only:
            connection.execute("checkpoint")
        return connection
    except (duckdb.Error, UnicodeEncodeError) as error:
        first_line = _first_line(error)
        if "Could not set lock" in first_line:
            raise UserError(
                f"{target}: is open in another program; close it there, and"
                f" run again ({first_line})"
            ) from error
        if is_disk_full(error):
            raise disk_full(target, error) from error
        raise UserError(
            f"{target}: can't be opened as a DuckDB file, and is not replaced;"
            f" name another file, or move it away ({first_line})"
        ) from error


def _check_writable(path: Path) -> None:
    if os.access(path, os.W_OK):
        return
    reason = errno.EACCES
    if hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY:
        reason = errno.EROFS
    raise OSError(reason, os.strerror(reason), str(path))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _place(target: Path) -> Path:
    """The real path of the file."""
    return Path(os.path.realpath(target))


def _log(database: Path) -> Path:
    """The log, where DuckDB keeps what is not in the file yet."""
    return database.with_name(f"{database.name}.wal")


def _counts(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], int]:
    """Counts the rows of each public table."""
    return {
        (schema, name): connection.table(f'"{schema}"."{name}"')
        .count("*")
        .fetchall()[0][0]
        for schema, name in connection.execute(_PUBLIC).fetchall()
    }


@contextmanager
def _write_errors_named(target: Path) -> Iterator[None]:
    """Says which disk is full, as dbt's errors only name a model."""
    try:
        yield
    except (duckdb.Error, OSError, UserError) as error:
        if is_disk_full(error):
            place = _place(target)
            fullest = min(
                (place.parent, Path(gettempdir())),
                key=lambda folder: shutil.disk_usage(folder).free,
            )
            raise disk_full(
                target if fullest == place.parent else fullest, error
            ) from error
        if "Ambiguous reference to catalog or schema" in str(error):
            raise UserError(
                f"{target}: DuckDB can't tell this file from the schema"
                f" {target.stem!r} in it; give the file another name"
            ) from error
        if isinstance(error, duckdb.Error):
            raise UserError(
                f"{target}: can't be written ({_first_line(error)}); look for"
                " errors of the disk, and run again"
            ) from error
        if isinstance(error, OSError):
            raise system_error(error, error.filename or target) from error
        raise


@contextmanager
def _alive(folder: Path) -> Iterator[None]:
    """Marks the folder as in use until this process ends, even by a crash."""
    if fcntl is None:
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives don't support locks
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _remove_dead(place: Path) -> None:
    """Removes drafts of this file that killed runs left behind."""
    if fcntl is None:
        return
    for draft in place.parent.glob(f"{_PREFIX}*/*"):
        # A run locks its folder before it puts the draft there.
        if draft.name == place.name:
            with suppress(OSError):
                held = os.open(draft.parent, os.O_RDONLY)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(draft.parent, ignore_errors=True)
                finally:
                    os.close(held)
