"""Files as exports write them, intact and damaged, and their rows."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st
from product_signals.errors import UserError
from product_signals.inputs import InputFile, load_inputs

HEADER = ["event_id", "user_id", "event_name", "occurred_at"]
PIECES = [
    "a", "é", "日", "7", " ", "", '"', "'", ",", ";", "\t", "|", "\\", "#",
    "\n", "\r\n", "\r", "null", "\x1b", "\u2028", "{{", "--", "😀",
]  # fmt: skip
DAMAGES = [
    "none", "shorter line", "longer line", "footer", "blank line",
    "second header", "cut", "odd byte", "stray quote", "other break", "NUL",
    "other encoding",
]  # fmt: skip


@dataclass
class OddFile:
    """A CSV file, and how it was made."""

    content: bytes
    delimiter: str
    zipped: bool
    damage: str


@st.composite
def csv_files(draw: st.DrawFn) -> OddFile:
    """Files of every dialect with every damage."""
    cell = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
    rows = draw(st.lists(st.lists(cell, min_size=4, max_size=4), max_size=6))
    # The first oddity may come late.
    rows = [["e", "u", "work", "2024-01-01"]] * draw(
        st.sampled_from([0, 1, 3000])
    ) + [["e", *row[1:]] for row in rows]
    delimiter = draw(st.sampled_from(",;\t|"))
    line_break = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    always = draw(st.booleans())

    def quoted(value: str) -> str:
        if always or any(sign in value for sign in f'{delimiter}"\r\n'):
            return '"' + value.replace('"', '""') + '"'
        return value

    lines = [delimiter.join(map(quoted, row)) for row in [HEADER, *rows]]
    damage = draw(st.sampled_from(DAMAGES))
    place = draw(st.integers(1, len(lines)))
    added = {
        "shorter line": delimiter.join(["e", "u", "work"]),
        "longer line": delimiter.join(["e", "u", "work", "2024-01-01", "x"]),
        "footer": f"{len(rows)} rows",
        "blank line": "",
        "second header": delimiter.join([*HEADER, "source"]),
        "NUL": delimiter.join(["e", "u", "\0", "2024-01-01"]),
    }.get(damage)
    if added is not None:
        lines.insert(place, added)
    text = line_break.join(lines) + draw(st.sampled_from(["", line_break]))
    spot = draw(st.integers(0, len(text)))
    if damage == "stray quote":
        text = f'{text[:spot]}"{text[spot:]}'
    if damage == "other break":
        other = draw(st.sampled_from(["\n", "\r\n", "\r"]))
        text = f"{text[:spot]}{other}{text[spot:]}"
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig"]))
    if damage == "other encoding":
        encoding = draw(st.sampled_from(["utf-16", "utf-16-le", "latin-1"]))
    content = text.encode(encoding, errors="replace")
    spot = draw(st.integers(0, len(content)))
    if damage == "odd byte":
        odd = bytes([draw(st.integers(0, 255))])
        content = content[:spot] + odd + content[spot:]
    zipped = draw(st.booleans())
    if zipped:
        content = gzip.compress(content)
    if damage == "cut":
        content = content[: draw(st.integers(0, len(content)))]
    return OddFile(content, delimiter, zipped, damage)


def is_read_whole_or_refused(folder: Path, file: OddFile) -> None:
    """Checks that the table has the rows of the file, or the error names it."""
    path = folder / f"events.csv{'.gz' if file.zipped else ''}"
    path.write_bytes(file.content)
    problems: list[str] = []
    try:
        got = load(InputFile(path))
    except UserError as error:
        problems = error.problems
    if problems:
        assert file.damage != "none" or not _rows(file), problems
        assert all(p.startswith(str(path)) for p in problems), problems
        return
    expected = _rows(file)
    if expected != got:
        # A blank between a quote and a delimiter belongs to no value.
        expected, got = _trimmed(_rows(file, strict=False)), _trimmed(got)
    assert expected == got


def load(file: InputFile, name: str = "events") -> list[tuple[Any, ...]]:
    """The rows of a loaded file, in order."""
    load_inputs(_database(), {name: file})
    return _database().execute(f"from raw.{name}").fetchall()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all tests: closing it takes longer than loading a small file."""
    return duckdb.connect()


def _rows(file: OddFile, strict: bool = True) -> list[tuple[str | None, ...]]:
    """The rows that Python's reader finds in the file."""
    content = gzip.decompress(file.content) if file.zipped else file.content
    text = content.decode("utf-8-sig")
    assert "\0" not in text
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=file.delimiter, strict=strict,
        skipinitialspace=not strict,
    )  # fmt: skip
    rows = []
    for row in [row for row in reader if row][1:]:
        assert len(row) == 4 or row[4:] == [""], row
        rows.append(tuple(value or None for value in row[:4]))
    return rows


def _trimmed(rows: list[tuple]) -> list[tuple]:
    return [
        tuple((value or "").strip(" ") or None for value in row) for row in rows
    ]
