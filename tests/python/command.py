"""The command product-signals, called from tests, and files to give it."""

from __future__ import annotations

import csv
from pathlib import Path

from product_signals.cli import app
from typer.testing import CliRunner, Result


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_csv(path: Path, *rows: list[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path
