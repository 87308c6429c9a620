"""Posts alerts to a webhook, each at most once.

An alert is noted before it is sent. If the process dies in between, or it is
unclear whether the alert arrived, the next run says so instead of resending it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal

import httpx

from product_signals.errors import UserError
from product_signals.public_tables import Ask

PAUSE = 1.0
"""Seconds between two messages: Slack takes one a second."""

_TRIES = 5
_LONGEST_WAIT = 60.0
# Answers that mean: try again later.
_LATER = (429, 503)
# Answers about one message rather than about the webhook.
_ABOUT_MESSAGE = (400, 413, 422)
# Errors before anything was sent.
_NOT_CONNECTED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_ALERTS = """
    select alert_id, text, severity, detected_on from {alerts_feed}
    where delivery = 'message' and team = ? and detected_on >= cast(? as date)
    order by detected_at, changed_on, alert_id
"""

Answer = tuple[Literal["sent", "refused", "stopped", "unknown"], str]


class Notes:
    """What was already sent, in a small file that one process uses at a time.

    Args:
        connection: To the file, which is locked.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begun_on(self, team: str, since: date | None, latest: date) -> date:
        """Returns the first day whose alerts are sent to a team.

        Args:
            team: The team.
            since: The new first day, if one was given.
            latest: The first day if none was ever given.
        """
        with self._connection as change:
            # Until 0.4.5, one day was noted for all teams.
            [noted] = change.execute(
                "select coalesce("
                " (select day from team_begun where team = ?),"
                " (select day from begun))",
                [team],
            ).fetchone()
            if noted and not since:
                return date.fromisoformat(noted)
            day = since or latest
            change.execute(
                "insert or replace into team_begun values (?, ?)",
                [team, day.isoformat()],
            )
        return day

    def left(self) -> list[str]:
        """Returns, only once, the alerts that an earlier run may have sent."""
        with self._connection as change:
            rows = change.execute(
                "update alerts set state = 'unknown' where state = 'sending'"
                " returning alert_id"
            ).fetchall()
        return [alert_id for (alert_id,) in rows]

    def knows(self, alert_id: str) -> bool:
        """Whether an alert was sent or may have been sent."""
        return bool(
            self._connection.execute(
                "select * from alerts where alert_id = ?", [alert_id]
            ).fetchall()
        )

    def write(self, alert_id: str, state: str | None) -> None:
        """Notes an alert's state; None if it was not sent after all."""
        with self._connection as change:
            if state is None:
                change.execute(
                    "delete from alerts where alert_id = ?", [alert_id]
                )
            else:
                change.execute(
                    "insert into alerts values (?, ?) on conflict (alert_id)"
                    " do update set state = excluded.state",
                    [alert_id, state],
                )


@contextmanager
def notes(path: Path) -> Iterator[Notes]:
    """Opens the file of what was sent, or makes one.

    Args:
        path: The file.

    Yields:
        The notes in it.

    Raises:
        UserError: Another process is using it, or it is another kind of file.
    """
    connection = sqlite3.connect(path, timeout=1)
    try:
        # The lock ends when the connection is closed or the process ends.
        connection.execute("pragma locking_mode = exclusive")
        with connection as change:
            change.execute("begin immediate")
            change.execute(
                "create table if not exists alerts"
                " (alert_id text primary key, state text not null)"
            )
            change.execute("create table if not exists begun (day text)")
            change.execute(
                "create table if not exists team_begun"
                " (team text primary key, day text not null)"
            )
        yield Notes(connection)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise UserError(f"{path}: {error}; name another file") from error
        raise UserError(
            f"{path}: another post is under way; wait for it"
        ) from error
    except sqlite3.DatabaseError as error:
        raise UserError(
            f"{path}: is not what post wrote ({error}); name another file"
        ) from error
    finally:
        connection.close()


def address_of(webhook: str) -> httpx.URL:
    """Returns the address of a webhook, which is a secret.

    Args:
        webhook: The address as given.

    Raises:
        UserError: It is not a valid address.
    """
    try:
        url = httpx.URL(webhook)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise UserError(
            "the webhook is not an address; give one that begins with https://"
            " by --webhook, or in the variable PRODUCT_SIGNALS_WEBHOOK"
        )
    return url


