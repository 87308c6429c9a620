"""What a build says, as tables that a person understands."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from product_signals.errors import UserError, as_text

_ACCOUNTS = """
    select
        account_id,
        coalesce(account_name, account_id),
        score,
        behavior_change,
        activation_rate,
        adoption_rate,
        habit,
        coalesce(replace(open_signal_names, '|', ', '), '')
    from product_signals__accounts
    where lifecycle_stage <> 'churned' and {condition}
    order by {order}, account_id
    limit 8
"""

_SIGNALS = """
    select
        severity,
        signal_name,
        coalesce(account_name, account_id, 'all')
        || coalesce(', ' || coalesce(
            user_name, case when entity = 'user' then entity_id end
        ), ''),
        opened_on,
        reason,
        'now: ' || now,
        next_action
    from product_signals__work_list
    order by priority
    limit 12
"""

_WHY = """
    select
        components.entity_id,
        string_agg(
            components.event_name || ' '
            || case when components.points_change > 0 then '+' else '' end
            || cast(round(components.points_change) as integer),
            ', ' order by components.points_change, components.event_name
        )
    from (
        select
            components.*,
            row_number() over (
                partition by components.entity_id
                order by components.points_change, components.event_name
            ) as place
        from product_signals__score_components as components
        inner join product_signals__accounts as accounts
            on
                components.entity = 'account'
                and components.entity_id = accounts.account_id
                and components.profile = accounts.profile
        where components.points_change < 0
    ) as components
    where components.place <= 3
    group by components.entity_id
"""


def print_report(database: Path, console: Console) -> None:
    """Prints the top and the falling accounts, the open signals and why.

    Args:
        database: A DuckDB file that the package was built in.
        console: Where to print.
    """
    with (
        readable(database),
        duckdb.connect(str(database.absolute()), read_only=True) as connection,
    ):

        def rows(query: str) -> list[tuple]:
            return _shown(connection.execute(query).fetchall())

        as_of_date, received, rejected = rows(
            "select"
            " (select max(as_of_date) from product_signals__accounts),"
            " (select value from product_signals__data_health"
            "  where check_name = 'received_rows'),"
            " (select value from product_signals__data_health"
            "  where check_name = 'rejected_rows')"
        )[0]
        why = dict(rows(_WHY))
        console.print(
            f"\nAs of {as_of_date}, from {int(received):,} events"
            f" ({int(rejected):,} rejected)\n"
        )
        _accounts(
            console,
            "Top accounts",
            rows(_ACCOUNTS.format(condition="score > 0", order="score desc")),
        )
        _accounts(
            console,
            "Falling accounts",
            rows(
                _ACCOUNTS.format(
                    condition="behavior_change < 0", order="behavior_change"
                )
            ),
            why,
        )
        console.print(
            "change: of the score against the period before, everybody else's"
            " held still;\nbehind an event: points of the raw score\n"
        )
        _signals(
            console,
            rows(_SIGNALS),
            rows("select count(*) from product_signals__work_list")[0][0],
        )
        for check_name, value, detail in rows(
            "select check_name, value, detail from"
            " product_signals__data_health where status in ('warn', 'error')"
        ):
            console.print(
                f"Look at {check_name}: {float(value or 0):g}"
                + (f" ({detail})" if detail else "")
            )
    name = as_text(str(database))
    console.print(f"\nThe database is {name}")
    # Both commands work in the environment that this one runs in.
    python = Path(sys.executable)
    explain = [str(python.parent / "product-signals"), "explain", "ACCOUNT_ID"]
    console.print(
        "Why one of them stands where it does:"
        f" {shlex.join([*explain, '--database', name])}",
        soft_wrap=True,
    )
    look = (
        f"import duckdb; duckdb.connect({dumps(name)})"
        '.sql("from product_signals__signals").show()'
    )
    console.print(
        f"Look further with duckdb: {shlex.join([str(python), '-c', look])}",
        soft_wrap=True,
    )


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


def _accounts(
    console: Console,
    title: str,
    rows: list[tuple],
    why: dict[str, str] | None = None,
) -> None:
    if not rows:
        console.print(f"{title}: none\n")
        return
    table = Table(title=title, title_justify="left", pad_edge=False)
    table.add_column("account", no_wrap=True)
    for column in ("score", "change", "activ. %", "adopt. %", "habit %"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("open signals" if why is None else "signals, why")
    for key, account, score, change, *rates, signals in rows:
        reasons = [signals, (why or {}).get(key, "")]
        table.add_row(
            account,
            f"{score:.0f}",
            "new" if change is None else f"{change:+.0f}",
            *("–" if rate is None else f"{rate:.0f}" for rate in rates),
            "\n".join(reason for reason in reasons if reason),
        )
    console.print(table)
    console.print()


def _signals(console: Console, rows: list[tuple], count: int) -> None:
    if not rows:
        console.print("There is nothing to act on.\n")
        return
    table = Table(
        title=f"Work list, most urgent first ({len(rows)} of {count})",
        title_justify="left",
        pad_edge=False,
        show_lines=True,
    )
    table.add_column("account", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("signal, why, what to do")
    for severity, signal, account, opened_on, *texts in rows:
        table.add_row(
            account,
            severity,
            "\n".join([f"{signal}, since {opened_on}", *filter(None, texts)]),
        )
    console.print(table)
    console.print()
