"""Lists: growth, retention, audiences, what customers share (J1–J4)."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest
from histories import build
from oracle import Oracle, percent
from product_signals.config import Config
from scipy.stats import binomtest
from warehouse import Warehouse
from worlds import random_world

Row = dict[str, Any]
DAY = timedelta(days=1)

# -- Growth and retention of a random world ------------------------------------


def _start(period: str, day: date) -> date:
    if period == "month":
        return day.replace(day=1)
    return day - DAY * day.weekday()


def _next(period: str, start: date) -> date:
    return _start(period, start + DAY * (7 if period == "week" else 31))


def _months(first: date, last: date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month


class Grown:
    """Who was active when, and a warehouse with growth and retention."""

    def __init__(self, warehouse: Warehouse) -> None:
        world = random_world(6, 130)
        # Only the newest account has a fit: before it came, nobody had one.
        newest = max(world.accounts, key=itemgetter("created_at"))
        newest["fit"] = "good"
        build(
            warehouse,
            world,
            "--select",
            "+product_signals__growth",
            "+product_signals__retention",
        )
        self.warehouse = warehouse
        self.world = world
        self.oracle = Oracle(world)
        self.days: dict[str, dict[str, set[date]]] = {
            entity: {
                key: {e["day"] for e in events if e["is_activity"]}
                for key, events in by_entity.items()
            }
            for entity, by_entity in (
                ("user", self.oracle.by_user),
                ("account", self.oracle.by_account),
            )
        }
        for days in self.days.values():
            for key in [key for key, active in days.items() if not active]:
                del days[key]


@pytest.fixture(scope="module")
def grown(warehouse_factory: Callable) -> Grown:
    return Grown(warehouse_factory("grown"))


def test_growth(grown: Grown) -> None:
    first, last = grown.oracle.start, grown.oracle.as_of
    expected = {}
    for entity, days in grown.days.items():
        for period in ("week", "month"):
            start, before = _start(period, first), set()
            ever: set[str] = set()
            while start <= last:
                end = _next(period, start)
                active = {
                    key
                    for key, active in days.items()
                    if any(start <= day < end for day in active)
                }
                expected[entity, period, start] = {
                    "active_count": len(active),
                    "new_count": len(active - ever),
                    "retained_count": len(active & before),
                    "resurrected_count": len((active & ever) - before),
                    "lost_count": len(before - active),
                    "retained_rate": percent(len(active & before), len(before)),
                    "is_complete": first <= start and end - DAY <= last,
                }
                ever |= active
                start, before = end, active
    actual = {
        (row.pop("entity"), row.pop("period"), row.pop("period_start")): row
        for row in grown.warehouse.rows("from product_signals__growth")
    }
    assert actual == expected
    # There are some of each, and an unfinished period of either kind.
    for column in ("new", "retained", "resurrected", "lost"):
        for key in grown.days:
            assert any(
                row[f"{column}_count"]
                for (entity, *_), row in actual.items()
                if entity == key
            ), (key, column)
    assert {row["is_complete"] for row in actual.values()} == {True, False}


def test_first_period_is_compared(
    grown: Grown, warehouse_factory: Callable
) -> None:
    """Whoever was active just before history_start is retained, or lost."""
    later = warehouse_factory("later")
    build(
        later,
        grown.world,
        "--select",
        "+product_signals__growth",
        history_start="2024-03-01",
    )
    query = (
        "select * exclude (is_complete) from product_signals__growth"
        " where period_start >= '{}' and period = '{}' order by all"
    )
    for since, period in (("2024-02-26", "week"), ("2024-03-01", "month")):
        rows = later.rows(query.format(since, period))
        assert rows[0]["retained_rate"] is not None
        assert rows == grown.warehouse.rows(query.format(since, period))


def test_retention(grown: Grown) -> None:
    oracle = grown.oracle
    cohorts: dict[tuple, list[str]] = defaultdict(list)
    for entity, days in grown.days.items():
        for key, active in days.items():
            first = min(active)
            account = oracle.home(key, first) if entity == "user" else key
            cohort = (entity, _start("month", first))
            cohorts[(*cohort, "all", "all")].append(key)
            if account in oracle.accounts:
                plan = oracle.attribute(account, "plan", first)
                cohorts[(*cohort, "plan", plan or "unknown")].append(key)
    expected = {}
    for (entity, month, attribute, value), members in cohorts.items():
        for months in range(_months(month, oracle.as_of) + 1):
            retained = sum(
                any(_months(month, day) == months for day in active)
                for key in members
                if (active := grown.days[entity][key])
            )
            expected[entity, month, months, attribute, value] = {
                "size": len(members),
                "retained": retained,
                "rate": percent(retained, len(members)),
                "is_complete": months < _months(month, oracle.as_of + DAY),
            }
    keys = ("entity", "cohort_month", "months_since", "attribute", "value")
    actual = {
        tuple(row.pop(key) for key in keys): row
        for row in grown.warehouse.rows(
            "from product_signals__retention where attribute in ('all', 'plan')"
        )
    }
    assert actual == expected
    assert len({value for *_, value in actual}) > 3
    assert any(0 < row["retained"] < row["size"] for row in actual.values())


def test_segments_of_a_cohort_add_up(grown: Grown) -> None:
    """An attribute that is used from a later day is unknown of earlier ones."""
    cohorts: dict[tuple, dict[str, int]] = defaultdict(dict)
    for row in grown.warehouse.rows(
        "select entity, cohort_month, attribute, sum(size) as members"
        " from product_signals__retention"
        " where months_since = 0 and attribute in ('plan', 'fit') group by all"
    ):
        cohort = (row["entity"], row["cohort_month"])
        cohorts[cohort][row["attribute"]] = row["members"]
    assert len(cohorts) > 2
    for members in cohorts.values():
        assert members["fit"] == members["plan"]


def test_cohorts_are_who_is_new(grown: Grown) -> None:
    rows = grown.warehouse.rows(
        "from product_signals__retention as retention"
        " inner join product_signals__growth as growth"
        " on retention.entity = growth.entity"
        " and retention.cohort_month = growth.period_start"
        " and growth.period = 'month'"
        " where attribute = 'all' and months_since = 0"
    )
    assert len(rows) > 3
    assert all(r["size"] == r["retained"] == r["new_count"] for r in rows)


# -- Audiences and the ideal customer: worked out by hand ----------------------

TODAY = datetime(2024, 6, 10, 12)
DAYS = [date(2024, 6, 10), date(2024, 6, 11), date(2024, 6, 12)]


def _signal(metric: str, operator: str, value: float, **more: Any) -> Row:
    return {
        "entity": "user",
        "kind": "state",
        "severity": "info",
        "description": "Something is up.",
        "teams": ["success"],
        "actions": [{"team": "success", "action": "Look"}],
        "groups": [[{"metric": metric, "operator": operator, "value": value}]],
        **more,
    }


# Points over sixty days; accounts are scored by their total.
CONFIG = Config.model_validate(
    {
        "seed_prefix": "lists",
        "events": {
            "work": {"feature": "work", "counts_as_activity": True, "weight": 1}
        },
        "features": {"work": {"is_key": True}},
        "profiles": {
            "main": {
                "period_days": 60,
                "min_population": 1,
                "account_method": "total",
                "normalization": "winsorized",
            }
        },
        "bands": {
            "size_value": {"small": None, "large": 50},
            "silent_days": {"active": None, "silent": 30},
            "top_percentile": {"rest": None, "top": 50},
            "advocate_days": {"recent": None, "tenured": 181},
            "entry_point_place": {"entry_point": None, "other": 3},
            "telling_accounts": {"few": None, "enough": 3},
        },
        "signals": {
            "power_user": _signal("raw_score", ">=", 130),
            "problem_user": _signal(
                "days_since_last_active", ">", 10, suppressed_by=["power_user"]
            ),
        },
    }
)

ACCOUNTS = {
    # Age in days on the first of DAYS, plan, region, employees.
    "a1": (181, "pro", "west", 80),
    "a2": (180, "pro", "west", 10),
    "a3": (400, "team", "west", 10),
    "a4": (400, "team", "east", None),
    "a5": (400, "team", "east", 90),
    "idle1": (400, "pro", "east", 90),
    "idle2": (400, "pro", "east", 90),
    "idle3": (400, "team", "east", 90),
    "idle4": (400, "team", "east", 90),
    # Cancelled on the first of DAYS.
    "gone": (400, "gone", "gone", 90),
}
# Points by age in days; a user's id begins with the account's. The accounts
# have 220, 150, 135, 20, 10 and 1000 points.
WORK = {
    "a1 x": {0: 100},
    "a1 y": {2: 60},
    "a1 z": {3: 60},
    "a2 x": {1: 150},
    "a3 silent": {30: 130},
    "a3 x": {29: 5},
    "a4 x": {5: 20, -1: 130, -2: 1},
    "a5 x": {6: 10},
    "gone x": {6: 1000},
    # Not in any input; makes sure that every day has an event.
    "stranger": {0: 1, -1: 1, -2: 1},
}
COMEBACK = ("a3 x", -2, 100)
LATE = ("a2 x", -2, 100)


class Company:
    """A few accounts, and the results of each run."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.events: list[Row] = []
        self.runs: list[dict[tuple, Row]] = []
        accounts = [
            {
                "account_id": name,
                "created_at": TODAY - age * DAY,
                "cancelled_at": TODAY if name == "gone" else None,
                "plan": plan,
                "region": region,
                "employees": employees,
            }
            for name, (age, plan, region, employees) in ACCOUNTS.items()
        ]
        users = [
            {
                "user_id": name,
                "account_id": name.split()[0],
                # One day short of what makes an advocate.
                "created_at": TODAY - (180 if name == "a1 y" else 181) * DAY,
            }
            for name in WORK
            if name != "stranger"
        ]
        warehouse.configure(CONFIG, ["events", "users", "accounts"])
        warehouse.load(users=users, accounts=accounts)
        for name, days in WORK.items():
            for age, points in days.items():
                self.work(name, age, points)
        self.work(*COMEBACK)

    def work(self, user: str, age: int, points: int) -> None:
        self.events.append(
            {
                "event_id": f"e{len(self.events)}",
                "user_id": user,
                "event_name": "work",
                "event_count": points,
                "occurred_at": TODAY - age * DAY,
                "loaded_at": TODAY - age * DAY,
            }
        )

    def build(self, day: date, *arguments: str) -> None:
        """Runs as of a day, and notes the audiences."""
        self.warehouse.load(events=self.events)
        self.warehouse.build(
            *arguments,
            "--select",
            "+product_signals__audiences",
            "+product_signals__ideal_customer",
            as_of_date=day.isoformat(),
        )
        rows = self.warehouse.rows("from product_signals__audiences")
        self.runs.append({(r["audience"], r["member_id"]): r for r in rows})


