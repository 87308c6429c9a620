"""The first screen: how the accounts are doing, and what to do first."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.text import Text

from product_signals.errors import as_text
from product_signals.public_tables import readable, rows_of
from product_signals.report.words import amount, counted, floored
from product_signals.rules import connect

DATABASE = Path("product_signals.duckdb")
"""The database that commands work with unless told otherwise."""

ACCOUNTS = 5
"""Accounts on the first screen."""

_SIGNALS = 3  # shown in full per account

_STATE = """
    select
        (
            select max(activity_date) from product_signals__activity_daily
        ) as as_of_date,
        (
            select value from product_signals__data_health
            where check_name = 'received_rows'
        ) as received,
        (
            select value from product_signals__data_health
            where check_name = 'rejected_rows'
        ) as rejected,
        (select count(*) from product_signals__accounts) as accounts,
        (
            select count(distinct account_id) from product_signals__work_list
        ) as accounts_to_act_on,
        (
            select count(distinct (account_id, entity = 'product'))
            from product_signals__work_list
        ) as cards,
        (
            select count(*) from product_signals__signals where is_open
        ) as open,
        (
            select count(*) from product_signals__signals
            where is_open and severity = 'info'
        ) as news,
        (
            select count(*) from product_signals__signals
            where is_open and severity <> 'info' and is_answered
        ) as answered,
        (
            select count(*) > 0 from product_signals__accounts
            where coalesce(mrr, deal_size) is not null
        ) as has_values,
        (
            select count(*) > 0 from product_signals__accounts
            where csm is not null
        ) as has_owners
"""

_BANDS = """
    select
        count(*),
        case
            when score is null then 'without a score'
            when score_band is null then 'without a band'
            else replace(score_band, '_', ' ')
        end as label
    from product_signals__accounts
    where lifecycle_stage is distinct from 'churned'
    group by label
    order by max(score) desc nulls last
"""

# Distinct counts can't be added up, so each one covers its day and the six
# before. A week that began before the first event is not compared.
_ACTIVE = """
    select this_week.active_7d, week_before.active_7d
    from product_signals__activity_daily as this_week
    left join product_signals__activity_daily as week_before
        on
            this_week.entity = week_before.entity
            and this_week.activity_date - 7 = week_before.activity_date
            and this_week.activity_date - 13
            >= (select min(activity_date) from product_signals__activity_daily)
    where
        this_week.activity_date
        = (select max(activity_date) from product_signals__activity_daily)
        and this_week.entity = ?
"""

_SEVERITIES = """
    select count(*), severity
    from product_signals__work_list
    group by severity
    order by array_position(['critical', 'high', 'medium', 'low'], severity)
"""

_TRIALS = """
    select
        count(*) as trials,
        sum(expected_value) as worth,
        min_by(coalesce(account_name, account_id), lead_rank) as first_name,
        min_by(owner, lead_rank) as first_owner
    from product_signals__leads
    where lead_rank is not null
"""

_LEAD_STATES = """
    select count(*), replace(pql_state, '_', ' ')
    from product_signals__leads
    where lead_rank is not null
    group by pql_state
    order by min(lead_rank)
"""

_FINDINGS = """
    select check_name, value, detail from product_signals__data_health
    where status in ('warn', 'error')
"""

_CARDS = """
    with listed as (

        select
            *,
            min(priority) over (partition by account_id, entity = 'product')
                as account_priority
        from product_signals__work_list

    )

    select
        dense_rank() over (order by listed.account_priority) as card,
        listed.*,
        coalesce(
            listed.user_name,
            users.full_name,
            users.email,
            features.feature_name,
            listed.subject_id,
            case when listed.entity = 'user' then listed.entity_id end
        ) as subject,
        accounts.mrr,
        accounts.deal_size,
        accounts.score,
        accounts.score_band,
        accounts.health_score,
        accounts.health_grade,
        accounts.health_reason,
        accounts.habit,
        accounts.habit_band,
        case
            when accounts.lifecycle_stage = 'renewal'
                then accounts.as_of_date + accounts.days_to_contract_end
        end as contract_end
    from listed
    left join product_signals__accounts as accounts
        on listed.account_id = accounts.account_id
    left join product_signals__users as users
        on listed.subject_type = 'user' and listed.subject_id = users.user_id
    left join (
        select distinct feature, feature_name
        from product_signals__account_features
    ) as features
        on
            listed.subject_type = 'feature'
            and listed.subject_id = features.feature
    qualify card <= ?
    order by card, listed.priority
