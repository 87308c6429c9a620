"""A made-up product whose events are in a tool's own tables.

It has sixty companies over seven months; some leave, some grow. What people do
and what is sent to them is mixed, as in real life.
"""

from __future__ import annotations

import csv
import json
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


def write_tables(connection: duckdb.DuckDBPyConnection, tool: str) -> list[str]:
    """Makes the tool's tables, in a schema named after the tool.

    Args:
        connection: The database for the tables.
        tool: segment or posthog.

    Returns:
        The tables, with their schema.
    """
    connection.execute(f"create schema {tool}")
    tables = {"segment": _segment, "posthog": _posthog}[tool]()
    for table, (columns, rows) in tables.items():
        declared = ", ".join(
            f"{name} {'timestamp' if name in _TIMES else 'text'}"
            for name in columns
        )
        connection.execute(f"create table {tool}.{table} ({declared})")
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", suffix=".csv"
        ) as file:
            csv.writer(file).writerows(rows)
            file.flush()
            connection.execute(
                f"copy {tool}.{table} from '{file.name}' (header false)"
            )
    return [f"{tool}.{table}" for table in tables]


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


def _posthog() -> dict[str, tuple[list[str], list[tuple]]]:
    events, persons = [], {}
    own = {
        "Signed In": "$pageview",
        "Feature Flag Called": "$feature_flag_called",
    }
    for n, (company, who, name, time) in enumerate(happenings()):
        properties = json.dumps({"$groups": {"company": company}})
        sent = own.get(name, name)
        events.append((f"e{n}", sent, properties, f"d-{who}", "1", time))
        if who not in persons:
            persons[who] = (
                "1", f"d-{who}", who,
                json.dumps({"email": f"{who}@{company}.example",
                            "company_id": company, "name": who}),
                "1", "1", time,
            )  # fmt: skip
            group = {
                "$group_type": "company",
                "$group_key": company,
                "$group_set": {"name": company.upper(), "plan": "team"},
            }
            events.append(
                (f"g{n}", "$groupidentify", json.dumps(group), f"d-{who}", "1",
                 time)
            )  # fmt: skip
    return {
        "events": (
            ["uuid", "event", "properties", "distinct_id", "team_id",
             "timestamp"],
            events,
        ),
        "persons": (
            ["team_id", "distinct_id", "person_id", "properties",
             "person_version", "person_distinct_id_version", "created_at"],
            list(persons.values()),
        ),
    }  # fmt: skip
