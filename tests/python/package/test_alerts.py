"""Alerts: each change is told once, despite late events and kills (K4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from product_signals.config import Config
from product_signals.package import package_root
from warehouse import PRIVATE, Warehouse

Row = dict[str, Any]
DAY = timedelta(days=1)
DAYS = [date(2024, 3, 11) + n * DAY for n in range(8)]
# Nobody looks on the fifth day.
LOOKS = [0, 1, 2, 3, 5]
MODELS = [
    "int_product_signals__team_signals",
    "int_product_signals__alert_changes",
    "product_signals__alerts_feed",
]
SUBJECTS = {
    ("user", "u1"): "Ann &amp; Co",
    ("user", "u2"): "bo@x.example",
    ("user", "u3"): "u3",
    ("feature", "f1"): "Feature one",
    # The same id of another kind is nobody.
    ("event", "u1"): "u1",
    ("feature", "u1"): "u1",
    ("user", "f1"): "f1",
}
NAMES = {"on_off": "A & B\n<!channel>", "long": "&" * 4000, "moved": "<" * 2990}


def _signal(name: str, kind: str, *teams: str) -> Row:
    return {
        "signal_name": name,
        "entity": "account",
        "kind": kind,
        "severity": "low",
        "description": "x",
        "teams": list(teams),
        "groups": [[{"metric": "score", "operator": ">", "value": 1}]],
        "actions": [
            {"team": "sales", "action": "Sell"},
            {"team": "success", "action": "Wave & smile"},
        ],
    }


CONFIG = Config.model_validate(
    {
        "seed_prefix": "alerting",
        "events": {"work": {"weight": 1, "feature": "f1"}},
        "features": {"f1": {"feature_name": "Feature one"}},
        "profiles": {"main": {}},
        "bands": {
            "team_alerts": {"few": None, "many": 12},
            "alert_age_days": {"new": None, "old": 8},
        },
        "signals": {
            "busy": _signal("Busy", "state", "success", "sales"),
            "happening": _signal("It happened", "event", "success"),
            "mass": _signal("Mass <&>", "state", "crowd"),
            "off": _signal("Off", "state", "success"),
            "arrival": _signal("New <&>", "event", "press"),
            "back": _signal("Back", "state", "floor"),
            "gone": _signal("Gone", "state", "floor"),
            "cold": _signal("Cold", "event", "floor"),
            "split": _signal("Split", "state", "attic"),
            "less": _signal("Less", "state", "attic", "cellar"),
            "several": _signal("Several", "state", "crowd"),
            "alone": _signal("Alone", "state", "crowd"),
            "plain": _signal("Plain", "state", "attic"),
        },
    }
)


def _on(looks: list[int], *episodes: tuple) -> dict[int, list[tuple]]:
    return {look: list(episodes) for look in looks}


# The state of signals at each look: day of opening, day of closing, and other
# differences. Days are positions in DAYS.
OPEN = (1, None)
LEFT = (1, 2, {"close_reason": "account_cancelled"})
HIDDEN = {"priority": None}
NEWS = {"severity": "info"}
WORSE = {"severity": "critical"}
# Of an account that is dormant.
COLD = HIDDEN | {"is_dormant": True, "is_latest": True, "is_answered": False}
SIGNALS: dict[str, dict[int, list[tuple]]] = {
    "steady": _on(LOOKS, (-20, None)),
    "over": {0: [(0, None)], **_on([1, 2, 3, 5], (0, 1))},
    "on_off": {
        1: [OPEN],
        2: [(1, 2)],
        **_on([3, 5], (1, 2), (3, None)),
    },
    # Late events move an opening back, or to after the last look.
    "moved": {1: [OPEN], **_on([2, 3, 5], (0, None))},
    "moved_on": {1: [OPEN], **_on([2, 3, 5], (2, None))},
    "never": {1: [OPEN]},
    "late": _on([3, 5], OPEN),
    "late_and_over": _on([3, 5], (1, 2)),
    # Opens and closes while nobody looks.
    "between": {5: [(4, 5)]},
    "between_hidden": {5: [(4, 5, {"is_suppressed": True})]},
    "between_held": {5: [(4, 5, {"is_held_back": True})]},
    # Late events say that it ended, and when it began again.
    "split": {**_on([1, 2, 3], OPEN), 5: [(1, 2), (3, None)]},
    "split unseen": {**_on([1, 2, 3], OPEN), 5: [(1, 3), (4, None)]},
    # Worse on the day on which it ends.
    "split worse": {**_on([1, 2], OPEN), **_on([3, 5], (1, 3, WORSE))},
    # Suppressed since before anybody looked.
    "split hidden": {
        **_on([1, 2], (-20, None, HIDDEN)),
        **_on([3, 5], (-20, None)),
    },
    # One of its teams is no longer told.
    "less": _on([1, 2], OPEN),
    "cold": {3: [(3, None, COLD)]},
    **{
        f"cold {name}": {3: [(3, None, COLD | more)]}
        for name, more in {
            "not": {"is_dormant": False},
            "before": {"is_latest": False},
            "suppressed": {"is_suppressed": True},
            "held": {"is_held_back": True},
            "answered": {"is_answered": True},
            "user": {"entity": "user"},
            "state": {"kind": "state"},
        }.items()
    },
    # Users without an account: one whose signal is taken back, one who leaves
    # the input, and one who is internal for a day.
    **{
        user: {
            look: [
                (
                    opened,
                    None,
                    {
                        "signal": "plain",
                        "signal_name": "Plain",
                        "entity": "user",
                        "account_id": None,
                        "owner": None,
                        "reason": None,
                        "now": None,
                    },
                )
            ]
            for look, opened in looks.items()
        }
        for user, looks in {
            "u2": {1: 1},
            "u3": {1: 1, 3: 3, 5: 3},
            "u4": {1: 1, 3: 3, 5: 3},
        }.items()
    },
    "suppressed": {
        **_on([1, 2], (1, None, HIDDEN)),
        **_on([3, 5], OPEN),
    },
    # Somebody has taken it on.
    "answered": {
        1: [OPEN],
        2: [(1, None, HIDDEN)],
        **_on([3, 5], (1, 3)),
    },
    "left": {1: [OPEN], 2: [LEFT]},
    # A cancellation that is taken back, and what begins after a true one.
    "gone by mistake": {1: [OPEN], 2: [LEFT], 3: [OPEN], 5: [(1, 5)]},
    "gone and new": {1: [OPEN], 2: [LEFT], 3: [LEFT], 5: [LEFT, (4, None)]},
    "state of news": _on([1, 2, 3, 5], (1, None, NEWS)),
    # News, of which some happens again, is moved, or is missed.
    "arrival before": {0: [(0, None, NEWS)], **_on([1, 2, 3, 5], (0, 1, NEWS))},
    "arrival once": {
        1: [(1, None, NEWS)],
        2: [(1, 2, NEWS)],
        **_on([3, 5], (1, 2, NEWS), (3, None, NEWS)),
    },
    "arrival moved": {
        2: [(2, None, NEWS)],
        3: [(2, 3, NEWS)],
        5: [(5, None, NEWS)],
    },
    "arrival hidden": _on([2, 3], (2, None, NEWS | HIDDEN)),
    "arrival of late": _on([3, 5], (1, None, NEWS)),
    "arrival of two": {5: [(5, None, NEWS)]},
    "arrival missed": {5: [(4, 5, NEWS), (5, None, NEWS)]},
    # Not news, so it has a message of its own.
    "arrival of work": {5: [(5, None)]},
    "removed": _on([1, 2], OPEN),
    # Gone from the inputs for a day, with nothing left or with what it closed.
    "back": {1: [OPEN], 3: [OPEN], 5: [(1, 5)]},
    "back and closed": {
        1: [OPEN],
        2: [(1, 2, {"close_reason": "account_removed"})],
        3: [OPEN],
        5: [(1, 5)],
    },
    "back, never told": {**_on([0, 1, 3], (-20, None)), 5: [(-20, 5)]},
    # What holds without days of grace opens on the day of return.
    "back, no grace": {1: [OPEN], **_on([3, 5], (3, None))},
    "back again, no grace": {1: [OPEN], **_on([3, 5], (3, None))},
    "back to new": {1: [OPEN], 5: [(5, None)]},
    "back, worse": {1: [OPEN], **_on([3, 5], (1, None, WORSE))},
    "worse": {**_on([1, 2, 3], OPEN), 5: [(1, None, WORSE)]},
    "long": _on([1, 2, 3, 5], OPEN),
    # Its ids change on the fourth day.
    "rekeyed": _on([3, 5], (-20, None)),
    "synced_late": _on([3, 5], OPEN),
    "rekeyed, eight days": _on([3, 5], (-5, None)),
    "rekeyed, seven days": _on([3, 5], (-4, None)),
    "newcomer": _on([3, 5], (3, None)),
    # Again on the next day, while the first is open for its day of grace.
    "happening": {
        1: [OPEN],
        **_on([2, 3], (1, 3, HIDDEN), (2, None)),
        5: [(1, 3), (2, 4)],
    },
    # By what is known now, it didn't happen.
    "happening, not so": {3: [(3, None)]},
    "happening, no news": {3: [(3, None, NEWS)]},
    # Late events move it to long before it was told.
    "happening moved": {3: [(3, None)], 5: [(0, 1)]},
    # The same, of what had happened before.
    **{
        name: {
            0: [(0, None)],
            **_on([1, 3, 5], (0, 1)),
            2: [(0, 1), (2, None)],
        }
        for name in ("happening again, not so", "again, not so")
    },
    "off": _on([1, 2], OPEN),
    **{
        f"about {kind} {subject}": {
            7: [(7, None, {"subject_type": kind, "subject_id": subject})]
        }
        for kind, subject in SUBJECTS
    },
    **{f"mass {n}": {5: [(5, None)]} for n in range(8)},
    "alone": {5: [(5, None)]},
    "several worse": {**_on([1, 2, 3], OPEN), 5: [(1, None, WORSE)]},
    "several over": {**_on([1, 2, 3], OPEN), 5: [(1, 5)]},
    "several again": {1: [OPEN], **_on([2, 3], (1, 2)), 5: [(5, None)]},
    # Late events bring it when nobody looks back that far.
    "quiet": {7: [(6, 7)]},
}
NEW = (
    "rekeyed",
    "rekeyed, eight days",
    "rekeyed, seven days",
    "synced_late",
    "newcomer",
)
BACK = ("u3", "u4", *(name for name in SIGNALS if name.startswith("back")))


def _known(name: str) -> list[tuple[int, bool]]:
    """Days of an entity's attributes, and whether it is in the inputs."""
    if name in NEW:
        return [(3, True)]
    known = [(0, True)]
    if name in BACK:
        known += [(2, False), (3, True)]
    if name == "back again, no grace":
        known = [(-9, True), (-7, False), (-5, True), *known]
    if name == "back to new":
        # Another plan.
        known.append((5, True))
    return known


