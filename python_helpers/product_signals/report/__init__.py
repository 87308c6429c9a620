"""One HTML page on how the accounts are doing, which needs no network."""

from __future__ import annotations

from pathlib import Path

from product_signals.public_tables import Ask
from product_signals.report.facts import gather
from product_signals.report.page import render
from product_signals.stopping import temporary_folder

ACCOUNTS = 100
"""Accounts of the work list that have a page of their own."""


def write_report(ask: Ask, path: Path, accounts: int = ACCOUNTS) -> None:
    """Writes the page, whole or not at all.

    Args:
        ask: The public tables.
        path: The file. Only its owner can read a new one; a replaced one keeps
            its permissions.
        accounts: The most accounts of the work list to show.

    Raises:
        UserError: There is no account yet, or a table can't be read.
    """
    text = render(gather(ask, accounts))
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(dir=path.parent, prefix=".writing-") as folder:
        draft = folder / path.name
        draft.write_text(text, encoding="utf-8")
        draft.chmod(mode)
        draft.replace(path)
