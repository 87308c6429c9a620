"""Where an account stands, and what models cost, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from product_signals.config import nearest
from product_signals.errors import UserError, as_text
from product_signals.rules import connect

_ACCOUNT = """
    select
        accounts.*,
        coalesce(cast(cells.content as integer), 0) as period_days
    from product_signals__accounts as accounts
    left join int_product_signals__known_inputs as cells
        on
            cells.kind = 'seed'
            and cells.name = 'score_profiles, profile=' || accounts.profile
            || ': period_days'
    where account_id = ?
"""

_COMPONENTS = """
    select event_name, event_count, counted, weight, points, share,
        points_change
    from product_signals__score_components
    where entity = 'account' and entity_id = ? and profile = ?
    order by points desc, points_change, event_name
"""

_ACCOUNT_SIGNALS = """
    select
        signals.signal_id,
        signals.severity,
        signals.signal_name,
        coalesce(signals.subject_id, case
            when signals.entity = 'user' then signals.entity_id
        end, ''),
        signals.opened_on,
        signals.reason,
        'now: ' || signals.now,
        signals.actions,
        case
            when signals.is_held_back then 'held back: the data are at fault'
            when signals.is_suppressed then 'suppressed by another signal'
            when signals.severity = 'info' then 'news'
            when not signals.is_latest then 'happened again since'
            when signals.priority is null
                then 'nothing to do: they have left, or are dormant'
            else 'number ' || signals.priority || ' of the work list'
        end
    from product_signals__signals as signals
    where signals.account_id = ? and signals.is_open
    order by signals.priority nulls last, signals.opened_on desc, signal_id
"""

_EVIDENCE = """
    select metric, operator, threshold, observed
    from product_signals__signal_evidence
    where signal_id = ?
    order by condition_group, condition_number
