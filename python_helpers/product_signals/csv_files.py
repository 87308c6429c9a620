"""Reads CSV files as a whole, or says which line is wrong.

DuckDB reads them. It is told everything that it would otherwise guess from a
sample. The rows it read are then compared with a separate count of the file's
line breaks. Only if they differ does Python read the records again, to find
the line.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from product_signals.errors import UserError
from product_signals.sql import identifier, literal, one_file

DELIMITERS = (",", ";", "\t", "|")
# In bytes. DuckDB's buffers grow with this limit.
LONGEST_LINE = 10_000_000
_SHOWN = 5
_CHUNK = 1 << 20
_BREAKS = {"\n": "LF", "\r\n": "CR LF", "\r": "CR"}


@dataclass
class CsvFile:
    """A CSV file whose header has been read.

    Attributes:
        path: The file; compressed if it ends in .gz.
        delimiter: The character between two values.
        names: The columns as in the header, without surrounding blanks; a
            column without a name is named after its position.
    """

    path: Path
    delimiter: str
    names: list[str]

    @property
    def source(self) -> str:
        """The file as a table in SQL; every column is text."""
        columns = ", ".join(f"{literal(name)}: 'text'" for name in self.names)
        zipped = self.path.suffix.lower() == ".gz"
        return (
            f"read_csv({one_file(self.path)}, auto_detect = false,"
            f" delim = {literal(self.delimiter)}, quote = '\"', escape = '\"',"
            f" header = true, columns = {{{columns}}}, strict_mode = true,"
            " null_padding = false, hive_partitioning = false,"
            f" compression = {literal('gzip' if zipped else 'none')},"
            f" max_line_size = {LONGEST_LINE})"
        )


def read_header(path: Path, wanted: Iterable[str]) -> CsvFile:
    """Finds out from its first line how a CSV file is written.

    Args:
        path: The file.
        wanted: Names of columns, in lower case. The delimiter that finds most
            of them in the header is used.

    Raises:
        UserError: The file has no readable header.
    """
    wanted = set(wanted)
    found: dict[str, list[str]] = {}
    problems = []
    for delimiter in DELIMITERS:
        with _records(path, delimiter) as records:
            try:
                _, _, header = next(records, (1, "", []))
                found[delimiter] = [name.strip(" ") for name in header]
            except _Unreadable as problem:
                problems.append(f"{path}, {problem}")
    if not found:
        raise UserError(problems[0])
    delimiter, header = max(
        found.items(), key=lambda item: len(wanted & set(_lower(item[1])))
    )
    if not any(header):
        raise UserError(
            f"{path}: is empty, or begins with an empty line; give a file"
            " whose first line names the columns"
        )
    if any(sign in name for name in header for sign in "\r\n"):
        raise UserError(
            f"{path}, line 1: has a line break in the name of a column; take"
            " it out"
        )
    names = [
        name or f"column_{place}" for place, name in enumerate(header, start=1)
    ]
    return CsvFile(path, delimiter, names)


def copy_csv(
    connection: duckdb.DuckDBPyConnection,
    file: CsvFile,
    table: str,
    selection: str,
) -> None:
    """Makes a table from a CSV file.

    Args:
        connection: The database to load into.
        file: The file.
        table: The table to make, as SQL.
        selection: What to select from the file, as SQL.

    Raises:
        UserError: The file can't be read as a whole; the message names the
            first bad lines.
    """
    try:
        connection.execute(
            f"create or replace table {table} as"
            f" select {selection} from {file.source}"
        )
    except duckdb.Error as error:
        _refuse(file)
        raise UserError(
            f"{file.path}: can't be read ({str(error).splitlines()[0]}); save"
            " it anew as CSV, in UTF-8"
        ) from error
    rows = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    if not _accounts_for(connection, file, table, rows):
        records = _refuse(file)
        if records != rows:
            raise UserError(
                f"{file.path}: has {records:,} rows, of which {rows:,} were"
                " read; save it anew as CSV, with one kind of line break"
            )


class _Unreadable(Exception):
    """A line beyond which nothing can be read."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")