class Desk:
    """Signals made by hand, and the alerts that each look makes of them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.is_off = False
        warehouse.configure(CONFIG, ["events", "users", "accounts"])
        warehouse.load(events=[], users=[], accounts=[])
        warehouse.build("--select", "resource_type:seed")
        path = package_root() / "models/80_signals/_signals.yml"
        models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        [columns] = [
            model["columns"]
            for model in models
            if model["name"] == "product_signals__signals"
        ]
        self.columns = {c["name"]: c["data_type"] for c in columns}
        for statement in (
            f"create schema {PRIVATE}",
            f"create table {PRIVATE}.int_product_signals__numbers as"
            " select range as number from range(9)",
            f"create table {PRIVATE}.int_product_signals__scope"
            " (as_of_date date, is_delivered boolean)",
            f"create table {PRIVATE}.stg_product_signals__users"
            " (user_id text, full_name text, email text)",
            f"insert into {PRIVATE}.stg_product_signals__users values"
            " ('u1', 'Ann & Co', null), ('u2', null, 'bo@x.example')",
            f"create table {PRIVATE}.int_product_signals__evidence_now"
            " (signal_id text, condition_group integer,"
            " condition_number integer, sentence text)",
            f"insert into {PRIVATE}.int_product_signals__evidence_now values"
            " ('on_off 1', 1, 1, null), ('on_off 1', 1, 3, 'as of\r< 2'),"
            " ('on_off 1', 1, 2, 'Down to 4')",
            "create table product_signals__attribute_history"
            " (entity text, entity_id text, valid_from date, is_there boolean,"
            " is_internal boolean)",
            "create table product_signals__signals ("
            + ", ".join(f"{k} {v}" for k, v in self.columns.items())
            + ")",
        ):
            warehouse.execute(statement)

    def signals(self, look: int) -> list[Row]:
        rows = []
        for name, looks in SIGNALS.items():
            for opened, closed, *more in looks.get(look, []):
                signal = name.replace(",", "").split()[0]
                signal = signal if signal in CONFIG.signals else "busy"
                if signal == "off" and self.is_off:
                    continue
                kind = CONFIG.signals[signal].kind
                rows.append(
                    {
                        "signal_key": f"key of {name}",
                        "signal_id": f"{name} {opened}",
                        "signal": signal,
                        "signal_name": CONFIG.signals[signal].signal_name,
                        "kind": kind,
                        "severity": "low",
                        "entity": "account",
                        "entity_id": name,
                        "account_id": name,
                        "owner": "Tom\nTwo",
                        "opened_on": DAYS[0] + opened * DAY,
                        "closed_on": closed and DAYS[closed],
                        "close_reason": closed
                        and ("over" if kind == "event" else "cleared"),
                        "is_open": closed is None,
                        "priority": 1 if closed is None else None,
                        "is_suppressed": False,
                        "is_held_back": False,
                        "reason": "Because\nof Ann",
                        "now": "Still\u2028> 5" if closed is None else None,
                        **(more[0] if more else {}),
                    }
                )
        return rows

    def prepare(self, look: int) -> None:
        """Writes what the earlier models would have made as of a day."""
        run = self.warehouse.execute
        run(
            f"create or replace table {PRIVATE}.stg_product_signals__accounts"
            " as select * from (values "
            + ", ".join(
                f"('{name}', '{NAMES.get(name, name)}')"
                for name in SIGNALS
                if not (look >= 3 and name == "removed")
                and not (look == 2 and name.startswith("back"))
            )
            + ") as accounts (account_id, account_name)"
        )
        run(
            "create or replace table product_signals__attribute_history as"
            " select case when entity_id like 'u_' then 'user'"
            " else 'account' end as entity, entity_id, valid_from,"
            " is_there or entity_id = 'u4' as is_there,"
            " case when entity_id = 'u4' then not is_there end as is_internal"
            " from (values "
            + ", ".join(
                f"('{name}', date '{DAYS[0] + day * DAY}', {is_there})"
                for name in SIGNALS
                for day, is_there in _known(name)
                if day <= look
            )
            + ") as history (entity_id, valid_from, is_there)"
            # Somebody else of the same id.
            " union all select case when entity_id like 'u_' then 'account'"
            " else 'user' end, entity_id,"
            f" date '{DAYS[0]}', true, false from"
            " (select distinct entity_id from product_signals__signals)"
        )
        run(
            f"create or replace table {PRIVATE}.int_product_signals__scope as"
            f" select date '{DAYS[look]}' as as_of_date, true as is_delivered"
        )
        run("delete from product_signals__signals")
        for row in self.signals(look):
            values = ", ".join(
                "null" if value is None else f"'{value}'"
                for value in row.values()
            )
            run(
                "insert into product_signals__signals"
                f" ({', '.join(row)}) values ({values})"
            )

    def run(self, models: list[str] = MODELS, *arguments: str) -> list[Row]:
        """Runs models; returns the rows that they add to the feed."""
        before = self.feed()
        outcome = self.warehouse.dbt(
            self.warehouse.project, "run", "--select", *models, *arguments
        )
        assert outcome
        after = self.feed()
        # Rows never change once they are written.
        assert [row for row in after if row in before] == before
        return [row for row in after if row not in before]

    def switch_off(self) -> None:
        """Switches off the rule "off", and takes a team off "less"."""
        self.is_off = True
        self.warehouse.execute(
            "update configured_signals set is_enabled = signal <> 'off',"
            " teams = case signal when 'less' then 'attic' else teams end"
        )

    def look(self, look: int) -> list[Row]:
        self.prepare(look)
        return self.run()

    def feed(self) -> list[Row]:
        if not self.warehouse.rows(
            "from duckdb_tables()"
            " where table_name = 'product_signals__alerts_feed'"
        ):
            return []
        return self.warehouse.rows(
            "from product_signals__alerts_feed order by detected_at, alert_id"
        )


@pytest.fixture(scope="module")
def desk(warehouse_factory: Callable) -> Desk:
    return Desk(warehouse_factory("alerts"))


@pytest.fixture(scope="module")
def looks(desk: Desk) -> dict[int, list[Row]]:
    """The rows that each look adds to the feed."""
    found = {look: desk.look(look) for look in LOOKS[:3]}
    desk.switch_off()
    return found | {look: desk.look(look) for look in LOOKS[3:]}


def told(rows: list[Row], name: str, team: str = "success") -> list[tuple]:
    return [
        (
            row["change"],
            row["delivery"],
            DAYS.index(row["changed_on"]) if row["changed_on"] in DAYS else -20,
        )
        for row in sorted(rows, key=lambda row: row["alert_number"] or 0)
        if row["entity_id"] == name and row["team"] == team
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # The first look sets a base line. What it doesn't announce also closes
        # without an alert.
        ("steady", {0: [("opened", "base_line", -20)]}),
        (
            "over",
            {0: [("opened", "base_line", 0)], 1: [("closed", "silent", 1)]},
        ),
        (
            "on_off",
            {
                1: [("opened", "message", 1)],
                2: [("closed", "message", 2)],
                3: [("reopened", "message", 3)],
            },
        ),
        ("moved", {1: [("opened", "message", 1)]}),
        ("moved_on", {1: [("opened", "message", 1)]}),
        (
            "never",
            {1: [("opened", "message", 1)], 2: [("closed", "message", 2)]},
        ),
        ("late", {3: [("opened", "message", 1)]}),
        ("late_and_over", {}),
        ("between", {5: [("opened", "message", 4), ("closed", "message", 5)]}),
        ("between_hidden", {}),
        ("between_held", {}),
        ("split", {1: [("opened", "message", 1)]}),
        (
            "split unseen",
            {
                1: [("opened", "message", 1)],
                5: [("closed", "message", 3), ("reopened", "message", 4)],
            },
        ),
        (
            "split worse",
            {1: [("opened", "message", 1)], 3: [("closed", "message", 3)]},
        ),
        ("split hidden", {3: [("opened", "message", -20)]}),
        (
            "less",
            {1: [("opened", "message", 1)], 3: [("closed", "silent", 3)]},
        ),
        (
            "cold",
            {3: [("opened", "message", 3)], 5: [("closed", "message", 5)]},
        ),
        *(
            (f"cold {name}", {})
            for name in (
                "not",
                "before",
                "suppressed",
                "held",
                "answered",
                "user",
                "state",
            )
        ),
        (
            "u2",
            {1: [("opened", "message", 1)], 2: [("closed", "message", 2)]},
        ),
        *(
            (
                user,
                {
                    1: [("opened", "message", 1)],
                    2: [("closed", "silent", 2)],
                    3: [("reopened", "silent", 3)],
                },
            )
            for user in ("u3", "u4")
        ),
        ("suppressed", {3: [("opened", "message", 1)]}),
        (
            "answered",
            {1: [("opened", "message", 1)], 3: [("closed", "message", 3)]},
        ),
        (
            "left",
            {1: [("opened", "message", 1)], 2: [("closed", "silent", 2)]},
        ),
        (
            "gone by mistake",
            {
                1: [("opened", "message", 1)],
                2: [("closed", "silent", 2)],
                3: [("reopened", "silent", 1)],
                5: [("closed", "message", 5)],
            },
        ),
        (
            "gone and new",
            {
                1: [("opened", "message", 1)],
                2: [("closed", "silent", 2)],
                5: [("reopened", "message", 4)],
            },
        ),
        ("state of news", {}),
        (
            "arrival before",
            {0: [("opened", "base_line", 0)], 1: [("closed", "silent", 1)]},
        ),
        (
            "arrival once",
            {1: [("opened", "message", 1)], 2: [("closed", "silent", 2)]},
        ),
        (
            "arrival moved",
            {2: [("opened", "message", 2)], 3: [("closed", "silent", 3)]},
        ),
        ("arrival hidden", {}),
        ("arrival of late", {3: [("opened", "message", 1)]}),
        ("arrival of two", {5: [("opened", "digest", 5)]}),
        ("arrival of work", {5: [("opened", "message", 5)]}),
        (
            "removed",
            {1: [("opened", "message", 1)], 3: [("closed", "silent", 3)]},
        ),
        *(
            (
                name,
                {
                    1: [("opened", "message", 1)],
                    2: [("closed", "silent", 2)],
                    3: [("reopened", "silent", 1)],
                    5: [("closed", "message", 5)],
                },
            )
            for name in ("back", "back and closed")
        ),
        (
            "back, never told",
            {
                0: [("opened", "base_line", -20)],
                2: [("closed", "silent", 2)],
                3: [("reopened", "silent", -20)],
                5: [("closed", "silent", 5)],
            },
        ),
        *(
            (
                name,
                {
                    1: [("opened", "message", 1)],
                    2: [("closed", "silent", 2)],
                    3: [("reopened", "silent", 3)],
                },
            )
            for name in ("back, no grace", "back again, no grace")
        ),
        (
            "back to new",
            {
                1: [("opened", "message", 1)],
                2: [("closed", "silent", 2)],
                5: [("reopened", "message", 5)],
            },
        ),
        (
            "back, worse",
            {
                1: [("opened", "message", 1)],
                2: [("closed", "silent", 2)],
                3: [("reopened", "message", 1)],
            },
        ),
        (
            "worse",
            {
                1: [("opened", "message", 1)],
                5: [("severity_changed", "message", 5)],
            },
        ),
        ("rekeyed", {3: [("opened", "base_line", -20)]}),
        ("rekeyed, eight days", {3: [("opened", "base_line", -20)]}),
        ("rekeyed, seven days", {3: [("opened", "message", -20)]}),
        ("synced_late", {3: [("opened", "message", 1)]}),
        ("newcomer", {3: [("opened", "message", 3)]}),
        (
            "happening",
            {1: [("opened", "message", 1)], 5: [("closed", "silent", 4)]},
        ),
        (
            "happening, not so",
            {3: [("opened", "message", 3)], 5: [("closed", "message", 5)]},
        ),
        (
            "happening, no news",
            {3: [("opened", "message", 3)], 5: [("closed", "silent", 5)]},
        ),
        (
            "happening moved",
            {3: [("opened", "message", 3)], 5: [("closed", "silent", 1)]},
        ),
        *(
            (
                name,
                {
                    0: [("opened", "base_line", 0)],
                    1: [("closed", "silent", 1)],
                    2: [("reopened", "message", 2)],
                    3: [("closed", "message", 3)],
                },
            )
            for name in ("happening again, not so", "again, not so")
        ),
        (
            "off",
            {1: [("opened", "message", 1)], 3: [("closed", "silent", 3)]},
        ),
    ],
)
def test_changes(
    looks: dict[int, list[Row]], name: str, expected: dict[int, list[tuple]]
) -> None:
    teams = {
        "arrival": "press",
        "back": "floor",
        "gone": "floor",
        "cold": "floor",
        "split": "attic",
        "less": "cellar",
        **dict.fromkeys(("u2", "u3", "u4"), "attic"),
    }
    team = teams.get(name.replace(",", "").split()[0], "success")
    found = {look: told(rows, name, team) for look, rows in looks.items()}
    assert {look: rows for look, rows in found.items() if rows} == expected


def test_each_team_is_told_for_itself(looks: dict[int, list[Row]]) -> None:
    [success, sales] = [
        row
        for team in ("success", "sales")
        for row in looks[1]
        if row["entity_id"] == "on_off" and row["team"] == team
    ]
    keys = "Owner: Tom Two\naccount on_off · signal on_off 1"
    why = "Because of Ann\nNow: Still &gt; 5"
    title = "*Busy* (low) A &amp; B &lt;!channel&gt;"
    assert success["text"] == f"{title}\n{why}\nDo: Wave &amp; smile\n{keys}"
    assert sales["text"] == f"{title}\n{why}\nDo: Sell\n{keys}"
    [over] = [
        row
        for row in looks[2]
        if row["entity_id"] == "on_off" and row["team"] == "sales"
    ]
    assert over["text"] == (
        f"*Over: Busy* (low) A &amp; B &lt;!channel&gt;\nIt no longer holds,"
        f" as of 13 March 2024\nNow: Down to 4; as of &lt; 2\n{keys}"
    )


def test_text_of_a_user_without_an_account(
    looks: dict[int, list[Row]],
) -> None:
    """Nobody owns it, no account has it, and its team has no action."""
    assert {
        (look, row["entity_id"]): row["text"]
        for look in (1, 2)
        for row in looks[look]
        if row["signal"] == "plain" and row["delivery"] == "message"
    } == {
        (
            1,
            "u2",
        ): "*Plain* (low), bo@x.example\nDo: Sell\nuser u2 · signal u2 1",
        (1, "u3"): "*Plain* (low), u3\nDo: Sell\nuser u3 · signal u3 1",
        (1, "u4"): "*Plain* (low), u4\nDo: Sell\nuser u4 · signal u4 1",
        (2, "u2"): (
            "*Over: Plain* (low), bo@x.example\nIt is taken back, as of"
            " 13 March 2024\nuser u2 · signal u2 1"
        ),
    }


def test_texts_fit_slack(looks: dict[int, list[Row]]) -> None:
    rows = [row for found in looks.values() for row in found]
    for row in rows:
        assert len(row["text"]) <= 3000
        # No escape is cut in half, and everything is escaped.
        bare = row["text"]
        for escape in ("&amp;", "&lt;", "&gt;"):
            bare = bare.replace(escape, "")
        assert not set("&<>") & set(bare)
    cut = {row["entity_id"]: row["text"] for row in rows if "…" in row["text"]}
    assert set(cut) == {"long", "moved"}
    for name, text in cut.items():
        assert text.endswith(f"account {name} · signal {name} 1")
        assert len(text) > 2990


def test_many_of_a_team_are_one_message(looks: dict[int, list[Row]]) -> None:
    """Twelve of a team are many, and eleven are not."""
    crowd = [row for row in looks[5] if row["team"] == "crowd"]
    [digest] = [row for row in crowd if row["change"] == "digest"]
    assert digest["delivery"] == "message"
    assert (
        # The worst first, then the most.
        digest["text"] == "*12 alerts for crowd*\nSeveral: 1 opened again,"
        " 1 over, 1 of another severity\nMass &lt;&amp;&gt;: 8 opened"
        "\nAlone: 1 opened"
    )
    others = [row for row in crowd if row is not digest]
    assert len(others) == 12
    assert {row["delivery"] for row in others} == {"digest"}
    messages = [row for row in looks[1] if row["team"] == "success"]
    assert [row["delivery"] for row in messages].count("message") == 11


def test_news_of_a_team_is_one_message(looks: dict[int, list[Row]]) -> None:
    """New accounts come as a digest when there are many, with names (F5)."""
    press = {
        look: [row for row in rows if row["team"] == "press"]
        for look, rows in looks.items()
    }
    assert {
        look: sorted(
            row["text"].splitlines()[0]
            for row in rows
            if row["delivery"] == "message"
        )
        for look, rows in press.items()
    } == {
        0: [],
        1: ["*New &lt;&amp;&gt;* (info) arrival once"],
        2: ["*New &lt;&amp;&gt;* (info) arrival moved"],
        3: ["*New &lt;&amp;&gt;* (info) arrival of late"],
        5: ["*New &lt;&amp;&gt;* (low) arrival of work", "*News for press*"],
    }
    [digest] = [row for row in press[5] if row["change"] == "digest"]
    assert digest["text"] == (
        "*News for press*\n"
        "New &lt;&amp;&gt;: 2 (arrival missed; arrival of two)"
    )


def test_runs_are_told_apart_by_detected_at(
    looks: dict[int, list[Row]],
) -> None:
    times = [
        {(row["detected_at"], row["detected_on"]) for row in rows}
        for rows in looks.values()
    ]
    assert [len(of_run) for of_run in times] == [1] * len(LOOKS)
    assert sorted(times, key=min) == times
    assert [day for [(_, day)] in times] == [DAYS[look] for look in LOOKS]


def test_what_was_told_stays(desk: Desk, looks: dict[int, list[Row]]) -> None:
    """The same day again, a full refresh or a past day adds nothing.

    Nor does a day that teams aren't told of yet.
    """
    assert desk.look(5) == []
    desk.prepare(7)
    desk.warehouse.execute(
        f"update {PRIVATE}.int_product_signals__scope set is_delivered = false"
    )
    assert desk.run() == []
    desk.prepare(2)
    assert desk.run(MODELS, "--full-refresh") == []
    # A complete run saw a day on which nothing changed. What late events add to
    # it afterwards, if it is over, is not news.
    for table in (
        "int_product_signals__known_inputs as select 1 as known",
        "int_product_signals__completed_runs as select 1 as run_number,"
        " day as as_of_date, day as last_event_date, true as is_complete"
        f" from (values (date '{DAYS[5]}'), (date '{DAYS[6]}')) as days (day)",
    ):
        desk.warehouse.execute(f"create table {PRIVATE}.{table}")
    added = desk.look(7)
    assert told(added, "quiet") == []
    # The text names whom or what a signal is about.
    assert {
        row["text"].splitlines()[0]
        for row in added
        if row["change"] == "opened" and row["team"] == "sales"
    } == {
        f"*Busy* (low) about {kind} {subject}, {name}"
        for (kind, subject), name in SUBJECTS.items()
    }


def test_gone_for_an_hour(desk: Desk, looks: dict[int, list[Row]]) -> None:
    """What opened today, left the inputs and is back today is told once."""
    assert looks
    desk.look(7)
    desk.prepare(7)
    for table in (
        "product_signals__signals",
        f"{PRIVATE}.stg_product_signals__accounts",
    ):
        desk.warehouse.execute(
            f"delete from {table} where account_id like 'about %'"
        )
    removed = desk.run()
    assert len(removed) == 2 * len(SUBJECTS)
    assert {(row["change"], row["delivery"]) for row in removed} == {
        ("closed", "silent")
    }
    back = desk.look(7)
    assert len(back) == len(removed)
    assert {(row["change"], row["delivery"]) for row in back} == {
        ("reopened", "silent")
    }


def test_a_new_database_has_new_alerts(warehouse_factory: Callable) -> None:
    """What was posted from the old one kept them from being posted."""
    desk = Desk(warehouse_factory("anew"))
    desk.look(0)
    posted = {row["alert_id"] for row in desk.look(1)}
    for table in (
        f"{PRIVATE}.int_product_signals__alert_changes",
        "product_signals__alerts_feed",
    ):
        desk.warehouse.execute(f"drop table {table}")
    desk.look(2)
    again = desk.look(3)
    assert ("reopened", "message", 3) in told(again, "on_off")
    assert not posted & {row["alert_id"] for row in again}
    # Runs that failed or had no events saw nothing of the last days.
    for table in (
        "int_product_signals__known_inputs as select 1 as known",
        "int_product_signals__completed_runs as select 1 as run_number,"
        f" date '{DAYS[6]}' as as_of_date, * from (values"
        f" (date '{DAYS[6]}', false), (null, true))"
        " as runs (last_event_date, is_complete)",
    ):
        desk.warehouse.execute(f"create table {PRIVATE}.{table}")
    assert told(desk.look(7), "quiet") == [
        ("opened", "digest", 6),
        ("closed", "digest", 7),
    ]


@pytest.mark.long
def test_a_replay_with_a_kill_tells_the_same(
    looks: dict[int, list[Row]], warehouse_factory: Callable
) -> None:
    """Killed before the feed was written, and before anything was."""
    desk = Desk(warehouse_factory("replayed"))
    found = {0: desk.look(0)}
    desk.prepare(1)
    assert desk.run(MODELS[:2]) == []
    # A run for an earlier day doesn't have the signals to tell of.
    assert desk.look(0) == []
    desk.prepare(1)
    found[1] = desk.run()
    found[2] = desk.look(2)
    for look, rows in found.items():
        assert _without_times(rows) == _without_times(looks[look])
        assert len(rows) > 1


def _without_times(rows: list[Row]) -> list[Row]:
    return sorted(
        ({**row, "detected_at": None} for row in rows),
        key=lambda row: row["alert_id"],
    )
