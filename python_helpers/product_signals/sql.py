"""The one place where names and texts are quoted for SQL."""

from __future__ import annotations

import re
from pathlib import Path


def identifier(name: str) -> str:
    """A name as SQL, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """A file's path as SQL for DuckDB, which takes [, * and ? for patterns."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path.absolute())))
