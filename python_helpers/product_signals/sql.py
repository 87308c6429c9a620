"""The one place where names and texts are quoted for SQL."""

from __future__ import annotations

import re
from pathlib import Path


def identifier(name: str) -> str:
    """Quotes a name for SQL, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quotes a text for SQL, whatever it contains."""
    return "'" + text.replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """Quotes a path for DuckDB, which takes [, * and ? as patterns."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path.absolute())))
