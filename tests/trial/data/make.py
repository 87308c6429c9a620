"""Makes the tables of the example: `python make.py`, into a FOLDER if named.

A made-up company sells Trestle, a tool for running projects; stories.py has its
customers and trials. Nothing but the standard library, and the same rows on
every run.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from stories import (
    END,
    OWNERS,
    SELLERS,
    START,
    Account,
    customers,
    day,
    ended_trials,
    open_trials,
)

Row = dict[str, Any]

FIRST_NAMES = [
    "Amara", "Bruno", "Chloe", "Daniel", "Elif", "Farid", "Greta", "Hugo",
    "Ines", "Jonas", "Keiko", "Lars", "Maya", "Nils", "Olga", "Pablo",
    "Qadira", "Rosa", "Sami", "Tara", "Umar", "Vera", "Wim", "Ximena",
    "Yusuf", "Zoe", "Aiko", "Boris", "Clara",
]  # fmt: skip
FITS = ["good", "good", "poor", "good", ""]
LAST_NAMES = [
    "Abbott", "Bauer", "Castillo", "Dvorak", "Ekberg", "Fontaine", "Garcia",
    "Haddad", "Ivanova", "Jansen", "Kapoor", "Larsen", "Moreau", "Novak",
    "Okoye", "Petrov", "Quinn", "Rossi", "Santos", "Tanaka", "Usman", "Vogel",
    "Weber",
]  # fmt: skip


def users(accounts: list[Account]) -> list[Row]:
    rows: list[Row] = []
    for account in accounts:
        domain = _domain(account)
        for place, phases in enumerate(account.team):
            number = len(rows) + 1
            first = FIRST_NAMES[number * 7 % len(FIRST_NAMES)]
            last = LAST_NAMES[number * 5 % len(LAST_NAMES)]
            begins = max(account.created, phases[0][0])
            if begins == START:
                begins = account.created + timedelta(days=9 * place)
            rows.append(
                {
                    "user_id": f"u{number:03}",
                    "account_id": account.id,
                    "created_at": _time(begins, 7),
                    "email": f"{first}.{last}@{domain}".lower(),
                    "full_name": f"{first} {last}",
                    "role": "member" if place else "admin",
                    "is_internal": "false",
                    "deactivated_at": (
                        _time(phases[-1][1] + timedelta(days=2), 17)
                        if account.id == "a14" and phases[-1][1] < END
                        else ""
                    ),
                    "licensed_at": _time(begins, 7) if account.mrr else "",
                    "crm_id": f"003-{number:04}",
                }
            )
    # Somebody who got a licence and never came, and one of our own.
    rows += [
        {
            **rows[0], "user_id": "u901", "full_name": "Ivo Hartmann",
            "email": "ivo.hartmann@hartwell-logistics.example",
            "role": "member", "crm_id": "003-0901",
            "created_at": _time(day(6, 2), 7),
            "licensed_at": _time(day(6, 2), 7),
        },
        {
            **rows[0], "user_id": "u902", "full_name": "Trestle Support",
            "email": "support@trestle.example", "role": "admin",
            "is_internal": "true", "licensed_at": "", "crm_id": "",
        },
    ]  # fmt: skip
    return rows


def account_rows(accounts: list[Account]) -> Iterator[Row]:
    mrr = {row["account_id"]: row["mrr"] for row in account_history(accounts)}
    for number, account in enumerate(accounts, start=1):
        yield {
            "account_id": account.id,
            "account_name": account.name,
            "created_at": _time(account.created, 6),
            "domain": _domain(account),
            "crm_id": f"001-{number:04}",
            "trial_started_at": (
                _time(account.created, 6) if account.trial_ends else ""
            ),
            "trial_ends_at": _time(account.trial_ends, 23),
            "converted_at": _time(account.converted, 10),
            "cancelled_at": _time(account.cancelled or account.leaves, 12),
            "contract_ends_at": _time(account.contract_ends, 0),
            "plan": account.plan,
            "employees": account.employees,
            "seats": account.seats,
            "mrr": mrr.get(account.id, account.mrr),
            "deal_size": account.deal_size,
            "tier": account.tier,
            "industry": account.industry,
            "region": account.region,
            "acquisition_channel": account.channel,
            "csm": account.csm,
            "is_key_account": str(account.is_key).lower(),
            "is_target_logo": str(account.is_logo).lower(),
            "fit": account.fit or (account.mrr and FITS[number % 5]),
        }


def account_history(accounts: list[Account]) -> Iterator[Row]:
    """Plan, revenue and seats, from one change to the next."""
    for account in accounts:
        brings: dict[str, int] = {}
        rows: list[Row] = []
        for change in _changes(account):
            brings[change["product"]] = change["mrr_after"]
            if change["change_type"] != "cancellation":
                rows.append(
                    {
                        "account_id": account.id,
                        "valid_from": change["changed_at"],
                        "valid_to": "",
                        "plan": account.plan,
                        "mrr": sum(brings.values()),
                    }
                )
        for row, following in pairwise(rows):
            row["valid_to"] = following["valid_from"]
        for row in rows:
            share = min(1, row["mrr"] / rows[-1]["mrr"])
            yield {**row, "seats": round(account.seats * share)}


def _changes(account: Account) -> list[Row]:
    """All of a subscription: bought, renewed each year, changed, ended."""
    if not account.mrr:
        return []
    begins = account.converted or account.created
    happened = [(begins, "new", account.mrr, "base"), *account.changes]
    happened += [
        (begins.replace(year=year), "renewal", None, "base")
        for year in range(begins.year + 1, 2026)
        if begins.replace(year=year)
        < (account.cancelled or END + timedelta(days=1))
        and (account.renews or year < 2025)
    ]
    if account.cancelled:
        happened.append((account.cancelled, "cancellation", 0, "base"))
    rows: list[Row] = []
    brings: dict[str, int] = {}
    for changed, kind, mrr, product in sorted(happened, key=lambda h: h[0]):
        before = brings.get(product, 0)
        brings[product] = before if mrr is None else mrr
        first = begins if product == "base" else changed
        due = min(
            day
            for year in range(first.year + 1, 2027)
            if (day := first.replace(year=year)) > changed
        )
        rows.append(
            {
                "account_id": account.id,
                "changed_at": _time(changed, 9),
                "change_type": kind,
                "mrr_before": before,
                "mrr_after": brings[product],
                "renewal_due_at": (
                    "" if kind == "cancellation" else _time(due, 0)
                ),
                "product": product,
            }
        )
    return rows


def events(accounts: list[Account], people: list[Row]) -> list[Row]:
    rows: list[Row] = []
    teams: dict[str, list[str]] = {}
    for person in people:
        teams.setdefault(person["account_id"], []).append(person["user_id"])
    for account in accounts:
        team = teams[account.id]
        for place, phases in enumerate(account.team):
            user, random = team[place], Random(f"{account.id} {place}")
            for since, until, rate, kind in phases:
                for ago in range((until - since).days + 1):
                    date_day = since + timedelta(days=ago)
                    chance = rate / 5 if date_day.weekday() < 5 else rate / 90
                    if random.random() < chance and date_day >= START:
                        rows += _day(random, account, user, date_day, kind)
        for date_day, place, event, count in account.steps:
            rows.append(_event(team[place], event, date_day, 9, count))
    rows += _oddities(teams)
    rows.sort(key=lambda row: (row["occurred_at"], row["user_id"]))
    for number, row in enumerate(rows, start=1):
        row["event_id"] = row["event_id"] or f"e{number:05}"
    # The queue delivers some twice.
    return rows + [dict(row) for row in rows[500:2500:500]]


def _day(
    random: Random,
    account: Account,
    user: str,
    date_day: date,
    kind: dict[str, float],
) -> Iterator[Row]:
    """What somebody did on a day: up to three kinds of things."""
    names = set()
    for _ in range(1 + int(random.random() * 3)):
        at = random.random() * sum(kind.values())
        for name, likely in kind.items():
            at -= likely
            if at < 0:
                names.add(name)
                break
    for name in sorted(names):
        row = _event(
            user, name, date_day, 8 + int(random.random() * 9),
            1 + int(random.random() * 3),
            int(random.random() * 60),
        )  # fmt: skip
        if name == "uploaded_file":
            row["event_value"] = 1 + int(random.random() * 40)
        if account.id == "a13" and random.random() < 0.3:
            row["actor_type"] = "agent"
        yield row


def _event(
    user: str,
    name: str,
    date_day: date,
    hour: int,
    count: int = 1,
    minute: int = 0,
) -> Row:
    return {
        "event_id": "",
        "user_id": user,
        "account_id": "",
        "event_name": name,
        "occurred_at": _time(date_day, hour, minute),
        "event_count": count,
        "event_value": "",
        "actor_type": "human",
        "source": "app",
    }


def _oddities(teams: dict[str, list[str]]) -> Iterator[Row]:
    """What every tracking has some of."""
    user = teams["a13"][0]
    for number in range(40):  # the nightly import
        row = _event(user, "created_task", END - timedelta(days=number), 3, 50)
        yield {**row, "actor_type": "automation", "source": "api"}
    yield {**_event(user, "tried_beta", day(9, 18), 11), "source": "api"}
    yield {**_event("u999", "commented", day(9, 19), 11), "account_id": "a13"}
    # These three can't be used.
    yield {**_event(user, "uploaded_file", day(9, 20), 11, -3),
           "account_id": "a13", "event_value": 12}  # fmt: skip
    yield _event("", "commented", day(9, 21), 11)
    yield _event(user, "", day(9, 22), 11)


def memberships(people: list[Row]) -> Iterator[Row]:
    """Somebody who went from one customer to another, as an admin."""
    mover = next(row for row in people if row["account_id"] == "a21")
    yield {
        "user_id": mover["user_id"], "account_id": "a20",
        "valid_from": mover["created_at"], "valid_to": _time(day(6, 2), 0),
        "role": "member",
    }  # fmt: skip
    yield {
        "user_id": mover["user_id"], "account_id": "a21",
        "valid_from": _time(day(6, 2), 0), "valid_to": "", "role": "admin",
    }  # fmt: skip


def usage_limits(accounts: list[Account]) -> Iterator[Row]:
    for account in accounts:
        if account.tier in ("gold", "platinum"):
            for month in range(3, 10):
                full = 0.92 if account.id == "a13" else 0.5
                yield {
                    "account_id": account.id,
                    "meter": "storage_gb",
                    "used": round(account.seats * full * (month + 11) / 2),
                    "allowed": account.seats * 10,
                    "measured_at": _time(day(month, 28), 4),
                }


def surveys(people: list[Row]) -> Iterator[Row]:
    answers = (
        ("a01", day(6, 12), 7, "nps"), ("a01", day(9, 22), 2, "nps"),
        ("a02", day(8, 20), 10, "nps"), ("a06", day(9, 2), 9, "nps"),
        ("a13", day(9, 11), 8, "nps"), ("a16", day(8, 27), 6, "nps"),
        ("a17", day(7, 3), 9, "nps"), ("a19", day(9, 9), 10, "nps"),
        ("a01", day(9, 24), 1, "csat"), ("a04", day(9, 5), 4, "csat"),
        ("a14", day(9, 16), 3, "csat"), ("a61", day(9, 25), 5, "csat"),
        ("r04", day(7, 24), 4, "nps"), ("r08", day(8, 28), 3, "nps"),
    )  # fmt: skip
    for account, answered, score, survey in answers:
        user = next(
            row["user_id"] for row in people if row["account_id"] == account
        )
        yield {
            "account_id": account, "answered_at": _time(answered, 14),
            "score": score, "user_id": user, "survey": survey,
        }  # fmt: skip


def communications(accounts: list[Account], people: list[Row]) -> Iterator[Row]:
    for account in accounts:
        user = next(
            row["user_id"] for row in people if row["account_id"] == account.id
        )
        for said, direction, channel, sentiment in account.talks:
            if said <= END:
                yield {
                    "account_id": account.id,
                    "occurred_at": _time(said, 15),
                    "direction": direction,
                    "user_id": user if direction == "inbound" else "",
                    "channel": channel,
                    "sentiment": sentiment,
                }


def tickets() -> Iterator[Row]:
    opened = (
        ("a01", day(6, 3), day(6, 6), "normal"),
        ("a01", day(9, 2), None, "urgent"),
        ("a01", day(9, 15), None, "urgent"),
        ("a01", day(9, 23), None, "high"),
        ("a02", day(8, 4), day(8, 5), "normal"),
        ("a04", day(9, 9), None, "normal"),
        ("a06", day(7, 14), day(7, 15), "low"),
        ("a13", day(9, 24), None, "high"),
        ("a16", day(8, 25), day(9, 1), "high"),
        ("a19", day(9, 26), None, "low"),
        ("r01", day(7, 1), day(7, 15), "urgent"),
        ("r05", day(8, 1), day(8, 18), "high"),
        ("a61", day(9, 17), day(9, 17), "normal"),
    )
    for number, (account, begun, closed, priority) in enumerate(
        opened, start=1
    ):
        yield {
            "ticket_id": f"TR-{1000 + number}",
            "account_id": account,
            "opened_at": _time(begun, 9),
            "closed_at": _time(closed, 16),
            "priority": priority,
        }


def assessments(accounts: list[Account]) -> Iterator[Row]:
    """What their owners think of customers, 1 to 5, each quarter."""
    poor = {"a01": 2, "a09": 1, "a16": 2, "a03": 2, "a11": 2, "a08": 3}
    for account in accounts:
        if account.csm in OWNERS and account.tier != "bronze":
            for assessed in (day(3, 31), day(6, 30), day(9, 12)):
                if not account.cancelled or assessed < account.cancelled:
                    late = assessed == day(9, 12)
                    yield {
                        "account_id": account.id,
                        "assessed_at": _time(assessed, 16),
                        "rating": poor.get(account.id, 4) if late else 4,
                        "assessed_by": account.csm,
                    }


def signal_responses() -> Iterator[Row]:
    answers = (
        ("a61", "fully_activated", day(9, 12), "acknowledged", None),
        ("a09", "silent_before_contract_end", day(9, 10), "snoozed",
         day(10, 6)),
        ("a10", "single_threaded", day(8, 4), "dismissed", None),
        ("a13", "capacity_nearly_full", day(9, 30), "acknowledged", None),
    )  # fmt: skip
    for account, signal, answered, response, until in answers:
        key = f"{signal}|account|{len(account)}|{account}"
        yield {
            "signal_key": hashlib.md5(key.encode()).hexdigest(),
            "responded_at": _time(answered, 11),
            "response": response,
            "until": _time(until, 0),
            "responded_by": SELLERS[0] if account == "a61" else OWNERS[2],
        }


def tables() -> dict[str, list[Row]]:
    """Table -> its rows."""
    accounts = [*customers(), *ended_trials(), *open_trials()]
    people = users(accounts)
    return {
        "accounts": list(account_rows(accounts)),
        "users": people,
        "events": events(accounts, people),
        "account_history": list(account_history(accounts)),
        "memberships": list(memberships(people)),
        "usage_limits": list(usage_limits(accounts)),
        "surveys": list(surveys(people)),
        "communications": list(communications(accounts, people)),
        "tickets": list(tickets()),
        "assessments": list(assessments(accounts)),
        "subscription_changes": [
            change for account in accounts for change in _changes(account)
        ],
        "signal_responses": list(signal_responses()),
    }


def as_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    folder = Path(*sys.argv[1:2] or [Path(__file__).parent])
    for name, rows in tables().items():
        content = as_csv(rows).encode()
        if name == "events":
            (folder / "events.csv.gz").write_bytes(
                gzip.compress(content, mtime=0)
            )
        else:
            (folder / f"{name}.csv").write_bytes(content)


def _domain(account: Account) -> str:
    letters = account.name.lower().replace("ö", "oe").replace("&", "and")
    return letters.replace(" ", "-") + ".example"


def _time(when: date | None, hour: int, minute: int = 0) -> str:
    return f"{when} {hour:02}:{minute:02}:00" if when else ""


if __name__ == "__main__":
    main()