"""


def print_account(
    database: Path,
    account_id: str,
    console: Console,
    schema: str | None = None,
) -> None:
    """Prints where an account stands, and why.

    Args:
        database: A DuckDB file that the package was built in.
        account_id: The account, as in the accounts input.
        console: Where to print.
        schema: As in connect().

    Raises:
        UserError: There is no such account, or as in connect().
    """
    with readable(database), connect(database, schema) as connection:
        found = connection.execute(_ACCOUNT, [account_id])
        names = [column[0] for column in found.description]
        row = found.fetchone()
        if row is None:
            known = connection.execute(
                "select account_id from product_signals__accounts"
            ).fetchall()
            raise UserError(
                f'account "{account_id}" is not in {database};'
                f" {nearest(account_id, (key for (key,) in known))}"
            )
        [shown] = _shown([row])
        account = dict(zip(names, shown, strict=True))
        console.print(
            f"\n{account['account_name'] or account_id} on"
            f" {account['as_of_date']}, {account['lifecycle_stage']}"
            f" (expected: {account['expected_stage']})\n"
        )
        _vectors(console, account)
        _components(
            console,
            account,
            _shown(
                connection.execute(
                    _COMPONENTS, [account_id, row[names.index("profile")]]
                ).fetchall()
            ),
        )
        signals = connection.execute(_ACCOUNT_SIGNALS, [account_id]).fetchall()
        for signal_id, *signal in signals:
            evidence = connection.execute(_EVIDENCE, [signal_id]).fetchall()
            _explained(console, *_shown([signal]), _shown(evidence))
        if not signals:
            console.print("No signal is open.\n")


@contextmanager
def readable(database: Path) -> Iterator[None]:
    """Says that a database was not built by this version, or is broken.

    Args:
        database: What is read inside.

    Raises:
        UserError: DuckDB could not.
    """
    try:
        yield
    except duckdb.Error as error:
        first_line = str(error).strip().splitlines()[0]
        raise UserError(
            f"{database}: can't be read as a database of this version of the"
            f" package ({first_line}); build it again"
        ) from error


def _shown(rows: list[Any]) -> list[tuple]:
    """Rows whose texts a terminal shows and does not obey."""
    return [
        tuple(as_text(cell) if isinstance(cell, str) else cell for cell in row)
        for row in rows
    ]


def _vectors(console: Console, account: dict[str, Any]) -> None:
    table = Table(title="Six vectors", title_justify="left", pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("band", no_wrap=True)
    table.add_column("")

    def shown(column: str, unit: str = "") -> str:
        value = account[column]
        return "–" if value is None else f"{float(value):g}{unit}"

    change = account["behavior_change"]
    for name, value, band, more in (
        ("tenure", shown("tenure_days", " days"), "tenure_band", ""),
        ("size", shown("size_value"), "size_band", ""),
        (
            "activation",
            shown("activation_rate", " %"),
            "activation_band",
            f"last step {shown('days_since_last_step')} days ago",
        ),
        (
            "engagement",
            shown("score"),
            "score_band",
            f"{account['trend'] or 'no profile fits'}"
            + ("" if change is None else f", {change:+g} by its own doing")
            + f"; slope {shown('score_slope')} a week",
        ),
        (
            "active users",
            shown("active_user_rate", " %"),
            None,
            f"{shown('active_users')} of {shown('seen_users')} seen,"
            f" {shown('known_users')} known",
        ),
        (
            "adoption",
            shown("adoption_rate", " %"),
            "adoption_band",
            "missing: " + (account["missing_key_feature_names"] or "none"),
        ),
    ):
        table.add_row(name, value, (band and account[band]) or "", more)
    console.print(table)
    if account["null_reasons"]:
        console.print(account["null_reasons"], markup=False)
    console.print()


def _components(
    console: Console, account: dict[str, Any], rows: list[tuple]
) -> None:
    if not rows:
        console.print("Nothing has earned points.\n")
        return
    table = Table(
        title=f"What made the {float(account['raw_score'] or 0):g} points of"
        f" {account['period_days']} days",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column("event", no_wrap=True)
    for column in ("times", "counted", "weight", "points", "share", "change"):
        table.add_column(column, justify="right", no_wrap=True)
    for event, count, counted, weight, points, share, change in rows:
        table.add_row(
            event,
            f"{count:,}",
            f"{counted:,}",
            f"{weight:g}",
            f"{points:g}",
            "–" if share is None else f"{float(share):.0f} %",
            "–" if change is None else f"{change:+g}",
        )
    console.print(table)
    console.print()


def _explained(
    console: Console, signal: list[Any], evidence: list[tuple]
) -> None:
    severity, name, subject, opened_on, reason, now, actions, state = signal
    console.print(
        f"{name}{' of ' + subject if subject else ''} ({severity}), since"
        f" {opened_on}; {state}",
        markup=False,
    )
    for text in filter(None, (reason, now)):
        console.print(f"  {text}", markup=False)
    for metric, operator, threshold, observed in evidence:
        console.print(
            f"    {metric} = {observed}"
            f" ({operator}{' ' + threshold if threshold else ''})",
            markup=False,
        )
    for action in (actions or "").split(" | "):
        console.print(f"  → {action}", markup=False)
    console.print()


def print_costs(models: dict[str, dict[str, float]], console: Console) -> None:
    """Prints what each model took, the dearest first.

    Args:
        models: Model -> its figures, as in the summary of a benchmark.
        console: Where to print.
    """
    table = Table(pad_edge=False)
    table.add_column("model", no_wrap=True)
    for column in ("seconds", "cpu", "× floor", "MiB so far", "rows"):
        table.add_column(column, justify="right")
    for name, cost in sorted(
        models.items(), key=lambda item: -item[1]["seconds"]
    )[:20]:
        table.add_row(
            name,
            f"{cost['seconds']:.2f}",
            f"{cost['cpu_seconds']:.2f}",
            f"{cost['ratio']:.2f}",
            f"{cost['peak_mb']:,.0f}",
            f"{cost['rows']:,}",
        )
    console.print(table)
