"""A small world for the CRM tables.

It is built as a whole once. After that, tests set the figures that the two
tables are made from by hand, and run only these tables again.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from product_signals.config import Config, read_config
from product_signals.package import starter_config
from servers import SCHEMA
from warehouse import Warehouse

Row = dict[str, Any]
TODAY = datetime(2024, 6, 30, 12)
DAY = timedelta(days=1)
# The options that run only these tables.
ALONE = (
    "--select",
    "int_product_signals__runs",
    "int_product_signals__known_inputs",
    "product_signals__crm_accounts",
    "product_signals__crm_users",
)
LONG = "Ä" * 300
# With "Boss;Late, again" they take 255 characters.
SPARE, THIRD = "Spare " + "a" * 114, "Third " + "b" * 111
STARTER = read_config(starter_config())


def crm_config() -> Config:
    """Signals that are open for everybody with the plan or the role."""
    return Config.model_validate(
        {
            "seed_prefix": "crm",
            "events": {
                "work": {
                    "feature": "work",
                    "counts_as_activity": True,
                    "weight": 1,
                }
            },
            "features": {"work": {"is_key": True}},
            "profiles": {
                "main": {
                    "period_days": 7,
                    "benchmark": 50,
                    "min_population": 1,
                }
            },
            "bands": STARTER.bands,
            "health": {
                "any": {
                    "any": {
                        "use": {
                            "metric": "score",
                            "floor": 0,
                            "ceiling": 100,
                            "weight": 1,
                        }
                    }
                }
            },
            "pql_thresholds": {"simple": {"unknown": {"qualify_at": 80}}},
            "trial_personas": STARTER.trial_personas,
            "signals": {
                name: {
                    "signal_name": label,
                    "entity": entity,
                    "severity": severity,
                    # The last to open comes last within its severity.
                    "min_days": 2 if name == "unseen" else 1,
                    "teams": ["success"],
                    "description": label,
                    "groups": [
                        [{"metric": "plan", "operator": "=", "value": plan}]
                        if entity == "account"
                        else [
                            {
                                "metric": "role",
                                "operator": "=",
                                "value": "admin",
                            }
                        ]
                    ],
                    "actions": [{"team": "success", "action": f"Do {name}"}],
                }
                for name, label, entity, severity, plan in (
                    ("late", "Late; again", "account", "high", "pro"),
                    ("spare", SPARE, "account", "medium", "pro"),
                    ("third", THIRD, "account", "low", "pro"),
                    ("unseen", "Left out", "account", "low", "pro"),
                    ("news", "News", "account", "info", "pro"),
                    ("boss", "Boss", "user", "critical", None),
                )
            },
        }
    )


INPUTS = {
    "accounts": [
        {
            "account_id": "a1",
            "crm_id": "001A",
            "account_name": LONG,
            "domain": " a1.test ",
            "plan": "pro",
            "mrr": 100,
            "csm": "kim@us.test",
            "csm_email": None,
        },
        {
            "account_id": "a2",
            "crm_id": "001D",
            "csm": "Ann",
            "csm_email": "ann@us.test",
        },
        {"account_id": "A2", "crm_id": "001B", "csm": "Bob"},
        {"account_id": "a3", "crm_id": "001D", "cancelled_at": TODAY - 3 * DAY},
        {"account_id": " a4", "crm_id": None},
        {"account_id": "x" * 256, "crm_id": None},
        {
            "account_id": "trial",
            "crm_id": "001C",
            "trial_started_at": TODAY - 5 * DAY,
            "trial_ends_at": TODAY + 5 * DAY,
            "deal_size": 1000,
        },
    ],
    "users": [
        {
            "user_id": "u1",
            "account_id": "a1",
            "email": "One@a1.test",
            "full_name": "One",
            "role": "admin",
            "crm_id": "003A",
            # It is already the next day in Paris.
            "created_at": TODAY - 101 * DAY + timedelta(hours=11, minutes=30),
        },
        {"user_id": "u2", "account_id": "a1", "email": "one@a1.test "},
        {
            "user_id": "u3",
            "account_id": "a1",
            "email": "one@a1.test",
            "created_at": TODAY - 500 * DAY,
            "deactivated_at": TODAY - 9 * DAY,
        },
        {"user_id": "u4", "account_id": "a2"},
        {"user_id": "staff", "account_id": "a1", "is_internal": True},
        # Makes sure that the last day has an event.
        {"user_id": "other", "account_id": None},
    ],
    "events": [
        {
            "event_id": f"{user}{age}",
            "user_id": user,
            "event_name": "work",
            "occurred_at": TODAY - age * DAY,
            "loaded_at": TODAY - age * DAY,
            "event_count": points,
        }
        for user, age, points in (
            ("u1", 1, 30), ("u2", 2, 20), ("u4", 40, 5), ("other", 0, 1),
        )
    ],
}  # fmt: skip
for _rows in (INPUTS["accounts"], INPUTS["users"]):
    for _row in _rows:
        _row.setdefault("created_at", TODAY - 100 * DAY)


# What happens after the first run: all kinds of news at once, and what becomes
# of them.
NEWS = (
    "create table away as select * from product_signals__accounts"
    " where account_id = 'a2'",
    "delete from product_signals__accounts where account_id = 'a2'",
    # Changes too small to write: less than a point, or than a week.
    "update product_signals__accounts set score = 50.99,"
    " health_score = 50.5, as_of_date = date '2024-07-05',"
    " health_reason = 'Use pulls it down most: score 51',"
    " adoption_rate = 99.01, days_since_last_active = 0"
    " where account_id = 'a1'",
    # A point; a band; a later last day.
    "update product_signals__accounts set score = score + 1"
    " where account_id = 'trial'",
    "update product_signals__accounts set score_band = 'low'"
    " where account_id = 'A2'",
    "update product_signals__users set days_since_last_active = 39"
    " where user_id = 'u4'",
    "update product_signals__users set score = score - 0.99"
    " where user_id = 'u2'",
)
SEQUEL = (
    "insert into product_signals__accounts select * from away",
    # A point more than what was published.
    "update product_signals__accounts set score = 51 where account_id = 'a1'",
    # A user's signal closes.
    "delete from product_signals__work_list where signal = 'boss'",
)


@dataclass
class Crm:
    """A built world, and the rows after each run.

    Args:
        warehouse: Where it is built.
        name: The name of the files of its runs.
    """

    warehouse: Warehouse
    name: str = "run"
    runs: list[dict[str, Row]] = field(default_factory=list)

    def build(self) -> None:
        """Builds the whole world."""
        self.warehouse.configure(
            crm_config(), list(INPUTS), {"timezone": "Europe/Paris"}
        )
        self.warehouse.load(**INPUTS)
        self.run(
            "--select",
            "+product_signals__crm_accounts",
            "+product_signals__crm_users",
            "+product_signals__data_health",
        )
        server = self.warehouse.server
        if server:
            server.copy(server.name, "built")
        shutil.copy(self.warehouse.database, self._built)

    def begin_again(self, name: str) -> Crm:
        """Replaces the database with one from before the first run.

        It has the same name, so that dbt need not parse its project again.
        """
        server = self.warehouse.server
        if server:
            server.copy("built", server.name)
        shutil.copy(self._built, self.warehouse.database)
        again = Crm(self.warehouse, name)
        again.set(
            "drop table product_signals__crm_accounts",
            "drop table product_signals__crm_users",
        )
        return again

    @property
    def _built(self) -> Path:
        return self.warehouse.folder / "built.duckdb"

    def set(self, *statements: str) -> None:
        """Sets figures that the tables are made from."""
        if not self.warehouse.server:
            for statement in statements:
                self.warehouse.execute(statement)
            return
        with closing(self.warehouse.server.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(
                f"set search_path = {SCHEMA}, {SCHEMA}_product_signals_internal"
            )
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def run(self, *options: str) -> list[str]:
        """Runs the two tables; returns whose rows were written again."""
        self.warehouse.build(
            *(options or ALONE), as_of_date=TODAY.date().isoformat()
        )
        return self.look()

    def look(self) -> list[str]:
        """Keeps a copy of the rows; returns whose have changed."""
        self.runs.append(
            {
                row[key]: row
                for table, key in (
                    ("accounts", "account_id"),
                    ("users", "user_id"),
                )
                for row in self.warehouse.rows(
                    f"from product_signals__crm_{table}"
                )
            }
        )
        self.warehouse.execute(
            f"attach '{self.kept(len(self.runs) - 1)}' as kept;"
            + "".join(
                f"create table kept.{table} as from {table};"
                for table in (
                    "product_signals__crm_accounts",
                    "product_signals__crm_users",
                )
            )
        )
        return self.written(-1)

    def kept(self, run: int) -> Path:
        """The file with the two tables as a run left them."""
        return self.warehouse.folder / f"{self.name}_{run}.duckdb"

    def written(self, run: int) -> list[str]:
        """Whose rows a run wrote."""
        before = self.runs[run - 1] if len(self.runs) > 1 else {}
        return sorted(
            key for key, row in self.runs[run].items() if before.get(key) != row
        )
