"""Measures what scores and signals were worth on a past history.

An account counts as having left on a day if it cancels, or if nobody in it is
active, in the next 90 days. So a database itself shows what became of its
accounts. Read the figures with care if use is seasonal, because a quiet account
may come back.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from product_signals.errors import UserError
from product_signals.public_tables import readable
from product_signals.rules import connect

Row = dict[str, Any]

FILES = ("measurements.csv", "predictions.csv", "bands.csv")

# Days without activity that count as having left, and days to look back on.
HORIZON = 90
# With fewer people, an account may be silent because somebody is on holiday.
MIN_PEOPLE = 3
# Scores are only measured on accounts active in this many days.
ACTIVE_WITHIN = 30
SCORES = ("score", "habit")
# Simple figures to compare scores with.
BASELINES = ("active_days_90d", "event_count", "recency")
BANDS = {"score_band": "score", "habit_band": "habit"}
_DRAWS = 500


@dataclass(frozen=True)
class History:
    """What became of the accounts. Arrays are accounts × days.

    Attributes:
        first: The first day.
        days: Days with a known outcome, from 0. They begin with the second
            year or, in a short history, after 90 days.
        busy: Active days among the last 90.
        left: Whether the account cancels, or nobody is active, in the next 90
            days.
        counted: Whether the account is measured on that day: it is one of
            `days`, and the account has MIN_PEOPLE people and is in use.
        weeks: `counted` on every seventh day, which signals are compared with.
        draws: How often each account is in each draw of as many accounts;
            draws × accounts. An account is drawn with all its days, because
            they are alike.
    """

    first: date
    days: np.ndarray
    busy: np.ndarray
    left: np.ndarray
    counted: np.ndarray
    weeks: np.ndarray
    draws: np.ndarray


def known_history(
    first: date,
    active: np.ndarray,
    people: np.ndarray,
    cancelled: np.ndarray | float = np.inf,
) -> History:
    """Makes a history from who was active.

    Args:
        first: The first day.
        active: Whether somebody was active, accounts × days.
        people: Whether the account existed and had MIN_PEOPLE people.
        cancelled: The day on which each account cancelled, accounts × 1, from
            0; inf if it didn't.

    Raises:
        ValueError: It is too short, or nobody left, or nobody stayed.
    """
    accounts, length = active.shape
    start = 365 if length >= 365 + 3 * HORIZON else HORIZON
    days = np.arange(start, length - HORIZON)
    if not len(days):
        raise ValueError(f"has {length} days; give one with {2 * HORIZON + 1}")
    totals = np.pad(np.cumsum(active, axis=1), ((0, 0), (1, 0)))
    now = np.arange(1, length + 1)
    busy = totals[:, 1:] - totals[:, (now - HORIZON).clip(0)]
    left = totals[:, 1:] == totals[:, (now + HORIZON).clip(None, length)]
    left |= (cancelled >= now) & (cancelled < now + HORIZON)
    counted = people & (busy > 0) & np.isin(now - 1, days)
    weeks = counted & np.isin(now - 1, days[::7])
    if len(np.unique(left[weeks])) < 2:
        raise ValueError(
            f"has no accounts of {MIN_PEOPLE} people of which some left and"
            " some stayed; give one that has"
        )
    there = np.flatnonzero(counted.any(axis=1))
    picked = np.random.default_rng(7).choice(there, (_DRAWS, len(there)))
    draws = np.stack([np.bincount(one, minlength=accounts) for one in picked])
    return History(first, days, busy, left, counted, weeks, draws)


def read_history(connection: duckdb.DuckDBPyConnection) -> History:
    """Reads the history in accounts_daily.

    Args:
        connection: To a database that the package was built in. It gets a
            temporary table `days` with account and day, both from 0, and the
            scores on that day.

    Raises:
        ValueError: As in known_history().
    """
    said = (*SCORES, *BANDS, "active_days_90d", "event_count")
    connection.execute(
        f"""
        create or replace temp table days as select
            account_id, as_of_date, {", ".join(said)},
            dense_rank() over (order by account_id) - 1 as account,
            as_of_date - min(as_of_date) over () as day,
            -days_since_last_active as recency,
            coalesce(greatest(known_users, seen_users), 0) >= {MIN_PEOPLE}
                as people
        from product_signals__accounts_daily
        """
    )
    first, accounts, length = connection.execute(
        "select min(as_of_date), max(account) + 1, max(day) + 1 from days"
    ).fetchall()[0]
    cells = np.zeros((2, accounts or 0, length or 0), dtype=bool)
    found = connection.execute(
        "select account, day, coalesce(recency = 0, false) as active, people"
        " from days"
    ).fetchnumpy()
    cells[:, found["account"], found["day"]] = found["active"], found["people"]
    cancelled = np.full((accounts or 0, 1), np.inf)
    # An account's last day is the one before, in the variable timezone. In UTC,
    # that may be a day off.
    found = connection.execute(
        """
        select
            account,
            case
                when abs(max(day) + 1 - utc_day) <= 1 then max(day) + 1
                else utc_day
            end as day
        from (
            select
                account_id,
                cast(cancelled_at as date) - $1 as utc_day
            from product_signals__accounts
            where cancelled_at is not null
        )
        inner join days using (account_id)
        group by account, utc_day
        """,
        [first],
    ).fetchnumpy()
    cancelled[found["account"], 0] = found["day"]
    return known_history(first, *cells, cancelled)


def measure_signals(
    connection: duckdb.DuckDBPyConnection, history: History
) -> list[Row]:
    """Measures what became of the accounts that each signal fired on.

    Args:
        connection: The one given to read_history().
        history: What read_history() returned.

    Returns:
        A row of measurements.csv per signal. Suppressed signals count, because
        their rule fired. Days open and reopened cover all episodes.
    """
    openings = connection.execute(
        """
        select signal, account, opened_on - $1 as day
        from product_signals__signals
        inner join (select distinct account_id, account from days)
            using (account_id)
        """,
        [history.first],
    ).fetchnumpy()
    episodes = connection.execute(
        """
        with episodes as (
            select
                *,
                coalesce(
                    lead(opened_on) over (
                        partition by signal_key order by opened_on
                    ) - closed_on <= $1, false
                ) as reopened
            from product_signals__signals
        )
        select
            signal, any_value(missing_inputs), median(days_open),
            avg(cast(reopened as int)) filter (closed_on - $2 <= $3)
        from (
            select distinct signal, missing_inputs
            from product_signals__signal_digest
        )
        left join episodes using (signal)
        group by signal
        order by signal
        """,
        [HORIZON, history.first, int(history.days[-1])],
    ).fetchall()
    rows = []
    for signal, missing_inputs, days_open, reopened in episodes:
        of_signal = openings["signal"] == signal
        rows.append(
            {"signal": signal, "missing_inputs": missing_inputs}
            | measure_openings(
                history,
                openings["account"][of_signal],
                openings["day"][of_signal],
            )
            | {"median_days_open": days_open, "reopened": reopened}
        )
    return rows


def measure_openings(
    history: History, account: np.ndarray, day: np.ndarray
) -> Row:
    """Measures how often accounts left after something fired on them.

    Args:
        history: The history of all accounts.
        account: The account of each opening, as a row of the history.
        day: The day of each opening, as a column of the history.

    Returns:
        Columns of measurements.csv: `lift` is the share that left within 90
        days, divided by that of all account-weeks, with a 95 % interval;
        `matched_lift` divides by that of account-weeks in the same tenth by
        active days.
    """
    counted = history.counted[account, day]
    account, day = account[counted], day[counted]
    weeks, left = history.weeks, history.left[account, day]
    base, years = history.left[weeks].mean(), weeks.sum() * 7 / 365
    precision = low = high = matched = None
    if len(left):
        busy = history.busy[weeks]
        edges = np.unique(np.quantile(busy, np.arange(0.1, 1, 0.1)))
        tenth = np.searchsorted(edges, busy)
        rates = np.bincount(tenth, history.left[weeks]) / np.bincount(tenth)
        like = np.searchsorted(edges, history.busy[account, day])
        expected = rates[like.clip(max=len(rates) - 1)].sum()
        precision = left.mean()
        low, high = _interval(history, account, left)
        matched = left.sum() / expected if expected else None
    return {
        "fired": len(left),
        "hits": int(left.sum()),
        "account_years": years,
        "per_account_year": len(left) / years,
        "precision": precision,
        "base_rate": base,
        "lift": None if precision is None else precision / base,
        "lift_low": low,
        "lift_high": high,
        "matched_lift": matched,
    }


def wilson(hits: float, n: float) -> np.ndarray:
    """Wilson's 95 % interval of a share.

    Args:
        hits: The number of hits.
        n: The number of trials.

    Source: E. B. Wilson, Probable inference, the law of succession, and
    statistical inference. JASA 22 (1927).
    """
    z = 1.96
    share, bounds = hits / n, np.array([-1, 1])
    half = z * np.sqrt(share * (1 - share) / n + z * z / 4 / n / n)
    return (share + z * z / 2 / n + bounds * half).clip(0) / (1 + z * z / n)


def _interval(
    history: History, account: np.ndarray, left: np.ndarray
) -> tuple[float, float]:
    """The interval of the lift: the wider of Wilson's and of draws of accounts.

    Wilson's treats openings on one account as independent, so it is too
    narrow; draws of few accounts are too alike. If nobody or everybody left,
    draws say nothing, so Wilson's counts each account once.
    """
    size, weeks = len(history.left), history.weeks
    fired = np.bincount(account, minlength=size)
    n = (fired > 0).sum() if left.all() or not left.any() else len(left)
    bounds = wilson(left.mean() * n, n) / history.left[weeks].mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        lifts = (
            (history.draws @ np.bincount(account, left, size))
            / (history.draws @ fired)
            / (history.draws @ (history.left & weeks).sum(axis=1))
            * (history.draws @ weeks.sum(axis=1))
        )
    drawn = np.quantile(lifts[np.isfinite(lifts)], [0.025, 0.975])
    return min(bounds[0], drawn[0]), max(bounds[1], drawn[1])


def measure_scores(
    connection: duckdb.DuckDBPyConnection, history: History
) -> tuple[list[Row], list[Row]]:
    """Measures how well scores at month ends predicted who would leave.

    Args:
        connection: The one given to read_history().
        history: What read_history() returned.

    Returns:
        Rows of predictions.csv, one per score and per baseline, with the
        difference to the best baseline; and rows of bands.csv. None if there
        is no month end at which some left and some stayed.
    """
    found = connection.execute(
        "select * from days where as_of_date = last_day(as_of_date) and people"
        " and day between ? and ? and recency > ?",
        [int(history.days[0]), int(history.days[-1]), -ACTIVE_WITHIN],
    ).fetchnumpy()
    left = history.left[found["account"], found["day"]]
    weights = np.pad(history.draws, ((1, 0), (0, 0)), constant_values=1)
    auc = {
        column: within_date_auc(
            np.ma.filled(found[column].astype(float), np.nan),
            found["day"],
            left,
            weights[:, found["account"]],
        )
        for column in SCORES + BASELINES
    }
    if np.isnan(auc["recency"][0]):
        return [], []
    best = max(BASELINES, key=lambda column: auc[column][0])
    predictions = []
    for column, values in auc.items():
        row = {"column": column, "rows": len(left), "left": int(left.sum())}
        for name, of in (("auc", values), ("vs_best", values - auc[best])):
            low, high = np.nanquantile(of[1:], [0.025, 0.975])
            row |= {name: of[0], f"{name}_low": low, f"{name}_high": high}
        predictions.append(row | {"best": best})
    bands = [
        {
            "column": column,
            "band": band,
            "rows": int(of.sum()),
            "left_rate": left[of].mean(),
        }
        for column, score in BANDS.items()
        for band, of in sorted(
            (
                (band, np.ma.filled(found[column] == band, False))
                for band in np.unique(np.ma.compressed(found[column]))
            ),
            key=lambda item, score=score: found[score][item[1]].mean(),
        )
    ]
    return predictions, bands


def within_date_auc(
    values: np.ndarray, day: np.ndarray, left: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """How often the higher of two accounts on a day stayed and the other left.

    Args:
        values: A value per row; a tie or a missing value (nan) is half right.
        day: The day of each row.
        left: Whether the account left.
        weights: The weight of each row, for each result.

    Returns:
        1 is perfect, 0.5 a coin toss; nan if no day has both kinds of account.
    """
    right, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for date_ in np.unique(day[left]):
        gone = np.flatnonzero((day == date_) & left)
        stayed = np.flatnonzero((day == date_) & ~left)
        sign = np.sign(values[stayed] - values[gone][:, None])
        of_pair = (np.nan_to_num(sign) + 1) / 2
        right += ((weights[:, gone] @ of_pair) * weights[:, stayed]).sum(axis=1)
        pairs += weights[:, gone].sum(axis=1) * weights[:, stayed].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return right / pairs


def write_truth(
    databases: Sequence[Path], out: Path, schema: str | None = None
) -> None:
    """Measures databases and writes the FILES.

    Args:
        databases: DuckDB files that the package was built in; a history is
            named after its file.
        out: The folder for the CSVs, made if missing.
        schema: As in connect() of rules.

    Raises:
        UserError: A file is not such a database, or has nothing to measure.
    """
    rows: dict[str, list[Row]] = {name: [] for name in FILES}
    for database in databases:
        with readable(database), connect(database, schema) as connection:
            try:
                history = read_history(connection)
            except ValueError as error:
                raise UserError(f"{database}: {error}") from error
            signals = measure_signals(connection, history)
            found = signals, *measure_scores(connection, history)
        for name, measured in zip(FILES, found, strict=True):
            rows[name] += [{"history": database.stem} | row for row in measured]
    out.mkdir(parents=True, exist_ok=True)
    for name, measured in rows.items():
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if measured:
                writer.writerow(measured[0].keys())
            for row in measured:
                writer.writerow(
                    round(float(value), 4)
                    if isinstance(value, float)
                    else value
                    for value in row.values()
                )