def _stays(run: dict[tuple, Row], audience: str) -> dict[str, tuple]:
    """First joined, joined and left, as positions in DAYS."""
    return {
        member: tuple(
            None if row[name] is None else DAYS.index(row[name])
            for name in ("first_joined_on", "joined_on", "left_on")
        )
        for (name, member), row in run.items()
        if name == audience
    }


@pytest.fixture(scope="module")
def company(warehouse_factory: Callable) -> Company:
    company = Company(warehouse_factory("company"))
    company.build(DAYS[0])
    return company


@pytest.mark.parametrize(
    ("audience", "members"),
    [
        # J4. The gone account leads; percentile 50 is in the top, 33 is not.
        ("lookalike_accounts", ["a1", "a2", "a3"]),
        # Of 1000, 150, 130, 100, 60, 60, 20, 10, 5 and 1: 60 is, 40 is not.
        ("lookalike_users", ["a2 x", "a3 silent", "a1 x", "a1 z", "a1 y"]),
        # J2. 181 days are enough, 180 are not.
        ("advocate_accounts", ["a1", "a3"]),
        ("advocate_users", ["a2 x", "a1 x", "a1 z"]),
        # J1. One per account, none if its leader is silent.
        ("champions", ["a2 x", "a1 x", "a4 x", "a5 x"]),
        # The first two of each account; ties go to the first by id.
        ("entry_points", ["a1 x", "a2 x", "a3 x", "a4 x", "a5 x", "a1 y"]),
        ("power_users", ["a2 x", "a3 silent"]),
        # Suppressed or not.
        ("problem_users", ["a3 silent", "a3 x"]),
    ],
)
def test_who_is_on_which_list(
    company: Company, audience: str, members: list[str]
) -> None:
    places = {
        member: row["place"]
        for (name, member), row in company.runs[0].items()
        if name == audience
    }
    assert sorted(places, key=lambda key: (places[key], key)) == members
    stays = _stays(company.runs[0], audience)
    assert set(stays.values()) == {(0, 0, None)}


