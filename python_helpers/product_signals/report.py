"""What a build says, as tables that a person understands."""

from __future__ import annotations

from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

_ACCOUNTS = """
    select
        account_id,
        coalesce(account_name, account_id),
        score,
        behavior_change,
        activation_rate,
        adoption_rate,
        active_user_rate,
        coalesce(replace(open_signal_names, '|', ', '), '')
    from product_signals__accounts
    where lifecycle_stage <> 'churned' and {condition}
    order by {order}, account_id
    limit 8
"""

_SIGNALS = """
    select
        signals.severity,
        signals.signal_name,
        coalesce(accounts.account_name, signals.account_id),
        signals.opened_on,
        signals.reason,
        signals.actions
    from product_signals__signals as signals
    left join product_signals__accounts as accounts
        on signals.account_id = accounts.account_id
    where signals.is_open
    order by
        case signals.severity
            when 'critical' then 1 when 'high' then 2 when 'medium' then 3
            when 'low' then 4 else 5
        end,
        signals.opened_on desc,
        accounts.mrr desc nulls last,
        signals.signal_id
    limit 12
"""

_WHY = """
    select
        components.entity_id,
        string_agg(
            components.event_name || ' '
            || case when components.points_change > 0 then '+' else '' end
            || cast(round(components.points_change) as integer),
            ', ' order by components.points_change
        )
    from (
        select
            components.*,
            row_number() over (
                partition by components.entity_id
                order by components.points_change
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
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute
        as_of_date, received, rejected = rows(
            "select"
            " (select max(as_of_date) from product_signals__accounts),"
            " (select value from product_signals__data_health"
            "  where check_name = 'received_rows'),"
            " (select value from product_signals__data_health"
            "  where check_name = 'rejected_rows')"
        ).fetchall()[0]
        why = dict(rows(_WHY).fetchall())
        console.print(
            f"\nAs of {as_of_date}, from {int(received):,} events"
            f" ({int(rejected):,} rejected)\n"
        )
        _accounts(
            console,
            "Top accounts",
            rows(
                _ACCOUNTS.format(condition="score > 0", order="score desc")
            ).fetchall(),
        )
        _accounts(
            console,
            "Falling accounts",
            rows(
                _ACCOUNTS.format(
                    condition="behavior_change < 0", order="behavior_change"
                )
            ).fetchall(),
            why,
        )
        console.print(
            "change: of the score against the period before, everybody else's"
            " held still;\nbehind an event: points of the raw score\n"
        )
        _signals(
            console,
            rows(_SIGNALS).fetchall(),
            rows(
                "select count(*) from product_signals__signals where is_open"
            ).fetchall()[0][0],
        )
        for check_name, value, detail in rows(
            "select check_name, value, detail from"
            " product_signals__data_health where status <> 'ok'"
        ).fetchall():
            console.print(
                f"Look at {check_name}: {float(value):g}"
                + (f" ({detail})" if detail else "")
            )
    console.print(f"\nThe database is {database}")
    console.print(
        'Look further with duckdb, e.g. python -c "import duckdb;'
        f" duckdb.connect('{database}').sql('from product_signals__signals')"
        '.show()"'
    )


def print_costs(models: dict[str, dict[str, float]], console: Console) -> None:
    """Prints what each model took, the dearest first.

    Args:
        models: Model -> its seconds and rows.
        console: Where to print.
    """
    table = Table(pad_edge=False)
    table.add_column("model", no_wrap=True)
    table.add_column("seconds", justify="right")
    table.add_column("rows", justify="right")
    for name, cost in sorted(
        models.items(), key=lambda item: -item[1]["seconds"]
    )[:20]:
        table.add_row(name, f"{cost['seconds']:.2f}", f"{cost['rows']:,}")
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
    for column in ("score", "change", "activ. %", "adopt. %", "active %"):
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
        console.print("No signal is open.\n")
        return
    table = Table(
        title=f"Open signals, worst and newest first ({len(rows)} of {count})",
        title_justify="left",
        pad_edge=False,
        show_lines=True,
    )
    table.add_column("account", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("signal, why, what to do")
    for severity, signal, account, opened_on, reason, actions in rows:
        table.add_row(
            account,
            severity,
            f"{signal}, since {opened_on}\n{reason}\n"
            + (actions or "").replace(" | ", "\n"),
        )
    console.print(table)
    console.print()
