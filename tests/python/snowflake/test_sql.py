"""Every compiled model is Snowflake's SQL, by two parsers that know it."""

import subprocess
from pathlib import Path

import sqlglot
from warehouse import Warehouse

CONFIG = """\
[sqlfluff]
dialect = snowflake
templater = raw
large_file_skip_byte_limit = 0
# Not how it is laid out: what Jinja leaves behind is nobody's to read.
rules = AL01, AL02, AL05, AM01, AM02, AM05, CP01, CP02, CP03, CV02, CV08, ST08
"""


def _compiled(golden: Warehouse) -> Path:
    compiled = golden.project / "target" / "compiled" / "product_signals"
    assert len(list(compiled.rglob("*.sql"))) > 60
    return compiled


def test_sqlglot_parses_every_model(golden: Warehouse) -> None:
    for path in _compiled(golden).rglob("*.sql"):
        [statement] = sqlglot.parse(
            path.read_text(encoding="utf-8"),
            read="snowflake",
            error_level=sqlglot.ErrorLevel.RAISE,
        )
        assert statement is not None


def test_sqlfluff_finds_nothing(golden: Warehouse) -> None:
    compiled = _compiled(golden)
    (compiled / ".sqlfluff").write_text(CONFIG, encoding="utf-8")
    lint = subprocess.run(
        ["sqlfluff", "lint", "--disable-progress-bar", "--processes", "2", "."],
        cwd=compiled,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