def test_why(company: Company) -> None:
    """The figures are worked out by hand."""
    # Three active days of weight 4 are 12 of the 298 for all working days in
    # 180 days. Points are 220 of the benchmark 220 + 0.5 × 780; 5 of 150 + 0.1
    # × 850.
    run = company.runs[0]
    assert run["advocate_accounts", "a1"]["reason"] == (
        "Score 36, rank 2 by points in the profile; signed up 181 days ago;"
        " habit 4 %; last active less than a day ago"
    )
    assert run["entry_points", "a3 x"]["reason"] == (
        "Score 2, rank 9 by points in the profile; user for 181 days; last"
        " active 29 days ago"
    )
    assert run["entry_points", "a3 x"]["account_id"] == "a3"
    assert "active 29 days ago" in run["problem_users", "a3 x"]["reason"]


def test_a_score_in_a_sentence_is_rounded_down(company: Company) -> None:
    """As in all others (M12): 49.99 is no 50, where the band high begins."""
    scores = {
        (row["score"], row["reason"].split(",")[0])
        for run in company.runs
        for row in run.values()
        if row["reason"].startswith("Score")
    }
    for score, words in scores:
        shown = int(score) if score >= 1 else score
        assert words == f"Score {shown}"
    assert any(score % 1 >= Decimal("0.5") for score, _ in scores)