def new_alerts(
    ask: Ask, team: str | None, noted: Notes, since: date | None
) -> list[dict[str, Any]]:
    """Returns a team's alerts that have not been sent yet, in order.

    Args:
        ask: The public tables.
        team: The team; None if there is only one.
        noted: What was sent.
        since: As in Notes.begun_on().

    Raises:
        UserError: There is no such team.
    """
    teams = [
        row["team"]
        for row in ask("select distinct team from {alerts_feed} order by team")
    ]
    if team is None and len(teams) > 1:
        raise UserError(
            "a channel is for one team; say which with --team: "
            + ", ".join(teams)
        )
    if team is not None and team not in teams:
        known = ", ".join(teams) or "none has alerts yet"
        raise UserError(f"--team {team}: has no alerts ({known})")
    if not teams:
        return []
    team = team or teams[0]
    begun_on = noted.begun_on(team, since, _last_day(ask)).isoformat()
    return [
        alert
        for alert in ask(_ALERTS, team, begun_on)
        if not noted.knows(alert["alert_id"])
    ]


def _last_day(ask: Ask) -> date:
    """The day of the last run; a product may have users only."""
    for table in ("{accounts}", "{users}"):
        [row] = ask(f"select max(as_of_date) as as_of_date from {table}")
        if row["as_of_date"]:
            return row["as_of_date"]
    return date.max


def post_alerts(
    alerts: list[dict[str, Any]],
    url: httpx.URL,
    noted: Notes,
) -> int:
    """Sends alerts to a webhook.

    Args:
        alerts: From new_alerts().
        url: From address_of().
        noted: Where each alert is noted before and after it is sent.

    Returns:
        How many were sent.

    Raises:
        UserError: Some alerts were not sent, or may not have been.
    """
    sent = 0
    problems = []
    # A reused connection may have been closed, and then it is unclear whether
    # the alert arrived.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(timeout=20, limits=limits) as client:
        for place, alert in enumerate(alerts):
            if place:
                _wait(PAUSE)
            alert_id = alert["alert_id"]
            noted.write(alert_id, "sending")
            answer, said = _send(client, url, alert["text"])
            noted.write(
                alert_id,
                answer if answer in ("sent", "unknown") else None,
            )
            if answer == "sent":
                sent += 1
                continue
            problems.append(_problem(answer, alert_id, said))
            if answer != "refused":
                rest = len(alerts) - place - (answer == "unknown")
                problems.append(f"{rest} wait for the next post")
                break
    if problems:
        raise UserError(f"{sent} sent", *problems)
    return sent


def _send(
    client: httpx.Client,
    url: httpx.URL,
    text: str,
) -> Answer:
    """Sends a text, and retries only if it can't have arrived."""
    said = ""
    for attempt in range(_TRIES):
        pause = 2.0**attempt
        try:
            response = client.post(url, json={"text": text})
        except _NOT_CONNECTED as error:
            said = f"no connection, {type(error).__name__}"
        except httpx.TransportError as error:
            return "unknown", type(error).__name__
        else:
            said = f"{response.status_code} {response.text[:100]}".strip()
            if response.is_success:
                return "sent", said
            if response.status_code in _ABOUT_MESSAGE:
                return "refused", said
            if response.status_code not in _LATER:
                known = response.status_code < 500
                return "stopped" if known else "unknown", said
            asked = response.headers.get("retry-after", "")
            pause = float(asked) if asked.isdigit() else pause
        if pause > _LONGEST_WAIT:
            break
        if attempt < _TRIES - 1:
            _wait(pause)
    return "stopped", said


def _wait(seconds: float) -> None:
    time.sleep(seconds)


def _problem(answer: str, alert_id: str, said: str) -> str:
    if answer == "refused":
        return (
            f"alert {alert_id}: the webhook refuses it ({said}); it is tried"
            " again next time"
        )
    if answer == "unknown":
        return (
            f"alert {alert_id}: nobody can tell whether it arrived ({said});"
            " it is not sent again"
        )
    return (
        f"the webhook takes nothing ({said}); see whether the address is right"
    )