"""


def print_screen(
    database: Path,
    console: Console,
    accounts: int = ACCOUNTS,
    schema: str | None = None,
) -> None:
    """Prints how the accounts are doing, then a card per account to act on.

    Args:
        database: A DuckDB file that the package was built in.
        console: Where to print.
        accounts: The most cards to print; a line says how many more there are.
        schema: As in connect().

    Raises:
        UserError: As in connect().
    """
    options = _options(database, schema)
    with readable(database), connect(database, schema) as connection:
        [state] = rows_of(connection.execute(_STATE))
        _portfolio(console, connection, state)
        for check_name, value, detail in connection.execute(
            _FINDINGS
        ).fetchall():
            # Some have no figure, such as the age of the last of no events.
            said = detail if value is None else amount(value)
            if detail and value is not None:
                said += f" ({detail})"
            _print(console, f"Check the data, {check_name}: {said}")
        rows = rows_of(connection.execute(_CARDS, [accounts]))
    for number, signals in groupby(rows, itemgetter("card")):
        console.print()
        _card(console, number, list(signals), state, options)
    console.print()
    if more := state["cards"] - len({row["card"] for row in rows}):
        _print(console, f"{counted(more, 'more account')} on the list. All:")
        _paste(console, ["show", "--accounts", str(state["cards"]), *options])
        console.print()
    _print(console, f"The database is {database}")


def _portfolio(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    state: dict[str, Any],
) -> None:
    _print(
        console,
        f"As of {_written(state['as_of_date'])}, from"
        f" {counted(int(state['received'] or 0), 'event')}"
        f" ({int(state['rejected'] or 0):,} rejected)",
        style="bold",
    )
    bands = connection.execute(_BANDS).fetchall()
    live = sum(count for count, _ in bands)
    gone = state["accounts"] - live
    _print(
        console,
        f"Accounts: {live:,} live"
        + (f"; by score {_listed(bands)}" if live else "")
        + (f"; {gone:,} {'has' if gone == 1 else 'have'} left" if gone else ""),
    )
    active = "; ".join(
        _active(entity, *count)
        for entity in ("user", "account")
        for count in connection.execute(_ACTIVE, [entity]).fetchall()
    )
    _print(console, f"Active in 7 days: {active or 'not known'}")
    severities = connection.execute(_SEVERITIES).fetchall()
    todo = sum(count for count, _ in severities)
    rest = state["open"] - todo - state["news"]
    _print(
        console,
        f"Open signals: {state['open']:,}; {todo:,} to act on"
        + (
            f" in {counted(state['accounts_to_act_on'], 'account')}"
            if state["accounts_to_act_on"]
            else ""
        )
        + (f" ({_listed(severities)})" if todo else "")
        + f", {state['news']:,} of news, {rest:,} set aside"
        + (f" ({state['answered']:,} answered)" if state["answered"] else ""),
    )
    _trials(console, connection)
    unknown = [
        what
        for what, known in (
            ("money (no mrr or deal_size)", state["has_values"]),
            ("owners (no csm)", state["has_owners"]),
        )
        if not known
    ]
    if unknown:
        _print(console, f"Not known of any account: {', '.join(unknown)}")


def _trials(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """Prints the open trials, if any, and whom to call first."""
    try:
        [trials] = rows_of(connection.execute(_TRIALS))
    except duckdb.CatalogException:
        return  # switched off
    if not trials["trials"]:
        return
    worth = trials["worth"]
    states = connection.execute(_LEAD_STATES).fetchall()
    owner = trials["first_owner"]
    _print(
        console,
        f"Open trials: {trials['trials']:,} ({_listed(states)})"
        + (
            f", worth {worth:,.2f}".removesuffix(".00")
            + " by deal size × likelihood"
            if worth is not None
            else ""
        )
        + f"; call first: {trials['first_name']}"
        + (f" (owner {owner})" if owner else "")
        + "; all: product_signals__leads",
    )


def _active(name: str, now: int, before: int | None) -> str:
    """Active users or accounts of a week, compared with the week before."""
    if before is None:
        return f"{counted(now, name)} (no whole week before to compare)"
    percent = f", {100 * (now - before) / before:+.0f} %" if before else ""
    return (
        f"{counted(now, name)} ({now - before:+,} on the week before{percent})"
    )


def _card(
    console: Console,
    number: int,
    signals: list[dict[str, Any]],
    state: dict[str, Any],
    options: list[str],
) -> None:
    account = signals[0]
    account_id = account["account_id"]
    name = (account["account_name"] or "").strip() or account_id
    mark = f"{number}. "
    lead = " " * len(mark)
    of_product = account["entity"] == "product"
    nobody = "The whole product" if of_product else "Users without an account"
    _print(console, name or nobody, mark, "bold")
    if name:
        _print(console, "; ".join(_standing(account, state)), lead)
        if account["health_reason"]:
            _print(console, f"Health: {account['health_reason']}", lead)
    for signal in signals[:_SIGNALS]:
        subject = f": {signal['subject']}" if signal["subject"] else ""
        title = f"{signal['signal_name']} ({signal['severity']}){subject}"
        _print(console, title, lead, "bold")
        for label, text in (
            ("", signal["reason"]),
            ("Now: ", signal["now"]),
            ("Do: ", signal["next_action"]),
        ):
            if text:
                _print(console, f"{label}{text}", f"{lead}  ")
    others = Counter(signal["signal_name"] for signal in signals[_SIGNALS:])
    if others:
        also = (
            other if count == 1 else f"{other} × {count}"
            for other, count in others.items()
        )
        _print(console, f"Also: {', '.join(also)}", lead)
    if account_id is not None:
        words = [account_id, *options]
        if account_id.startswith("-"):  # looks like an option
            words = [*options, "--", account_id]
        _paste(console, ["explain", *words], lead)


def _standing(account: dict[str, Any], state: dict[str, Any]) -> list[str]:
    """Money, score, health, habit, renewal and owner, in words."""
    value, kind = account["account_value"], "MRR"
    if account["mrr"] is None:
        kind = "deal size"
    if not value and account["deal_size"] is not None:
        # A trial, where others have an MRR.
        value, kind = account["deal_size"], "deal size"
    facts = []
    if value is not None:
        facts.append(f"{kind} {value:,.2f}".removesuffix(".00"))
    elif state["has_values"]:
        facts.append("no value known")
    for name, column, band_column, unit in (
        ("score", "score", "score_band", ""),
        ("health", "health_score", "health_grade", ""),
        ("habit", "habit", "habit_band", " %"),
    ):
        figure = account[column]
        if figure is None:
            # A company may not have configured health at all.
            if name != "health":
                facts.append(f"no {name} yet")
            continue
        band = account[band_column]
        facts.append(
            f"{name} {floored(figure)}{unit}"
            + (f" ({band.replace('_', ' ')})" if band else "")
        )
    if account["contract_end"]:
        facts.append(f"contract ends on {_written(account['contract_end'])}")
    if account["owner"]:
        facts.append(f"owner {account['owner']}")
    elif state["has_owners"]:
        facts.append("no owner")
    return facts


def _print(
    console: Console, text: str, lead: str = "", style: str = ""
) -> None:
    """Prints all of a text, wrapped to the width of the screen."""
    shown = Text(as_text(text), style)
    for line in shown.wrap(console, max(console.width - len(lead), 1)):
        line.rstrip()
        console.print(Text(lead, style).append_text(line), soft_wrap=True)
        lead = " " * len(lead)


def _paste(console: Console, words: list[str], lead: str = "") -> None:
    """Prints a command on one line, however long, so that it can be copied."""
    command = " ".join(map(_quoted, [_program(), *words]))
    console.print(Text(lead + command), soft_wrap=True)


def _quoted(word: str) -> str:
    """Quotes a word of a command, control characters as bash and zsh do."""
    if as_text(word) == word:
        return shlex.quote(word)
    return (
        "$'"
        + "".join(
            f"\\u{ord(character):04x}"
            if character in "\\'" or as_text(character) != character
            else character
            for character in word
        )
        + "'"
    )


def _program() -> str:
    """The command that starts this program from the current folder."""
    beside = Path(sys.executable).with_name("product-signals")
    found = shutil.which("product-signals")
    if found and (not beside.exists() or beside.samefile(found)):
        return "product-signals"
    here = Path.cwd()
    # A shell would look for a name without a folder on the PATH.
    if here in beside.parent.parents:
        return str(beside.relative_to(here))
    return str(beside)


def _options(database: Path, schema: str | None) -> list[str]:
    """The options that a command needs to find a database."""
    options = []
    if database != DATABASE:
        options += ["--database", str(database)]
    if schema is not None:
        options += ["--schema", schema]
    return options


def _written(day: date | None) -> str:
    """A day as the reasons of signals write it."""
    return f"{day.day} {day:%B %Y}" if day else "no day"


def _listed(counts: list[tuple[int, str]]) -> str:
    return ", ".join(f"{count:,} {name}" for count, name in counts)
