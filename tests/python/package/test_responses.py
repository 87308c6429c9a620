"""Responses and alerts over real days: no history is rewritten (M7, K4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from product_signals.config import Config
from warehouse import Warehouse

Row = dict[str, Any]
DAYS = [date(2024, 3, 11) + n * timedelta(days=1) for n in range(3)]
# An account is busy on a day with five points, regardless of earlier days.
CONFIG = Config.model_validate(
    {
        "seed_prefix": "responding",
        "events": {"work": {"counts_as_activity": True, "weight": 1}},
        "profiles": {
            "main": {
                "period_days": 1,
                "benchmark": 100,
                "account_method": "total",
            }
        },
        "signals": {
            "busy": {
                "signal_name": "Busy",
                "entity": "account",
                "severity": "high",
                "description": "x",
                "teams": ["success"],
                "groups": [
                    [{"metric": "raw_score", "operator": ">=", "value": 5}]
                ],
                "actions": [{"team": "success", "action": "Wave"}],
            }
        },
    }
)
# The DAYS on which each is busy; the first day of late arrives on the third.
BUSY = {"answered": "012", "open": "012", "short": "1", "late": "02"}
HISTORY = ("accounts_daily", "account_scores", "segment_scores")


def _at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour)


class Company:
    """Four accounts, and a run per day."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        warehouse.configure(
            CONFIG,
            [
                "events",
                "users",
                "accounts",
                "account_history",
                "signal_responses",
            ],
        )
        warehouse.load(
            users=[
                {
                    "user_id": f"user of {name}",
                    "account_id": name,
                    "created_at": _at(date(2024, 1, 1)),
                }
                for name in BUSY
            ],
            accounts=[
                {
                    "account_id": name,
                    "created_at": _at(date(2024, 1, 1)),
                    "csm": "Ben" if name == "open" else None,
                    "mrr": 300 if name == "open" else None,
                }
                for name in BUSY
            ],
            # Ben has it, with a larger plan, from the third day on.
            account_history=[
                {
                    "account_id": "open",
                    "valid_from": _at(date(2024, 1, 1)),
                    "valid_to": _at(DAYS[2], 0),
                    "csm": "Ann",
                    "mrr": 100,
                }
            ],
        )
        self.responses: list[Row] = [
            {
                "signal_key": "of nothing",
                "responded_at": _at(DAYS[0]),
                "response": "dismissed",
            }
        ]

    def build(self, day: date) -> None:
        self.warehouse.load(
            events=[
                {
                    "event_id": f"{name} {number}",
                    "user_id": f"user of {name}",
                    "event_name": "work",
                    "event_count": 5,
                    "occurred_at": _at(DAYS[int(number)]),
                    "loaded_at": _at(loaded, 13),
                }
                for name, days in BUSY.items()
                for number in days
                if (loaded := DAYS[2] if name == "late" else DAYS[int(number)])
                <= day
            ],
            signal_responses=self.responses,
        )
        self.warehouse.build(
            "--select",
            *(
                f"+product_signals__{name}"
                for name in (
                    "alerts_feed",
                    "work_list",
                    *HISTORY,
                )
            ),
            as_of_date=day.isoformat(),
        )

    def work(self) -> set[str]:
        return {
            row["account_id"]
            for row in self.warehouse.rows("from product_signals__work_list")
        }

    def owned(self) -> list[Row]:
        """Whose the account is that is always open, and what it is worth."""
        return self.warehouse.rows(
            "select owner, account_value from product_signals__work_list"
            " where account_id = 'open'"
        )

    def told(self) -> list[tuple]:
        return [
            (
                DAYS.index(row["detected_on"]),
                row["entity_id"],
                row["change"],
                row["delivery"],
            )
            for row in self.warehouse.rows(
                "from product_signals__alerts_feed"
                " order by detected_on, entity_id"
            )
        ]

    def history(self) -> list[list[Row]]:
        return [
            self.warehouse.rows(f"from product_signals__{table} order by all")
            for table in HISTORY
        ]


@pytest.mark.long
def test_days_with_responses(warehouse_factory: Callable) -> None:
    company = Company(warehouse_factory("responding"))
    company.build(DAYS[0])
    told = [
        (0, "answered", "opened", "base_line"),
        (0, "open", "opened", "base_line"),
    ]
    assert company.told() == told
    company.build(DAYS[1])
    told.append((1, "short", "opened", "message"))
    assert company.told() == told
    assert company.work() == {"answered", "open", "short"}
    # L1: as of that day, as in accounts, not what the input says by now.
    assert company.owned() == [{"owner": "Ann", "account_value": 100}]

    # The same day again, after somebody has answered: no history by day
    # changes, and there is no alert.
    before = company.history()
    [row] = company.warehouse.rows(
        "select signal_key from product_signals__signals"
        " where entity_id = 'answered'"
    )
    company.responses.append(
        {**row, "responded_at": _at(DAYS[1]), "response": "dismissed"}
    )
    company.build(DAYS[1])
    assert company.work() == {"open", "short"}
    assert company.history() == before
    assert company.told() == told

    # Late events bring an episode of the first day, which is not news.
    company.build(DAYS[2])
    assert company.work() == {"late", "open"}
    assert company.owned() == [{"owner": "Ben", "account_value": 300}]
    assert company.told() == [
        *told,
        (2, "late", "reopened", "message"),
        (2, "short", "closed", "message"),
    ]
