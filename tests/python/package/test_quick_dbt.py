"""Quick dbt in the tests makes the same of the package as plain dbt."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from product_signals.builder import dbt
from warehouse import Warehouse

# The id of the run, and when it started.
_RUN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|20\d\d-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*"
)


def _compiled(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): _RUN.sub(
            "", path.read_text(encoding="utf-8")
        )
        for path in (folder / "compiled").rglob("*.sql")
    }


def test_quick_dbt_compiles_the_same(golden: Warehouse, tmp_path: Path) -> None:
    project = golden.project
    command = ("compile", "--no-write-json", "--target-path")
    dbt(project, *command, str(tmp_path / "quick"))
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli; cli()",
            *command,
            tmp_path / "plain",
            "--project-dir",
            project,
            "--profiles-dir",
            project,
        ],
        check=True,
        capture_output=True,
    )
    quick = _compiled(tmp_path / "quick")
    assert len(quick) > 100
    assert quick == _compiled(tmp_path / "plain")
