"""Responses to signals, and alerts about them (M7, M10, K4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from product_signals.config import Config
from warehouse import Warehouse

Row = dict[str, Any]
DAY = timedelta(days=1)
DAYS = [date(2024, 3, 11) + n * DAY for n in range(6)]


def _signal(severity: str, metric: str, value: int, **more: Any) -> Row:
    return {
        "signal_name": "Busy",
        "entity": "account",
        "kind": "state",
        "severity": severity,
        "description": "x",
        "teams": ["success", "sales"],
        "groups": [[{"metric": metric, "operator": ">=", "value": value}]],
        "actions": [
            {"team": "sales", "action": "Sell"},
            {"team": "success", "action": "Wave & <smile>"},
        ],
        **more,
    }


def config(severity: str = "high") -> Config:
    """An account is busy on a day with five points, whatever came before."""
    return Config.model_validate(
        {
            "seed_prefix": "alerting",
            "events": {
                "work": {
                    "feature": "work",
                    "counts_as_activity": True,
                    "weight": 1,
                },
                "export": {"is_risk": True},
            },
            "features": {"work": {"is_key": True}},
            "profiles": {
                "main": {
                    "period_days": 1,
                    "benchmark": 100,
                    "account_method": "total",
                }
            },
            "bands": {
                "snooze_days": {"snoozed": None, "over": 7},
                "response_days": {"recent": None, "past": 3},
                "team_alerts": {"few": None, "many": 5},
                "alert_age_days": {"new": None, "old": 8},
            },
            "signals": {
                "busy": _signal(severity, "raw_score", 5),
                "export": _signal(
                    "low",
                    "risk_events",
                    1,
                    kind="event",
                    grace_days=1,
                    signal_name="Exports",
                    teams=["success"],
                ),
                "news": _signal("info", "raw_score", 5, teams=["success"]),
            },
        }
    )


# On which of DAYS an account is busy; "-" is twenty days before the first.
BUSY = {
    "steady": "-012345",
    "over": "0",
    "on_off": "1 345",
    "quick": "2",
    "acknowledged": "01234",
    "snoozed": "012345",
    "someday": "012345",
    "dismissed": "01 345",
    "later": "012345",
    "other": "",
}
NAMES = {"on_off": "A & B <!channel> " + "&" * 4000}
TIERS = {"acknowledged": "gold", "someday": "gold", "over": "gold"}


class Company:
    """Accounts that are busy on some days; a run a day."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.accounts = {name: name for name in BUSY}
        self.busy = {
            name: {
                DAYS[0] - 20 * DAY if day == "-" else DAYS[int(day)]
                for day in days
                if day != " "
            }
            for name, days in BUSY.items()
        }
        self.busy["steady"] |= {DAYS[0] - n * DAY for n in range(20)}
        self.loaded: dict[tuple[str, date], date] = {}
        self.exports = [("other", DAYS[1]), ("other", DAYS[2])]
        self.responses: list[Row] = []
        self.configure(config())

    def configure(self, content: Config) -> None:
        self.warehouse.configure(
            content, ["events", "users", "accounts", "signal_responses"]
        )

    def answer(self, account: str, day: date, response: str, **more: Any):
        self.responses.append(
            {
                "signal_key": self.key(account),
                "responded_at": datetime(day.year, day.month, day.day, 9),
                "response": response,
                "until": None,
                "responded_by": "Tom",
                **more,
            }
        )

    def key(self, account: str) -> str:
        return self.warehouse.rows(
            "select min(signal_key) as signal_key from product_signals__signals"
            f" where signal = 'busy' and entity_id = '{account}'"
        )[0]["signal_key"]

    def event(self, name: str, event: str, day: date, loaded: date) -> Row:
        return {
            "event_id": f"{name} {event} {day}",
            "user_id": f"user of {name}",
            "event_name": event,
            "event_count": 5,
            "occurred_at": datetime(day.year, day.month, day.day, 12),
            "loaded_at": datetime(loaded.year, loaded.month, loaded.day, 13),
        }

    def build(self, day: date, *arguments: str) -> list[Row]:
        """Runs as of a day; gives the rows that this adds to the feed."""
        before = {row["alert_id"] for row in self.feed()}
        self.load(day)
        self.run(day, "+product_signals__alerts_feed", *arguments)
        return [row for row in self.feed() if row["alert_id"] not in before]

    def load(self, day: date) -> None:
        self.warehouse.load(
            events=[
                self.event(
                    name, "work", at, self.loaded.get((name, at), at)
                )
                for name, days in self.busy.items()
                for at in sorted(days)
                if self.loaded.get((name, at), at) <= day
            ]
            + [
                self.event(name, "export", at, at)
                for name, at in self.exports
                if at <= day
            ],
            users=[
                {
                    "user_id": f"user of {name}",
                    "account_id": name,
                    "created_at": datetime(2024, 1, 1),
                }
                for name in self.accounts
            ],
            accounts=[
                {
                    "account_id": name,
                    "account_name": NAMES.get(name, name),
                    "created_at": datetime(2024, 1, 1),
                    "tier": TIERS.get(name),
                    "csm": "Tom" if name == "acknowledged" else None,
                }
                for name in self.accounts
            ],
            signal_responses=self.responses
            or [dict.fromkeys(
                ["signal_key", "responded_at", "response", "until",
                 "responded_by"]
            )],
        )

    def run(self, day: date, *selected: str) -> None:
        self.warehouse.build(
            "--select",
            "+product_signals__work_list",
            "+product_signals__reach",
            *selected,
            as_of_date=day.isoformat(),
        )

    def feed(self) -> list[Row]:
        if not self.warehouse.database.exists() or not self.warehouse.rows(
            "from duckdb_tables()"
            " where table_name = 'product_signals__alerts_feed'"
        ):
            return []
        return self.warehouse.rows(
            "from product_signals__alerts_feed order by detected_at, team,"
            " signal, entity_id, alert_number"
        )


def told(rows: list[Row], team: str = "success") -> set[tuple]:
    return {
        (row["signal"], row["entity_id"], row["change"], row["delivery"])
        for row in rows
        if row["team"] == team
    }


def test_x(warehouse_factory: Callable) -> None:
    import time
    company = Company(warehouse_factory("alerts"))
    for d in DAYS[:4]:
        t = time.time()
        rows = company.build(d)
        print(d, time.time() - t)
        for r in rows:
            print({k: v for k, v in r.items() if k in ("team","change","delivery","entity_id","signal","changed_on","text","close_reason")} )
    assert 0
