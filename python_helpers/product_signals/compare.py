"""What another configuration would have said about the same accounts (L6)."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from product_signals.errors import UserError, as_text
from product_signals.public_tables import Ask

Row = dict[str, Any]

TOP = 20
"""Accounts that are the highest."""

_WEEKS = """
    select
        accounts.account_id,
        coalesce(accounts.account_name, accounts.account_id) as account_name,
        days.as_of_date,
        days.score,
        days.score_band,
        days.health_grade,
        accounts.as_of_date as today
    from {accounts_daily} as days
    inner join {accounts} as accounts
        on days.account_id = accounts.account_id
    where
        days.as_of_date = accounts.as_of_date
        or (accounts.as_of_date - days.as_of_date) % 7 = 0
"""

_EPISODES = """
    select
        signals.signal,
        signals.entity_id,
        signals.account_id,
        signals.opened_on,
        coalesce(signals.closed_on - 1, accounts.as_of_date) as last_day,
        signals.is_open
    from {signals} as signals
    cross join (select max(as_of_date) as as_of_date from {accounts})
        as accounts
"""

_LEADS = """
    select account_id, account_name, pql_state, persona, expected_value
    from {leads}
"""

_OF_LEADS = ("pql_state", "persona", "expected_value")


@dataclass(frozen=True)
class Side:
    """What one configuration built.

    Attributes:
        name: What messages call it.
        tables: Its public tables.
    """

    name: str
    tables: AbstractContextManager[Ask]


@dataclass
class Change:
    """A signal under both configurations.

    Attributes:
        signal: Its name.
        before: How often it opened.
        after: How often it opened under the other configuration.
        only_before: Episodes of before that share no day with one of after.
        only_after: Episodes of after that share no day with one of before.
        open_before: How many are open on the last day.
        open_after: How many are open under the other configuration.
    """

    signal: str
    before: int
    after: int
    only_before: int
    only_after: int
    open_before: int
    open_after: int


@dataclass
class Comparison:
    """Two configurations over the same history.

    Attributes:
        as_of_date: The last day of both.
        first_day: The first of the compared weeks.
        accounts: Accounts in both.
        account_weeks: Their weeks, counted back from the last day.
        left_out: Accounts in only one of the two.
        other_band: Account-weeks in another score band.
        other_grade: Account-weeks with another health grade.
        same_top: Accounts among the TOP by score on the last day in both.
        top: How many accounts the TOP are.
        bands: Score bands on the last day: before, after, and accounts.
        moved: Accounts in another score band on the last day.
        signals: The signals that differ, by name.
        same_signals: How many signals are the same.
        leads: Accounts in both that are or were on trial; 0 if a side has no
            table of them.
        moved_leads: Those with another state, persona or expected value on the
            last day, the largest change of value first.
        expected_value_before: The sum of the expected values of the leads.
        expected_value_after: The sum under the other configuration.
    """

    as_of_date: date
    first_day: date
    accounts: int
    account_weeks: int
    left_out: int
    other_band: int
    other_grade: int
    same_top: int
    top: int
    bands: list[tuple[str | None, str | None, int]]
    moved: list[Row]
    signals: list[Change]
    same_signals: int
    leads: int
    moved_leads: list[Row]
    expected_value_before: Decimal
    expected_value_after: Decimal


def compare(before: Side, after: Side) -> Comparison:
    """Compares what two configurations built.

    Args:
        before: What one configuration built.
        after: What another built from the same events.

    Raises:
        UserError: As in in_database() and in_project(); or they end on
            different days, or share no account.
    """
    found = []
    for side in (before, after):
        # One after the other, because dbt keeps one connection at a time.
        with side.tables as ask:
            found.append((_weeks(ask), ask(_EPISODES), _leads(ask)))
    (weeks, episodes, leads), (other_weeks, other_episodes, other_leads) = found
    todays = {
        side.name: max((row["today"] for row in rows.values()), default=None)
        for side, rows in ((before, weeks), (after, other_weeks))
    }
    if len(set(todays.values())) > 1:
        raise UserError(
            "; ".join(f"{name}: is as of {day}" for name, day in todays.items())
            + ": build both for one day, with the variable as_of_date, such as"
            " --var as_of_date=YYYY-MM-DD of run"
        )
    shared = sorted(weeks.keys() & other_weeks.keys())
    if not shared:
        raise UserError(
            f"{after.name}: has no account of {before.name}; build both of the"
            " same events and accounts"
        )
    [today] = set(todays.values())
    accounts = {account for account, _ in shared}
    all_accounts = {account for account, _ in weeks.keys() | other_weeks.keys()}
    last = [
        (weeks[account, today], other_weeks[account, today])
        for account in sorted(accounts)
        if (account, today) in weeks and (account, today) in other_weeks
    ]
    signals = _signals(episodes, other_episodes, accounts)
    of_both = leads.keys() & other_leads.keys() & accounts
    return Comparison(
        as_of_date=today,
        first_day=min(day for _, day in shared),
        accounts=len(accounts),
        account_weeks=len(shared),
        left_out=len(all_accounts - accounts),
        other_band=_differ(weeks, other_weeks, shared, "score_band"),
        other_grade=_differ(weeks, other_weeks, shared, "health_grade"),
        same_top=len(_top(last, 0) & _top(last, 1)),
        top=min(TOP, len(last)),
        bands=sorted(
            (
                (*bands, number)
                for bands, number in Counter(
                    (row["score_band"], other["score_band"])
                    for row, other in last
                ).items()
            ),
            key=lambda item: (-item[2], str(item)),
        ),
        moved=sorted(
            (
                {
                    "account_id": row["account_id"],
                    "account_name": row["account_name"],
                    "score_before": row["score"],
                    "band_before": row["score_band"],
                    "score_after": other["score"],
                    "band_after": other["score_band"],
                }
                for row, other in last
                if row["score_band"] != other["score_band"]
            ),
            key=lambda row: (
                -abs((row["score_after"] or 0) - (row["score_before"] or 0)),
                row["account_id"],
            ),
        ),
        signals=[change for change in signals if not _is_same(change)],
        same_signals=sum(map(_is_same, signals)),
        leads=len(of_both),
        moved_leads=_moved_leads(leads, other_leads, of_both),
        expected_value_before=_worth(leads, of_both),
        expected_value_after=_worth(other_leads, of_both),
    )


def print_comparison(
    comparison: Comparison, console: Console, accounts: int
) -> None:
    """Prints a comparison.

    Args:
        comparison: The comparison.
        console: Where to print.
        accounts: How many of the accounts in another band to name.
    """
    weeks = comparison.account_weeks
    console.print(
        f"{comparison.accounts:,} accounts, {comparison.first_day} to"
        f" {comparison.as_of_date}, {weeks:,} account-weeks"
        + (
            f"; {comparison.left_out:,} that are not in both are left out"
            if comparison.left_out
            else ""
        )
    )
    for name, number in (
        ("score band", comparison.other_band),
        ("health grade", comparison.other_grade),
    ):
        console.print(
            f"Another {name} in {number:,} of them ({number / weeks:.1%})"
        )
    console.print(
        f"Of the {comparison.top} highest today, {comparison.same_top} are the"
        " same"
    )
    moved = Table("account", "before", "band", "after", "band")
    for row in comparison.moved[:accounts]:
        moved.add_row(
            Text(as_text(row["account_name"])),
            *(
                _cell(row[key])
                for key in (
                    "score_before",
                    "band_before",
                    "score_after",
                    "band_after",
                )
            ),
        )
    if comparison.moved:
        console.print(
            f"Accounts in another band today: {len(comparison.moved):,}"
        )
        console.print(moved)
    changed = Table(
        "signal", "before", "after", "gone", "new", "open before", "open after"
    )
    for change in comparison.signals:
        signal, *numbers = asdict(change).values()
        changed.add_row(Text(signal), *(f"{number:,}" for number in numbers))
    console.print(
        f"Signals: {comparison.same_signals} are just the same,"
        f" {len(comparison.signals)} differ"
    )
    if comparison.signals:
        console.print(changed)
    if comparison.leads:
        _print_leads(comparison, console, accounts)


def _print_leads(
    comparison: Comparison, console: Console, accounts: int
) -> None:
    console.print(
        f"Leads: {len(comparison.moved_leads):,} of {comparison.leads:,} have"
        " another state, persona or expected value today; worth"
        f" {comparison.expected_value_before:,.0f} before and"
        f" {comparison.expected_value_after:,.0f} after"
    )
    moved = Table(
        "account", "before", "persona", "worth", "after", "persona", "worth"
    )
    for row in comparison.moved_leads[:accounts]:
        moved.add_row(
            Text(as_text(row["account_name"])),
            *(
                _cell(row[f"{column}_{when}"])
                for when in ("before", "after")
                for column in _OF_LEADS
            ),
        )
    if comparison.moved_leads and accounts:
        console.print(moved)


def _cell(value: Any) -> Text:
    return Text("none" if value is None else as_text(str(value)))


def _weeks(ask: Ask) -> dict[tuple[str, date], Row]:
    return {(row["account_id"], row["as_of_date"]): row for row in ask(_WEEKS)}


def _leads(ask: Ask) -> dict[str, Row]:
    try:
        return {row["account_id"]: row for row in ask(_LEADS)}
    except duckdb.CatalogException:
        return {}  # a file may hold only some of the tables


def _moved_leads(
    leads: dict[str, Row], other_leads: dict[str, Row], of_both: set[str]
) -> list[Row]:
    def change(row: Row) -> Decimal:
        return abs(
            (row["expected_value_after"] or 0)
            - (row["expected_value_before"] or 0)
        )

    moved = [
        {
            "account_id": account,
            "account_name": leads[account]["account_name"] or account,
            **{
                f"{column}_{when}": side[account][column]
                for when, side in (("before", leads), ("after", other_leads))
                for column in _OF_LEADS
            },
        }
        for account in of_both
        if any(
            leads[account][column] != other_leads[account][column]
            for column in _OF_LEADS
        )
    ]
    return sorted(moved, key=lambda row: (-change(row), row["account_id"]))


def _worth(leads: dict[str, Row], accounts: set[str]) -> Decimal:
    return sum(
        (leads[account]["expected_value"] or Decimal() for account in accounts),
        Decimal(),
    )


def _differ(
    weeks: dict[tuple[str, date], Row],
    other_weeks: dict[tuple[str, date], Row],
    keys: list[tuple[str, date]],
    column: str,
) -> int:
    return sum(weeks[key][column] != other_weeks[key][column] for key in keys)


def _top(last: list[tuple[Row, Row]], place: int) -> set[str]:
    rows = sorted(
        (pair[place] for pair in last),
        key=lambda row: (-(row["score"] or 0), row["account_id"]),
    )
    return {row["account_id"] for row in rows[:TOP]}


def _is_same(change: Change) -> bool:
    return (
        change.before == change.after
        and not change.only_before
        and not change.only_after
    )


def _signals(
    episodes: list[Row], other_episodes: list[Row], accounts: set[str]
) -> list[Change]:
    """Compares signals of the product and of accounts that are in both."""
    sides = []
    for rows in (episodes, other_episodes):
        by_signal: dict[str, dict[str, list[Row]]] = {}
        for row in rows:
            if row["account_id"] is None or row["account_id"] in accounts:
                by_signal.setdefault(row["signal"], {}).setdefault(
                    row["entity_id"], []
                ).append(row)
        sides.append(by_signal)
    changes = []
    for signal in sorted(sides[0].keys() | sides[1].keys()):
        one, other = (side.get(signal, {}) for side in sides)
        changes.append(
            Change(
                signal,
                sum(map(len, one.values())),
                sum(map(len, other.values())),
                _alone(one, other),
                _alone(other, one),
                *(
                    sum(
                        row["is_open"] for rows in side.values() for row in rows
                    )
                    for side in (one, other)
                ),
            )
        )
    return changes


def _alone(one: dict[str, list[Row]], other: dict[str, list[Row]]) -> int:
    """Counts episodes that share no day with one of the other side."""
    return sum(
        not any(
            row["opened_on"] <= there["last_day"]
            and there["opened_on"] <= row["last_day"]
            for there in other.get(entity, [])
        )
        for entity, rows in one.items()
        for row in rows
    )