# The top is a1, a2 and a3, of nine live accounts.
@pytest.mark.parametrize(
    ("attribute", "value", "accounts", "top_accounts", "share", "lift"),
    [
        ("plan", "pro", 4, 2, "44.44", "1.50"),
        ("plan", "team", 5, 1, "55.56", "0.60"),
        ("size_band", "small", 2, 2, "22.22", "3.00"),
        ("size_band", "large", 6, 1, "66.67", "0.50"),
        ("size_band", "unknown", 1, 0, "11.11", "0.00"),
        ("region", "west", 3, 3, "33.33", "3.00"),
        ("region", "east", 6, 0, "66.67", "0.00"),
    ],
)
def test_ideal_customer(
    company: Company,
    attribute: str,
    value: str,
    accounts: int,
    top_accounts: int,
    share: str,
    lift: str,
) -> None:
    """J3: three of three are more than a third; two accounts are too few."""
    [row] = company.warehouse.rows(
        "from product_signals__ideal_customer"
        f" where attribute = '{attribute}' and value = '{value}'"
    )
    assert (row["accounts"], row["top_accounts"]) == (accounts, top_accounts)
    assert (row["share"], row["lift"]) == (Decimal(share), Decimal(lift))
    interval = binomtest(top_accounts, 3).proportion_ci(method="wilson")
    for bound, at in (("low", interval.low), ("high", interval.high)):
        assert float(row[f"top_share_{bound}"]) == pytest.approx(
            100 * at, abs=0.01
        )
        assert float(row[f"lift_{bound}"]) == pytest.approx(
            at * 9 / accounts, abs=0.01
        )
    telling = attribute == "region" if accounts >= 3 else None
    assert row["is_telling"] is telling


def test_shares_are_of_all_that_live(company: Company) -> None:
    counted: Counter[str] = Counter()
    for row in company.warehouse.rows("from product_signals__ideal_customer"):
        counted[row["attribute"]] += row["accounts"]
        assert row["value"] != "gone"
    assert len(counted) > 3
    assert set(counted.values()) == {9}


def test_an_account_that_left_takes_its_users_along(company: Company) -> None:
    """J1, J4: also if it did not cancel, but is gone from the inputs."""
    warehouse = company.warehouse
    kept = shutil.copy(warehouse.database, warehouse.folder / "kept")
    warehouse.execute("delete from raw.accounts where account_id = 'a5'")
    company.build(DAYS[1])
    shutil.copy(kept, warehouse.database)
    there, left = (
        {
            audience
            for (audience, _), row in run.items()
            if row["account_id"] == "a5" and row["left_on"] is None
        }
        for run in (company.runs[0], company.runs.pop())
    )
    assert there == {"champions", "entry_points"}
    assert left == set()


@pytest.mark.long
def test_who_leaves_stays_and_who_is_back_joins_anew(
    company: Company, warehouse_factory: Callable
) -> None:
    """J4, day by day: a4 overtakes a3; then a3 is back, a2 is overtaken."""
    company.build(DAYS[1])
    company.build(DAYS[2])
    assert _stays(company.runs[1], "lookalike_accounts") == {
        "a1": (0, 0, None),
        "a2": (0, 0, None),
        "a3": (0, 0, 1),
        "a4": (1, 1, None),
    }
    assert _stays(company.runs[2], "lookalike_accounts") == {
        "a1": (0, 0, None),
        "a2": (0, 0, 2),
        "a3": (0, 2, None),
        "a4": (1, 1, None),
    }
    gone = company.runs[2]["lookalike_accounts", "a2"]
    # It keeps its last reason, but has no rank among the members.
    assert (
        gone["reason"] == company.runs[1]["lookalike_accounts", "a2"]["reason"]
    )
    assert (gone["as_of_date"], gone["place"]) == (DAYS[1], None)

    replayed = Company(warehouse_factory("replayed"))
    for day in DAYS[:2]:
        replayed.build(day)
    assert replayed.runs == company.runs[:2]

    # The same day again with late events: a2 never left, a4 does.
    company.work(*LATE)
    company.build(DAYS[2])
    assert _stays(company.runs[3], "lookalike_accounts") == {
        "a1": (0, 0, None),
        "a2": (0, 0, None),
        "a3": (0, 2, None),
        "a4": (1, 1, 2),
    }
    # A past day adds nothing, and a full refresh keeps everything.
    company.build(DAYS[0], "--full-refresh")
    assert company.runs[4] == company.runs[3]
