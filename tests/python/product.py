"""A made-up product whose events are in Segment's tables.

It has sixty companies over seven months; some leave, some grow. What people do
and what is sent to them is mixed, as in real life.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb

BEGIN = datetime(2024, 1, 1, 9)
DAYS = 210
COMPANIES = 60

# What people do on an active day, how likely each action is, and how likely it
# is for those who will leave.
_DOES = {
    "Report Viewed": (0.9, 0.9),
    "Report Created": (0.35, 0.1),
    "Report Shared": (0.2, 0.0),
    "Comment Added": (0.3, 0.1),
    "Dashboard Edited": (0.25, 0.15),
    "Data Source Connected": (0.03, 0.0),
}
_BESIDE = ("Signed In", "Feature Flag Called", "email_opened")


def happenings() -> Iterator[tuple[str, str, str, datetime]]:
    """Yields every event: company, person, name, time."""
    chance = random.Random(24)
    for company in range(COMPANIES):
        begins = 0 if company < 20 else chance.randrange(5, 170)
        leaves = chance.random() < 0.35
        ends = begins + chance.randrange(20, 120) if leaves else DAYS
        for person in range(1, 3 + chance.randrange(5)):
            who = f"u{company}-{person}"
            first = begins + 4 * (person - 1)
            for day in range(first, min(ends, DAYS)):
                time = BEGIN + timedelta(days=day)
                if day == first:
                    yield f"c{company}", who, "User Signed Up", time
                usual = 0.7 if person == 1 else 0.4
                fading = leaves and day > ends - 15
                if time.weekday() > 4 or chance.random() > usual * (
                    0.4 if fading else 1
                ):
                    continue
                for name in _BESIDE:
                    yield f"c{company}", who, name, time
                for name, (stays, goes) in _DOES.items():
                    if chance.random() < (goes if leaves else stays):
                        minutes = chance.randrange(1, 400)
                        yield (
                            f"c{company}",
                            who,
                            name,
                            time + timedelta(minutes=minutes),
                        )


def write_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Makes the tables, and returns them with their schema."""
    connection.execute("create schema segment")
    tables = _segment()
    for table, (columns, rows) in tables.items():
        declared = ", ".join(
            f"{name} {'timestamp' if name in _TIMES else 'text'}"
            for name in columns
        )
        connection.execute(f"create table segment.{table} ({declared})")
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", suffix=".csv"
        ) as file:
            csv.writer(file).writerows(rows)
            file.flush()
            connection.execute(
                f"copy segment.{table} from '{file.name}' (header false)"
            )
    return [f"segment.{table}" for table in tables]


_TIMES = ("timestamp", "received_at", "uuid_ts", "created_at")


def _segment() -> dict[str, tuple[list[str], list[tuple]]]:
    tracks, users, groups, identifies = [], {}, [], []
    for n, (company, who, name, time) in enumerate(happenings()):
        arrival = time + timedelta(hours=1)
        slug = name.lower().replace(" ", "_")
        tracks.append(
            (f"e{n}", f"d-{who}", who, slug, name, time, arrival, arrival)
        )
        if who not in users:
            users[who] = (who, arrival, time, f"{who}@{company}.example", who)
            identifies.append(
                (f"i{n}", f"d-{who}", who, time, arrival, arrival)
            )
            plan = ("starter", "team", "business")[len(company) % 3]
            groups.append(
                (f"g{n}", who, company, time, arrival, arrival,
                 company.upper(), plan)
            )  # fmt: skip
    times = ["timestamp", "received_at", "uuid_ts"]
    return {
        "tracks": (
            ["id", "anonymous_id", "user_id", "event", "event_text", *times],
            tracks,
        ),
        "identifies": (
            ["id", "anonymous_id", "user_id", *times],
            identifies,
        ),
        "users": (
            ["id", "received_at", "created_at", "email", "name"],
            list(users.values()),
        ),
        "groups": (
            ["id", "user_id", "group_id", *times, "name", "plan"],
            groups,
        ),
    }