def _lower(names: Iterable[str]) -> list[str]:
    return [name.lower() for name in names]


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file to read its bytes, uncompressed."""
    zipped = path.suffix.lower() == ".gz"
    try:
        with (gzip.open if zipped else open)(path, "rb") as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(
            f"{path}: can't be unpacked ({error}); it is damaged or cut off:"
            " copy it again"
        ) from error


def _accounts_for(
    connection: duckdb.DuckDBPyConnection,
    file: CsvFile,
    table: str,
    rows: int,
) -> bool:
    """Whether every line break of a file ends a row or is part of a value."""
    breaks = dict.fromkeys((b"\n", b"\r", b"\r\n", b"\0"), 0)
    chunk = last = b""
    with _opened(file.path) as content:
        while chunk := content.read(_CHUNK):
            for sought in breaks:
                breaks[sought] += chunk.count(sought)
            breaks[b"\r\n"] += last.endswith(b"\r") and chunk.startswith(b"\n")
            last = chunk
    lf, cr, both, nul = breaks.values()
    if nul or (cr and lf and not cr == lf == both):
        return False
    after_last = last[len(last.rstrip(b"\r\n")) :]
    sought = "\n" if lf else "\r"
    lines = (lf or cr) - after_last.count(sought.encode())
    if lines == rows:
        return True
    columns = [
        identifier(name)
        for name, *_ in connection.execute(f"describe {table}").fetchall()
    ]
    code = f"chr({ord(sought)})"
    in_values = " + ".join(
        f"coalesce(sum(length({column})"
        f" - length(replace({column}, {code}, '')))"
        f" filter (where contains({column}, {code})), 0)"
        for column in columns
    )
    [(inside,)] = connection.execute(
        f"select {in_values} from {table}"
    ).fetchall()
    return lines == rows + inside


def _refuse(file: CsvFile) -> int:
    """Raises an error that names the bad lines, or returns the row count."""
    width = len(file.names)
    problems: list[str] = []
    rows = more = 0
    kind = None
    with _records(file.path, file.delimiter) as records:
        try:
            for line, ending, record in records:
                problem = None
                if kind is None:
                    kind = ending
                elif not record:
                    continue
                elif len(record) != width and record[width:] != [""]:
                    problem = _width_problem(record, file)
                elif ending not in (kind, ""):
                    problem = (
                        f"ends in {_BREAKS[ending]}, the header in"
                        f" {_BREAKS[kind]}; save it with one kind of line break"
                    )
                rows += 1
                if problem and len(problems) < _SHOWN:
                    problems.append(f"{file.path}, line {line}: {problem}")
                elif problem:
                    more += 1
        except _Unreadable as problem:
            problems.append(f"{file.path}, {problem}")
    if more:
        problems.append(f"{file.path}: and {more:,} more such lines")
    if problems:
        raise UserError(*problems)
    return rows - 1


def _width_problem(record: list[str], file: CsvFile) -> str:
    """Says how a record differs from the header."""
    values = f"{len(record)} value{'s' if len(record) > 1 else ''}"
    wide = len(file.names)
    problem = f"has {values}, the header has {wide} columns"
    if len(set(_lower(record)) & set(_lower(file.names))) > 1:
        return (
            f"{problem}: it is a header itself, of another export; give each"
            " row the same columns, or load one export"
        )
    shown = file.delimiter.join(record)
    shown = shown if len(shown) <= 80 else f"{shown[:80]}…"
    return f'{problem} ("{shown}"); correct the line or take it out'


@contextmanager
def _records(
    path: Path, delimiter: str
) -> Iterator[Iterator[tuple[int, str, list[str]]]]:
    """Reads the records of a CSV file with Python's reader.

    Yields:
        The first line, line break and values of each record. The first line
        that can't be read raises _Unreadable.
    """
    with _opened(path) as content:
        limit = csv.field_size_limit(LONGEST_LINE)
        try:
            yield _read(content, delimiter)
        finally:
            csv.field_size_limit(limit)


def _read(
    content: IO[bytes], delimiter: str
) -> Iterator[tuple[int, str, list[str]]]:
    text = io.TextIOWrapper(
        content, encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    ending = ""

    def lines() -> Iterator[str]:
        nonlocal ending
        read = iter(lambda: text.readline(LONGEST_LINE + 1), "")
        for number, line in enumerate(read, start=1):
            try:
                size = len(line.encode())
            except UnicodeEncodeError:
                raise _Unreadable(
                    number, "is not UTF-8: save it as UTF-8"
                ) from None
            if size > LONGEST_LINE:
                raise _Unreadable(
                    number,
                    f"is longer than {LONGEST_LINE:,} bytes; shorten its"
                    " values",
                )
            if "\0" in line:
                raise _Unreadable(
                    number,
                    "has a NUL character; save it as text, in UTF-8",
                )
            ending = line[len(line.rstrip("\r\n")) :]
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            yield line, ending, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(line, _quote_problem(str(error))) from error


def _quote_problem(error: str) -> str:
    if "field larger" in error:
        return (
            f"has a value of more than {LONGEST_LINE:,} characters; is the"
            " quote that ends it missing?"
        )
    if "unexpected end" in error:
        return 'begins a value with a quote that nothing ends; close it with "'
    return (
        'has text right after the quote that ends a value; write a " inside a'
        ' value as ""'
    )
