"""The definitions of the package again, in slow Python.

Every figure is worked out from the events alone, one entity and one day at a
time, from the words of the contract and without the tricks of the SQL. The two
share only the definitions, so if they agree on random worlds, both are right.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from operator import itemgetter
from statistics import linear_regression, median
from typing import Any

from product_signals.config import Config
from product_signals.seeds import seed_rows

Row = dict[str, Any]
DAY = timedelta(days=1)
_DAY = itemgetter("day")
# Metrics that count whom or what a signal can be about.
SUBJECTS = (
    "new_users",
    "key_features_first_used",
    "key_features_lost",
    "risk_events",
    "champions_lost",
    "negative_surveys",
    "flows_abandoned",
    "helps_unanswered",
)


@dataclass
class World:
    """Everything a build is given."""

    config: Config
    events: list[Row]
    users: list[Row]
    accounts: list[Row]
    account_history: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    communications: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    subscription_changes: list[Row] = field(default_factory=list)
    as_of_date: date | None = None
    adoption_window_days: int = 30
    active_window_days: int = 30
    seen_days: int = 90
    renewal_window_days: int = 90
    onboarding_days: int = 90
    trend_threshold: float = 10
    size_column: str = "employees"
    excluded_actor_types: list[str] = field(
        default_factory=lambda: ["automation", "system"]
    )


def rounded(number: float | None) -> Decimal | None:
    """A published figure: two decimals, halves away from zero."""
    if number is None:
        return None
    return six(number).quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent(part: float, whole: float | None) -> Decimal | None:
    """A share in percent; None if there is nothing to divide by."""
    return rounded(100.0 * part / whole) if whole else None


@cache
def six(number: float) -> Decimal:
    """Six decimals, which ranks compare."""
    return Decimal(repr(float(number))).quantize(
        Decimal("0.000001"), ROUND_HALF_UP
    )


def agent_share(events: list[Row], world: World) -> Decimal | None:
    """The share of events that agents sent, in percent; if they count."""
    if "agent" in world.excluded_actor_types:
        return None
    agents = sum(e["count"] for e in events if e["actor"] == "agent")
    return percent(agents, sum(e["count"] for e in events))


def percentile_cont(values: Iterable[float], share: float) -> float:
    """A percentile by linear interpolation."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def condition_holds(actual: Any, operator: str, value: Any) -> bool:
    """Whether a metric meets a condition; an unknown metric meets none."""
    if operator in ("is_null", "is_not_null"):
        return (actual is None) == (operator == "is_null")
    if actual is None:
        return False
    return {
        "=": lambda: actual == value,
        "!=": lambda: actual != value,
        ">": lambda: actual > value,
        ">=": lambda: actual >= value,
        "<": lambda: actual < value,
        "<=": lambda: actual <= value,
        "in": lambda: actual in value,
        "not_in": lambda: actual not in value,
    }[operator]()


def episode_of(
    opened: date, last: date | None, closed: date | None, subject: Any = None
) -> Row:
    """An episode of a signal."""
    return {
        "subject_id": subject,
        "opened_on": opened,
        "last_held_on": last,
        "closed_on": closed,
    }


class Oracle:
    """All figures of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        rows = seed_rows(world.config)
        self.profiles = sorted(
            rows["score_profiles"], key=lambda p: (p["priority"], p["profile"])
        )
        self.checklists = sorted(
            rows["activation_checklists"],
            key=lambda c: (c["priority"], c["checklist"]),
        )
        self.steps = rows["activation_steps"]
        self.features = rows["features"]
        self.settings = {f["feature"] for f in self.features if f["is_setting"]}
        self.bands = rows["bands"]
        self.health = rows["health_components"]
        self.catalog = {r["event_name"]: r for r in rows["event_catalog"]}
        self.signals = {r["signal"]: r for r in rows["signals"]}
        self.limits = {
            band["metric"]: int(band["lower_bound"])
            for band in self.bands
            if band["lower_bound"] is not None
            and band["band"]
            in (
                "champion",
                "silent",
                "abandoned",
                "lost",
                "usual",
                "outdated",
                "unanswered",
            )
        }
        self.weights = {
            (r["weight_set"], r["event_name"]): r for r in rows["event_weights"]
        }
        self.users = {u["user_id"]: u for u in world.users}
        self.accounts = {a["account_id"]: a for a in world.accounts}
        self.accepted, self.rejected = self._accept()
        self.counted = self._count()
        self.as_of = world.as_of_date or max(e["day"] for e in self.counted)
        # By day, so that a window is found without a look at every event.
        self.counted = sorted(
            (e for e in self.counted if e["day"] <= self.as_of), key=_DAY
        )
        self.start = min(*(e["day"] for e in self.accepted), self.as_of)
        self.dates = [
            self.start + DAY * n
            for n in range((self.as_of - self.start).days + 1)
        ]
        self.by_user: dict[str, list[Row]] = defaultdict(list)
        self.by_account: dict[str, list[Row]] = defaultdict(list)
        self.by_member: dict[str, dict[str, list[Row]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for event in self.counted:
            user, account = event["user_id"], event["account_id"]
            self.by_user[user].append(event)
            if account:
                self.by_account[account].append(event)
                self.by_member[account][user].append(event)
        self.all_users = sorted(
            {
                *self.by_user,
                *(
                    u["user_id"]
                    for u in world.users
                    if not u.get("is_internal")
                ),
            }
        )
        self.all_accounts = sorted({*self.by_account, *self.accounts})

    # -- Events ---------------------------------------------------------------

    def _accept(self) -> tuple[list[Row], list[Row]]:
        accepted, rejected = [], []
        for row in self.world.events:
            bad = (
                not all(
                    row.get(name)
                    for name in (
                        "event_id",
                        "user_id",
                        "event_name",
                        "occurred_at",
                    )
                )
                or row["occurred_at"] < datetime(1990, 1, 1)
                or (
                    row.get("loaded_at")
                    and row["occurred_at"] > row["loaded_at"] + DAY
                )
                or (
                    row.get("event_count") is not None
                    and (
                        row["event_count"] < 0
                        or row["event_count"] != int(row["event_count"])
                    )
                )
            )
            (rejected if bad else accepted).append(row)
        groups: dict[tuple, list[Row]] = defaultdict(list)
        for row in accepted:
            actor = row.get("actor_type")
            if actor not in ("agent", "automation", "system"):
                actor = "human"
            groups[
                row["event_id"],
                row["user_id"],
                row.get("account_id"),
                row["event_name"],
                row["occurred_at"].date(),
                actor,
            ].append(row)
        merged = []
        for key, rows in groups.items():
            counts = [
                1 if r.get("event_count") is None else int(r["event_count"])
                for r in rows
            ]
            values = [
                r["event_value"]
                for r in rows
                if r.get("event_value") is not None
            ]
            merged.append(
                {
                    "user_id": key[1],
                    "given_account_id": key[2],
                    "event_name": key[3],
                    "day": key[4],
                    "actor": key[5],
                    "count": max(counts),
                    "value": max(values) if values else None,
                    "at": min(r["occurred_at"] for r in rows),
                }
            )
        return merged, rejected

    def _count(self) -> list[Row]:
        counted = []
        for event in self.accepted:
            user = self.users.get(event["user_id"], {})
            if (
                event["actor"] in self.world.excluded_actor_types
                or user.get("is_internal")
                or event["count"] == 0
            ):
                continue
            membership = self.membership(event["user_id"], event["day"])
            known = self.catalog.get(event["event_name"], {})
            counted.append(
                {
                    **event,
                    "account_id": event["given_account_id"]
                    or membership.get("account_id")
                    or user.get("account_id"),
                    "feature": known.get("feature"),
                    "is_activity": bool(known.get("counts_as_activity")),
                }
            )
        return counted

    # -- Who belongs where ----------------------------------------------------

    def membership(self, user_id: str, day: date) -> Row:
        """The membership valid on a day; the latest if there are several."""
        valid = [
            m
            for m in self.world.memberships
            if m["user_id"] == user_id
            and m["valid_from"].date() <= day
            and (m.get("valid_to") is None or day < m["valid_to"].date())
        ]
        return max(valid, key=lambda m: m["valid_from"], default={})

    @cache  # noqa: B019
    def home(self, user_id: str, day: date) -> str | None:
        """The account a user belongs to on a day."""
        account = self.membership(user_id, day).get("account_id")
        account = account or self.users.get(user_id, {}).get("account_id")
        if account:
            return account
        # A membership that is over is over, whatever was done until then.
        ends = {
            (m["valid_to"].date(), m["account_id"])
            for m in self.world.memberships
            if m["user_id"] == user_id and m.get("valid_to")
        }
        given = [
            e
            for e in self.by_user[user_id]
            if e["account_id"]
            and e["day"] <= day
            and (e["day"], e["account_id"]) not in ends
        ]
        # The latest; if an account has several that day, its latest.
        last: dict[tuple, datetime] = {}
        for e in given:
            key = (e["day"], e["account_id"])
            last[key] = max(last.get(key, e["at"]), e["at"])
        if not last:
            return None
        newest = max(day for day, _ in last)
        if any(newest < end <= day for end, _ in ends):
            return None
        return min(
            ((account for day, account in last if day == newest)),
            key=lambda account: (
                -last[newest, account].timestamp(),
                account,
            ),
        )

    @cache  # noqa: B019
    def begins(self, entity: str, entity_id: str) -> date | None:
        """The first day of an entity."""
        known = (self.users if entity == "user" else self.accounts).get(
            entity_id, {}
        )
        if known.get("created_at"):
            return known["created_at"].date()
        events = (self.by_user if entity == "user" else self.by_account)[
            entity_id
        ]
        return min((e["day"] for e in events), default=None)

    @cache  # noqa: B019
    def attribute(self, account_id: str | None, name: str, day: date) -> Any:
        """An account's attribute as of a day."""
        account = self.accounts.get(account_id or "")
        if account is None:
            return None
        if name == "subscription_status":
            trial, converted, cancelled = (
                account.get(column) and account[column].date()
                for column in (
                    "trial_started_at",
                    "converted_at",
                    "cancelled_at",
                )
            )
            if cancelled and cancelled <= day:
                return "cancelled"
            started = (trial and trial <= day) or (not trial and converted)
            if started and not (converted and converted <= day):
                return "trial"
            return "paid"
        history = [
            h
            for h in self.world.account_history
            if h["account_id"] == account_id
            and h["valid_from"].date() <= day
            and (h.get("valid_to") is None or day < h["valid_to"].date())
        ]
        if history and name in history[0]:
            return max(history, key=lambda h: h["valid_from"])[name]
        return account.get(name)

    def fits(self, given: Row, entity: str, entity_id: str, day: date) -> bool:
        """Whether a profile or checklist applies to an entity on a day."""
        name = given.get("filter_attribute")
        if not name:
            return True
        values = [str(value) for value in given["filter_values"]]
        look_at = given.get("filter_entity")
        if (
            look_at is None
        ):  # a checklist looks at its own attribute, else the account's
            look_at = (
                "user" if entity == "user" and name == "role" else "account"
            )
        if look_at == "user":
            if entity == "account":
                return True
            value = self.membership(entity_id, day).get("role")
            value = value or self.users.get(entity_id, {}).get(name)
        else:
            account = (
                entity_id if entity == "account" else self.home(entity_id, day)
            )
            value = self.attribute(account, name, day)
        return value is not None and str(value) in values

    @cache  # noqa: B019
    def has_profile(
        self, number: int, entity: str, entity_id: str, day: date
    ) -> bool:
        """Whether an entity has the profile of that number on a day."""
        return self.fits(self.profiles[number], entity, entity_id, day)

    def main_profile(
        self, entity: str, entity_id: str, day: date
    ) -> int | None:
        """The number of an entity's main profile."""
        for number in range(len(self.profiles)):
            if self.has_profile(number, entity, entity_id, day):
                return number
        return None

    # -- Points ---------------------------------------------------------------

    def weight(self, number: int, event_name: str) -> Row:
        """An event's weight in a profile."""
        return self.weights.get(
            (self.profiles[number]["weight_set"], event_name), {}
        )

    def share(self, number: int, age: int) -> float:
        """The share of a day's points that counts at an age in days."""
        profile = self.profiles[number]
        if not 0 <= age < profile["period_days"]:
            return 0.0
        if profile["decay"] == "linear":
            return max(0.0, 1 - age / profile["decay_days"])
        if profile["decay"] == "half_life":
            return 0.5 ** (age / profile["decay_days"])
        if profile["decay"] == "halving":
            return 0.5 ** (age // profile["decay_days"])
        return 1.0

    def active_window(self, number: int) -> int:
        """The days within which a user is active."""
        return min(
            self.profiles[number]["period_days"], self.world.active_window_days
        )

    def seen_window(self, number: int) -> int:
        """The days within which a user is seen."""
        return max(self.active_window(number), self.world.seen_days)

    def averaged_window(self, number: int) -> int:
        """The days within which an average's users were seen."""
        return max(self.profiles[number]["period_days"], self.world.seen_days)

    def compares(self, number: int, day: date) -> date:
        """The day whose window a profile's figures are compared with."""
        profile = self.profiles[number]
        days = profile["change_days"] or profile["period_days"]
        return day - DAY * days

    @cache  # noqa: B019
    def day_points(
        self, number: int, user_id: str
    ) -> dict[tuple[date, str | None], float]:
        """A user's points by day and account, each event capped."""
        counts: dict[tuple, int] = defaultdict(int)
        for e in self.by_user[user_id]:
            counts[e["day"], e["account_id"], e["event_name"]] += e["count"]
        points: dict[tuple, float] = defaultdict(float)
        for (day, account, event_name), count in counts.items():
            weight = self.weight(number, event_name)
            cap = weight.get("daily_cap")
            counted = min(count, cap) if cap else count
            points[day, account] += counted * weight.get("weight", 0)
        return points

    @cache  # noqa: B019
    def raw(
        self,
        number: int,
        user_id: str,
        day: date,
        account_id: str | None = None,
    ) -> float:
        """A user's raw score; with an account, only the part in it."""
        return sum(
            points * self.share(number, (day - earned).days)
            for (earned, account), points in self.day_points(
                number, user_id
            ).items()
            if account_id is None or account == account_id
        )

    @cache  # noqa: B019
    def population(self, number: int, day: date) -> list[float]:
        """The raw scores above 0 of a profile's users."""
        raws = (
            self.raw(number, user, day)
            for user in self.all_users
            if self.has_profile(number, "user", user, day)
        )
        return [raw for raw in raws if raw > 1e-9]

    @cache  # noqa: B019
    def benchmark(self, number: int, day: date) -> tuple[float | None, str]:
        """The raw score that makes 100, and why."""
        profile = self.profiles[number]
        population = self.population(number, day)
        if profile["benchmark"]:
            return profile["benchmark"], "fixed"
        if len(population) >= profile["min_population"]:
            return percentile_cont(population, 0.9), "live"
        return max(population, default=None), "fallback"

    def normalized(
        self,
        number: int,
        raw: float | None,
        benchmark: float | None,
        population: list[float],
    ) -> float | None:
        """A raw score on a scale of 0 to 100."""
        if not raw or raw <= 1e-9:
            return 0.0
        method = self.profiles[number]["normalization"]
        if method == "percentile":
            if not population:
                return None
            share = (
                100.0
                * sum(1 for other in population if six(other) <= six(raw))
                / len(population)
            )
        elif benchmark is None:
            return None
        elif method == "exponential":
            share = 100 * (1 - 0.1 ** (raw / benchmark))
        else:
            share = 100 * raw / benchmark
        return min(100.0, max(1.0, share))

    # -- Windows --------------------------------------------------------------

    @staticmethod
    def within(
        events: list[Row], day: date, days: int, **wanted: Any
    ) -> list[Row]:
        """The events in a window of that many days that ends on a day.

        Events are in the order of their days.
        """
        first = bisect_left(events, day - DAY * (days - 1), key=_DAY)
        return [
            e
            for e in events[first : bisect_right(events, day, key=_DAY)]
            if all(e[key] == value for key, value in wanted.items())
        ]

    def was_new(
        self, number: int, entity: str, entity_id: str, day: date
    ) -> bool:
        """Whether the entity or the data begins too late to compare."""
        period = self.profiles[number]["period_days"]
        prior_start = self.compares(number, day) - DAY * (period - 1)
        begins = self.begins(entity, entity_id)
        return (
            begins > prior_start
            or self.start > prior_start
            or not self.has_profile(
                number, entity, entity_id, self.compares(number, day)
            )
        )

    def trend(
        self, number: int, score_change: Any, behavior_change: Any
    ) -> str:
        """Which way a score is moving."""
        change = (
            score_change
            if self.profiles[number]["normalization"] == "percentile"
            else behavior_change
        )
        if change is None:
            return "new"
        if change >= self.world.trend_threshold:
            return "rising"
        return "falling" if change <= -self.world.trend_threshold else "flat"

    def band(self, metric: str, value: Any) -> str | None:
        """The band of a value."""
        if value is None:
            return None
        for row in self.bands:
            if (
                row["metric"] == metric
                and (row["lower_bound"] is None or value >= row["lower_bound"])
                and (row["upper_bound"] is None or value < row["upper_bound"])
            ):
                return row["band"]
        return None

    def negative_surveys(self, account_id: str, day: date) -> list[Row]:
        """An account's negative survey answers on a day."""
        return [
            a
            for a in self.world.surveys
            if a["account_id"] == account_id
            and a["answered_at"] is not None
            and a["answered_at"].date() == day
            and a["score"] is not None
            and self.band(
                (a["survey"] or "").strip().lower() or "nps", a["score"]
            )
            == "negative"
        ]

    @cache  # noqa: B019
    def entitled(self, account_id: str | None, day: date) -> frozenset[str]:
        """The key features an account may use on a day."""
        plan = self.attribute(account_id, "plan", day)
        return frozenset(
            f["feature"]
            for f in self.features
            if f["is_key"]
            and (not f["launched_on"] or f["launched_on"] <= day)
            and (not f["plans"] or plan is None or plan in f["plans"])
        )

    def confidence(self, entity: str, entity_id: str, row: Row) -> Row:
        """How much data the score of today is based on."""
        names = ("confidence", "confidence_order", "confidence_reason")
        if row["score"] is None:
            return dict.fromkeys(names)
        number = self.main_profile(entity, entity_id, self.as_of)
        period = self.profiles[number]["period_days"]
        if entity == "user":
            _, source = self.benchmark(number, self.as_of)
        else:
            scored = self.account_score(number, entity_id, self.as_of)
            source = scored and scored["benchmark_source"]
        begins = max(self.begins(entity, entity_id), self.start)
        known = (self.as_of - begins).days + 1
        short = [
            *([f"{known} of {period} days of history"] * (known < period)),
            *(["few users or events"] * (not row["is_comparable"])),
            *(["few others to compare with"] * (source == "fallback")),
        ]
        place = max(3 - len(short), 1)
        level = ("low", "medium", "high")[place - 1]
        return dict(
            zip(names, (level, place, "; ".join(short) or None), strict=True)
        )

    # -- Users ----------------------------------------------------------------

    def user_score(self, number: int, user_id: str, day: date) -> Row | None:
        """A row of user_scores; None if there is none."""
        if not self.has_profile(number, "user", user_id, day):
            return None
        profile = self.profiles[number]
        period = profile["period_days"]
        earlier = self.compares(number, day)
        events = self.within(self.by_user[user_id], day, period)
        active_days = {e["day"] for e in events if e["is_activity"]}
        raw = self.raw(number, user_id, day)
        prior_raw = self.raw(number, user_id, earlier)
        if not self.has_profile(number, "user", user_id, earlier):
            prior_raw = 0
        if raw <= 1e-9 and prior_raw <= 1e-9 and not active_days:
            return None
        benchmark, source = self.benchmark(number, day)
        population = self.population(number, day)
        score = rounded(self.normalized(number, raw, benchmark, population))
        row: Row = {
            "account_id": self.home(user_id, day),
            "is_main_profile": self.main_profile("user", user_id, day)
            == number,
            "raw_score": raw,
            "score": score,
            "score_band": self.band("score", score),
            "benchmark": benchmark,
            "benchmark_source": source,
            "previous_raw_score": None,
            "previous_score": None,
            "score_change": None,
            "behavior_change": None,
            "rescale_change": None,
        }
        if not self.was_new(number, "user", user_id, day):
            previous = rounded(
                self.normalized(
                    number,
                    prior_raw,
                    self.benchmark(number, earlier)[0],
                    self.population(number, earlier),
                )
            )
            row["previous_raw_score"] = prior_raw
            row["previous_score"] = previous
            row["score_change"] = score - previous
            if profile["normalization"] != "percentile":
                row["behavior_change"] = (
                    -previous
                    if benchmark is None
                    else score
                    - rounded(self.normalized(number, prior_raw, benchmark, []))
                )
                row["rescale_change"] = (
                    row["score_change"] - row["behavior_change"]
                )
        row["trend"] = self.trend(
            number, row["score_change"], row["behavior_change"]
        )
        ranked = raw > 1e-9
        row["score_rank"] = (
            1 + sum(1 for other in population if six(other) > six(raw))
            if ranked
            else None
        )
        row["score_percentile"] = (
            rounded(
                100.0
                * sum(1 for other in population if six(other) <= six(raw))
                / len(population)
            )
            if ranked
            else None
        )
        row["rank_in_account"] = None
        row["leads_account"] = False
        if ranked and row["account_id"] and not self.has_left(user_id, day):
            colleagues = [
                other
                for other in self.all_users
                if self.home(other, day) == row["account_id"]
                and self.has_profile(number, "user", other, day)
                and not self.has_left(other, day)
            ]
            row["rank_in_account"] = 1 + sum(
                six(self.raw(number, other, day)) > six(raw)
                for other in colleagues
            )
            # One per account, whatever profiles its users have.
            row["leads_account"] = number == self.main_profile(
                "user", user_id, day
            ) and not any(
                (-six(self.raw(main, other, day)), other) < (-six(raw), user_id)
                for other in self.all_users
                if self.home(other, day) == row["account_id"]
                and not self.has_left(other, day)
                and (main := self.main_profile("user", other, day)) is not None
            )
        adopted = {
            e["feature"]
            for e in self.within(
                self.by_user[user_id], day, self.world.adoption_window_days
            )
        }
        entitled = self.entitled(row["account_id"], day)
        active = [
            e["at"]
            for e in self.by_user[user_id]
            if e["is_activity"] and e["day"] <= day
        ]
        row |= {
            "is_active": any(
                (day - active).days < self.active_window(number)
                for active in active_days
            ),
            "active_days": len(active_days),
            "event_count": sum(e["count"] for e in events),
            "previous_event_count": sum(
                e["count"]
                for e in self.within(self.by_user[user_id], earlier, period)
            ),
            "features_used": len(
                {e["feature"] for e in events if e["feature"]}
            ),
            "adoption_rate": percent(len(adopted & entitled), len(entitled)),
            "last_active_at": max(active, default=None),
        }
        return row

    def has_left(self, user_id: str, day: date) -> bool:
        """Whether a user was deactivated by a day."""
        left = self.users.get(user_id, {}).get("deactivated_at")
        return bool(left and left.date() <= day)

    # -- Accounts -------------------------------------------------------------

    def member_points(
        self, number: int, account_id: str, day: date
    ) -> dict[str, float]:
        """Points of an account's users whom the profile counts."""
        profile = self.profiles[number]
        if not self.has_profile(number, "account", account_id, day):
            return {}
        return {
            user: self.raw(number, user, day, account_id)
            for user in self.by_member[account_id]
            if profile.get("filter_entity") != "user"
            or self.has_profile(number, "user", user, day)
        }

    def passing(
        self, number: int, account_id: str, day: date, days: int
    ) -> list[Row]:
        """An account's events in a window, by users who pass the filter."""
        by_user = self.profiles[number].get("filter_entity") == "user"
        return [
            e
            for e in self.within(self.by_account[account_id], day, days)
            if not by_user
            or self.has_profile(number, "user", e["user_id"], day)
        ]

    def users_in(
        self,
        number: int,
        account_id: str,
        day: date,
        days: int,
        **wanted: Any,
    ) -> set[str]:
        """An account's users with events in a window, filter applied."""
        by_user = self.profiles[number].get("filter_entity") == "user"
        return {
            e["user_id"]
            for e in self.within(
                self.by_account[account_id], day, days, **wanted
            )
            if not by_user
            or self.has_profile(number, "user", e["user_id"], day)
        }

    @cache  # noqa: B019
    def account_totals(self, number: int, day: date) -> list[float]:
        """The totals above 0 of a profile's accounts."""
        totals = (
            sum(self.member_points(number, account, day).values())
            for account in self.all_accounts
        )
        return [total for total in totals if total > 1e-9]

    @cache  # noqa: B019
    def total_benchmark(self, number: int, day: date) -> tuple:
        """The total that makes 100."""
        totals = self.account_totals(number, day)
        if len(totals) >= self.profiles[number]["min_population"]:
            return percentile_cont(totals, 0.9), "live"
        return max(totals, default=None), "fallback"

    def averages(
        self, number: int, account_id: str, day: date, at: date
    ) -> tuple[float | None, float | None]:
        """Active and member average on a day, at another day's benchmark."""
        points = self.member_points(number, account_id, day)
        benchmark = self.benchmark(number, at)[0]
        population = self.population(number, at)
        scores = [
            self.normalized(number, raw, benchmark, population)
            for raw in points.values()
            if raw > 1e-9
        ]
        if None in scores:
            return None, None
        seen = self.users_in(
            number,
            account_id,
            day,
            self.averaged_window(number),
        )
        return (
            sum(scores) / len(scores) if scores else None,
            sum(scores) / len(seen) if seen else None,
        )

    @cache  # noqa: B019
    def published_account_score(
        self, number: int, account_id: str, day: date
    ) -> Decimal:
        """The score of an account, 0 if it has no row."""
        method = self.profiles[number]["account_method"]
        if method == "total":
            total = sum(self.member_points(number, account_id, day).values())
            score = self.normalized(
                number,
                total,
                self.total_benchmark(number, day)[0],
                self.account_totals(number, day),
            )
        else:
            active, member = self.averages(number, account_id, day, day)
            score = active if method == "active_average" else member
        return rounded(score or 0)

    def account_score(
        self, number: int, account_id: str, day: date
    ) -> Row | None:
        """A row of account_scores; None if there is none."""
        if not self.has_profile(number, "account", account_id, day):
            return None
        profile = self.profiles[number]
        period = profile["period_days"]
        earlier = self.compares(number, day)
        points = self.member_points(number, account_id, day)
        before = self.member_points(number, account_id, earlier)
        raw, prior_raw = sum(points.values()), sum(before.values())
        present = self.users_in(
            number, account_id, day, period, is_activity=True
        )
        if raw <= 1e-9 and prior_raw <= 1e-9 and not present:
            return None
        active = self.users_in(
            number,
            account_id,
            day,
            self.active_window(number),
            is_activity=True,
        )
        seen = self.users_in(number, account_id, day, self.seen_window(number))
        user_benchmark, user_source = self.benchmark(number, day)
        total_benchmark, total_source = self.total_benchmark(number, day)
        totals = self.account_totals(number, day)
        by_total = profile["account_method"] == "total"
        benchmark = total_benchmark if by_total else user_benchmark
        score = self.published_account_score(number, account_id, day)
        active_average, member_average = self.averages(
            number, account_id, day, day
        )
        row: Row = {
            "is_main_profile": self.main_profile("account", account_id, day)
            == number,
            "raw_score": raw,
            "score": score,
            "score_band": self.band("score", score),
            "benchmark": benchmark,
            "benchmark_source": total_source if by_total else user_source,
            "active_average": rounded(active_average),
            "member_average": rounded(member_average),
            "total_score": rounded(
                self.normalized(number, raw, total_benchmark, totals)
            ),
            "previous_raw_score": None,
            "previous_score": None,
            "score_change": None,
            "behavior_change": None,
            "rescale_change": None,
        }
        if not self.was_new(number, "account", account_id, day):
            previous = self.published_account_score(number, account_id, earlier)
            row["previous_raw_score"] = prior_raw
            row["previous_score"] = previous
            row["score_change"] = score - previous
            if profile["normalization"] != "percentile":
                if benchmark is None:
                    behavior = -previous
                elif by_total:
                    behavior = score - rounded(
                        self.normalized(number, prior_raw, benchmark, [])
                    )
                else:
                    averages = self.averages(number, account_id, earlier, day)
                    compared = averages[
                        0
                        if profile["account_method"] == "active_average"
                        else 1
                    ]
                    behavior = score - rounded(compared or 0)
                row["behavior_change"] = behavior
                row["rescale_change"] = row["score_change"] - behavior
        row["trend"] = self.trend(
            number, row["score_change"], row["behavior_change"]
        )
        ranked = raw > 1e-9
        row["score_rank"] = (
            1 + sum(1 for other in totals if six(other) > six(raw))
            if ranked
            else None
        )
        row["score_percentile"] = (
            rounded(
                100.0
                * sum(1 for other in totals if six(other) <= six(raw))
                / len(totals)
            )
            if ranked
            else None
        )
        events = self.passing(number, account_id, day, period)
        active_days = {e["day"] for e in events if e["is_activity"]}
        row |= {
            "is_active": bool(active),
            "active_days": len(active_days),
            "event_count": sum(e["count"] for e in events),
            "features_used": len(
                {e["feature"] for e in events if e["feature"]}
            ),
            "adoption_rate": self.account_adoption(account_id, day)[0],
            "last_active_at": max(
                (
                    e["at"]
                    for e in self.by_account[account_id]
                    if e["is_activity"] and e["day"] <= day
                ),
                default=None,
            ),
            "active_users": len(active),
            "seen_users": len(seen),
            "known_users": len(self.known_users(account_id, day)),
            "licensed_users": self.licensed_users(account_id, day),
            "active_user_rate": percent(len(active), len(seen)),
            "top_user_share": (
                percent(max(points.values()), raw) if ranked else None
            ),
        }
        return row

    def _belongs(self, user: Row, account_id: str, day: date) -> bool:
        """Whether a user of the input was in an account and hadn't left."""
        left = user.get("deactivated_at")
        return (
            not user.get("is_internal")
            and self.home(user["user_id"], day) == account_id
            and not (left and left.date() <= day)
        )

    def _users_of(self, account_id: str, day: date) -> list[Row]:
        return [
            user
            for user in self.world.users
            if self._belongs(user, account_id, day)
        ]

    def known_users(self, account_id: str, day: date) -> set[str]:
        """The users of the input who were there on a day."""
        return {
            user["user_id"]
            for user in self._users_of(account_id, day)
            if (self.begins("user", user["user_id"]) or date.max) <= day
        }

    def licensed_users(self, account_id: str, day: date) -> int:
        """The number of seats, or else of users with a licence."""
        seats = self.attribute(account_id, "seats", day)
        if seats is not None:
            return int(seats)
        return sum(
            1
            for user in self._users_of(account_id, day)
            if user.get("licensed_at") and user["licensed_at"].date() <= day
        )

    def account_adoption(self, account_id: str, day: date) -> tuple:
        """Adoption rate, lifetime rate, used, entitled, recently adopted."""
        entitled = self.entitled(account_id, day)
        used = {
            e["feature"]
            for e in self.within(
                self.by_account[account_id],
                day,
                self.world.adoption_window_days,
            )
        }
        first: dict[str, date] = {}
        for e in self.by_account[account_id]:
            if e["feature"] and e["day"] <= day:
                first[e["feature"]] = min(
                    first.get(e["feature"], e["day"]), e["day"]
                )
        keys = {f["feature"] for f in self.features if f["is_key"]}
        known_from = self.features_known_from(account_id)
        return (
            percent(len(used & entitled), len(entitled)),
            percent(len(first.keys() & entitled), len(entitled)),
            len(used & entitled),
            len(entitled),
            sum(
                1
                for feature, used_on in first.items()
                if feature in keys
                and used_on > day - DAY * 30
                and used_on >= known_from
            ),
        )

    def features_known_from(self, account_id: str) -> date:
        """The first day on which a feature not used before is new."""
        if self.begins("account", account_id) >= self.start:
            return self.start
        # What was used before the data begins is unknown.
        return self.start + DAY * self.world.adoption_window_days

    # -- Activation -----------------------------------------------------------

    @cache  # noqa: B019
    def step_met(
        self, entity: str, entity_id: str, checklist: str, step: str
    ) -> tuple[int, int, date | None]:
        """Count and users so far, and the day the step was met."""
        count, users, event = self._step_event(
            entity, entity_id, checklist, step
        )
        return count, users, event["day"] if event else None

    def step_met_at(
        self, entity: str, entity_id: str, checklist: str, step: str
    ) -> datetime | None:
        """When the step was met."""
        event = self._step_event(entity, entity_id, checklist, step)[2]
        return event["at"] if event else None

    @cache  # noqa: B019
    def _step_event(
        self, entity: str, entity_id: str, checklist: str, step: str
    ) -> tuple[int, int, Row | None]:
        """Count and users so far, and the event that met the step."""
        rule = next(
            s
            for s in self.steps
            if s["checklist"] == checklist and s["step"] == step
        )
        begins = self.begins(entity, entity_id)
        events = sorted(
            (
                e
                for e in (
                    self.by_user if entity == "user" else self.by_account
                )[entity_id]
                if e["event_name"] == rule["event_name"]
                and e["day"] >= begins
                and (
                    not rule["within_days"]
                    or e["day"] < begins + DAY * rule["within_days"]
                )
            ),
            key=lambda e: e["at"],
        )
        total, users, met_by = 0, set(), None
        for e in events:
            total += e["count"]
            users.add(e["user_id"])
            if (
                met_by is None
                and total >= rule["min_count"]
                and len(users) >= (rule["min_users"] or 1)
            ):
                met_by = e
        return total, len(users), met_by

    def checklist_on(
        self, entity: str, entity_id: str, day: date
    ) -> str | None:
        """The main checklist of an entity on a day."""
        for checklist in self.checklists:
            if checklist["entity"] == entity and self.fits(
                {**checklist, "filter_entity": None}, entity, entity_id, day
            ):
                return checklist["checklist"]
        return None

    def steps_met(
        self, entity: str, entity_id: str, checklist: str, day: date
    ) -> tuple[int, int, date | None]:
        """Steps met by a day, steps in all, and the last day one was met."""
        met = [
            self.step_met(entity, entity_id, checklist, s["step"])[2]
            for s in self.steps
            if s["checklist"] == checklist
        ]
        by_then = [m for m in met if m and m <= day]
        return len(by_then), len(met), max(by_then, default=None)

    # -- Vectors --------------------------------------------------------------

    def lifecycle(self, account_id: str, day: date) -> tuple:
        """Stage, expected stage, and how far behind the account is."""
        account = self.accounts[account_id]
        status = self.attribute(account_id, "subscription_status", day)
        if status == "cancelled":
            return "churned", None, None
        checklist = self.checklist_on("account", account_id, day)
        complete = True
        if checklist:
            met, total, _ = self.steps_met(
                "account", account_id, checklist, day
            )
            complete = met == total
        ends = self.attribute(account_id, "contract_ends_at", day)
        if status == "trial":
            stage = "trial"
        elif not complete:
            stage = "onboarding"
        elif ends and 0 <= (ends.date() - day).days <= (
            self.world.renewal_window_days
        ):
            stage = "renewal"
        else:
            stage = "adopted"
        trial, converted = (
            account.get("trial_started_at"),
            account.get("converted_at"),
        )
        if trial or converted:
            ends = account.get("trial_ends_at")
            # The day of trial_ends_at is the last of the trial.
            ended = ends + DAY if ends else converted
            onboarding = ended.date() if ended else date.max
        else:
            onboarding = self.begins("account", account_id)
        if day < onboarding:
            expected = "trial"
        elif (day - onboarding).days < self.world.onboarding_days:
            expected = "onboarding"
        else:
            expected = "adopted"
        order = {"trial": 1, "onboarding": 2, "adopted": 3, "renewal": 3}
        return stage, expected, order[expected] - order[stage]

    def account_day(self, account_id: str, day: date) -> Row | None:
        """A row of accounts_daily; None if the account isn't live."""
        row = self.account_metrics(account_id, day)
        return row if row and row["lifecycle_stage"] != "churned" else None

    @cache  # noqa: B019
    def account_metrics(self, account_id: str, day: date) -> Row | None:
        """The metrics of an account, including its health."""
        row = self.plain_metrics(account_id, day)
        if row is None:
            return None
        parts = self.health_parts(account_id, day)
        score = self.health_score(account_id, day)
        before = None
        month_ago = day - DAY * 30
        if (
            score is not None
            and month_ago >= self.start
            and self.yardsticks(account_id, day)
            == self.yardsticks(account_id, month_ago)
        ):
            before = self.health_score(account_id, month_ago)
        return row | {
            "health_score": score,
            "health_change": None if before is None else score - before,
            "health_coverage": percent(
                sum(p["weight"] for p in parts if p["value"] is not None),
                sum(part["weight"] for part in parts),
            ),
            "health_missing": "|".join(
                part["component"] for part in parts if part["value"] is None
            )
            or None,
            "health_grade": self.health_grade(score, row),
        }

    def health_grade(self, score: Decimal | None, row: Row) -> str | None:
        """The band of the score; not the best if silent, or if all left."""
        grade = self.band("health_score", score)
        grades = [
            row["band"]
            for row in sorted(self.bands, key=lambda row: row["band_order"])
            if row["metric"] == "health_score"
        ]
        idle = row["days_since_last_active"]
        held_down = self.band("silent_days", idle) == "silent" or (
            row["known_users"] == 0 and row["users_left_30d"] > 0
        )
        if held_down and len(grades) > 1 and grade == grades[-1]:
            return grades[-2]
        return grade

    def health_score(self, account_id: str, day: date) -> Decimal | None:
        """The mean of the components that have a value, by weight."""
        known = [
            part
            for part in self.health_parts(account_id, day)
            if part["value"] is not None
        ]
        if not known:
            return None
        return rounded(
            sum(part["weight"] * float(part["value"]) for part in known)
            / sum(part["weight"] for part in known)
        )

    def health_parts(self, account_id: str, day: date) -> list[Row]:
        """The components of an account's health, by name."""
        return self.health_mix(account_id, day)[1]

    def health_mix(
        self, account_id: str, day: date
    ) -> tuple[tuple | None, list[Row]]:
        """The stage and tier of the mix of an account, and its components."""
        row = self.plain_metrics(account_id, day)
        if row is None or row["lifecycle_stage"] == "churned":
            return None, []
        stage = row["lifecycle_stage"]
        tier = self.attribute(account_id, "tier", day)
        for mix in ((stage, tier), (stage, None), (None, tier), (None, None)):
            parts = [
                {
                    "component": part["component"],
                    "metric": part["metric"],
                    "metric_value": row[part["metric"]],
                    "weight": part["weight"],
                    "value": self.health_value(part, row[part["metric"]]),
                }
                for part in self.health
                if (part["lifecycle_stage"], part["tier"]) == mix
                and part["weight"] > 0
            ]
            if parts:
                return mix, sorted(parts, key=lambda part: part["component"])
        return None, []

    def yardsticks(self, account_id: str, day: date) -> tuple:
        """What an account's health goes by: mix, profile and checklist."""
        return (
            self.health_mix(account_id, day)[0],
            self.main_profile("account", account_id, day),
            self.checklist_on("account", account_id, day),
        )

    def health_value(self, part: Row, metric: Any) -> Decimal | None:
        """Where a metric lies between a component's floor and ceiling."""
        if metric is None:
            return None
        floor, ceiling = part["floor"], part["ceiling"]
        share = 100 * (float(metric) - floor) / (ceiling - floor)
        return rounded(min(max(share, 0), 100))

    @cache  # noqa: B019
    def plain_metrics(self, account_id: str, day: date) -> Row | None:
        """The metrics of an account since its beginning, also after it left.

        Once it has left, signals see no metrics of the score.
        """
        if account_id not in self.accounts:
            return None
        begins = self.begins("account", account_id)
        if begins is None or day < begins:
            return None
        stage, expected, gap = self.lifecycle(account_id, day)
        number = self.main_profile("account", account_id, day)
        row: Row = {
            "lifecycle_stage": stage,
            "expected_stage": expected,
            "stage_gap": gap,
            "tenure_days": (day - begins).days,
            "tenure_band": self.band("tenure_days", (day - begins).days),
        }
        size = self.attribute(account_id, self.world.size_column, day)
        row |= {"size_value": size, "size_band": self.band("size_value", size)}
        checklist = self.checklist_on("account", account_id, day)
        row |= {
            "checklist": checklist,
            "activation_rate": None,
            "activation_band": None,
            "days_since_last_step": None,
        }
        if checklist:
            met, total, last = self.steps_met(
                "account", account_id, checklist, day
            )
            row["activation_rate"] = percent(met, total)
            row["activation_band"] = self.band(
                "activation_rate", row["activation_rate"]
            )
            row["days_since_last_step"] = (day - last).days if last else None
        active = {
            e["day"]
            for e in self.by_account[account_id]
            if e["is_activity"] and e["day"] <= day
        }
        last_active = max(active, default=None)
        rate, lifetime, used, entitled, lately = self.account_adoption(
            account_id, day
        )
        by_feature: dict[str, int] = defaultdict(int)
        for e in self.within(
            self.by_account[account_id], day, self.world.adoption_window_days
        ):
            if e["feature"]:
                by_feature[e["feature"]] += e["count"]
        seats = self.attribute(account_id, "seats", day)
        known = self.known_users(account_id, day)
        row |= {
            "days_since_last_active": (
                (day - last_active).days if last_active else None
            ),
            **self.habit(active, day),
            "known_users": len(known),
            "licensed_users": self.licensed_users(account_id, day),
            "seats_used_rate": percent(len(known), seats),
            "adoption_rate": rate,
            "adoption_band": self.band("adoption_rate", rate),
            "lifetime_adoption_rate": lifetime,
            "key_features": entitled,
            "key_features_used": used,
            "missing_key_features": entitled - used,
            "features_adopted_30d": lately,
            "top_feature_share": (
                percent(max(by_feature.values()), sum(by_feature.values()))
                if by_feature
                else None
            ),
            "plan": self.attribute(account_id, "plan", day),
            "is_free": self.attribute(account_id, "mrr", day) == 0,
            "settings_used": len(
                {feature for feature in by_feature if feature in self.settings}
            ),
        }
        row["embeddedness"] = self.embeddedness(account_id, day, by_feature)
        row["usage_vs_baseline"] = self.usage_vs_baseline(account_id, day)
        row |= self.records(account_id, day)
        row |= self.account_dates(account_id, day)
        row |= self.account_happenings(account_id, day)
        if number is None:
            return (
                row
                | dict.fromkeys(
                    [
                        "profile",
                        "score",
                        "score_band",
                        "raw_score",
                        "score_change",
                        "behavior_change",
                        "previous_score",
                        "trend",
                        "top_user_share",
                        "active_users",
                        "seen_users",
                        "event_count",
                        "event_value",
                        "active_days",
                        "features_used",
                        "active_users_change",
                        "active_user_rate",
                        "active_user_band",
                        "known_active_users",
                        "known_active_rate",
                        "agent_event_share",
                    ],
                )
                | {"is_comparable": False}
            )
        profile = self.profiles[number]
        period = profile["period_days"]
        scored = self.account_score(number, account_id, day)
        earlier = self.compares(number, day)
        begun_too_late = earlier - DAY * (period - 1) < max(begins, self.start)
        window = self.active_window(number)
        active = self.users_in(
            number, account_id, day, window, is_activity=True
        )
        averaged = self.users_in(
            number, account_id, day, self.averaged_window(number)
        )
        seen = self.users_in(number, account_id, day, self.seen_window(number))
        before = self.users_in(
            number, account_id, earlier, window, is_activity=True
        )
        is_new = self.was_new(number, "account", account_id, day)
        still = None if is_new else Decimal(0)
        is_percentile = profile["normalization"] == "percentile"
        still_by_itself = None if is_percentile else still
        events = self.passing(number, account_id, day, period)
        values = [e["value"] for e in events if e["value"] is not None]
        row |= {
            "profile": profile["profile"],
            "score": scored["score"] if scored else Decimal(0),
            "raw_score": scored["raw_score"] if scored else 0.0,
            "score_change": scored["score_change"] if scored else still,
            "behavior_change": (
                scored["behavior_change"] if scored else still_by_itself
            ),
            "trend": (
                scored["trend"] if scored else "new" if is_new else "flat"
            ),
            "active_users": len(active),
            "seen_users": len(seen),
            "active_user_rate": percent(len(active), len(seen)),
            "active_user_band": self.band(
                "active_user_rate", percent(len(active), len(seen))
            ),
            "active_users_change": (
                None if begun_too_late else len(active) - len(before)
            ),
            "event_count": sum(e["count"] for e in events),
            "agent_event_share": agent_share(events, self.world),
            "is_comparable": self.band("alert_minimum_users", len(averaged))
            == "enough"
            and self.comparable(
                events, self.passing(number, account_id, earlier, period)
            ),
            "known_active_users": len(active & known),
            "known_active_rate": percent(len(active & known), len(known)),
            "event_value": float(sum(values)) if values else None,
            "active_days": len({e["day"] for e in events if e["is_activity"]}),
            "features_used": len(
                {e["feature"] for e in events if e["feature"]}
            ),
            "top_user_share": scored["top_user_share"] if scored else None,
        }
        row["score_band"] = self.band("score", row["score"])
        row["previous_score"] = (
            None
            if row["score_change"] is None
            else row["score"] - row["score_change"]
        )
        return row

    # -- Its own past, what holds it, what is on file -------------------------

    def embeddedness(
        self, account_id: str, day: date, used: Iterable[str]
    ) -> Decimal | None:
        """The share of the settings it may use that it recently used."""
        plan = self.attribute(account_id, "plan", day)
        settings = {
            f["feature"]
            for f in self.features
            if f["is_setting"]
            and (not f["launched_on"] or f["launched_on"] <= day)
            and (not f["plans"] or plan is None or plan in f["plans"])
        }
        return percent(len(settings & set(used)), len(settings))

    def usage_vs_baseline(self, account_id: str, day: date) -> Decimal | None:
        """Weekly users of three weeks, compared with weeks 5 to 12 back."""
        first = max(self.begins("account", account_id), self.start)
        weeks = []
        for week in range(12):
            last_day = day - DAY * 7 * week
            if last_day - DAY * 6 < first:
                break
            weeks.append(
                len(
                    {
                        e["user_id"]
                        for e in self.within(
                            self.by_account[account_id], last_day, 7
                        )
                        if e["is_activity"]
                    }
                )
            )
        past = weeks[4:]
        if sum(users > 0 for users in past) < 4:
            return None
        return percent(sum(weeks[:3]) / 3, median(past))

    def feature_lost(self, account_id: str, feature: str, day: date) -> bool:
        """Whether this is the day on which a feature is lost."""
        days = {
            e["day"]
            for e in self.by_account[account_id]
            if e["feature"] == feature and e["day"] <= day
        }
        last = max(days, default=None)
        if not last or (day - last).days != self.limits["feature_days"]:
            return False
        ages = {(last - d).days // 7 for d in days}
        return sum(week < 8 for week in ages) >= self.limits["feature_weeks"]

    def records(self, account_id: str, day: date) -> Row:
        """The records of an account by the end of a day."""
        end = datetime.combine(day, datetime.min.time()) + DAY

        def of(rows: list[Row], *needed: str) -> list[Row]:
            return [
                r
                for r in rows
                if r["account_id"] == account_id
                and all(r[name] is not None for name in needed)
                and r[needed[0]] < end
            ]

        def age(time: datetime) -> int:
            return (day - time.date()).days

        row: Row = self._tickets(
            of(self.world.tickets, "opened_at", "ticket_id"),
            of(self.world.tickets, "closed_at", "opened_at", "ticket_id"),
        )
        sent = of(self.world.communications, "occurred_at", "direction")
        row |= self._communications(sent, age)
        answers = [
            (a["answered_at"], -score)
            for a in of(self.world.surveys, "answered_at", "score")
            if (score := self._share_of_scale(a)) is not None
        ]
        row["survey_score"] = None
        if answers:
            at, score = max(answers)
            if age(at) < self.limits["survey_days"]:
                row["survey_score"] = rounded(-score)
        ratings = [
            (a["assessed_at"], -a["rating"])
            for a in of(self.world.assessments, "assessed_at", "rating")
            if 1 <= a["rating"] <= 5
        ]
        at, rating = max(ratings, default=(None, None))
        row["assessment_rating"] = None if at is None else rounded(-rating)
        row["assessment_age_days"] = None if at is None else age(at)
        changes: dict[date, list[float]] = defaultdict(lambda: [0, 0])
        left: dict[str, float] = defaultdict(float)
        starts: dict[date, float] = {}
        ends: dict[date, float] = {}
        touched = set()
        for changed_on, product, before, after in self._revenue(
            of(self.world.subscription_changes, "changed_at", "change_type")
        ):
            changes[changed_on][0] += before
            changes[changed_on][1] += after
            starts.setdefault(changed_on, sum(left.values()))
            if (changed_on, product) not in touched:
                starts[changed_on] += before - left[product]
            touched.add((changed_on, product))
            left[product] = after
            ends[changed_on] = sum(left.values())
        # Until the account has paid on a day before, it is not growth.
        for changed_on in sorted(changes):
            if starts[changed_on] > 0:
                break
            del changes[changed_on]
            if ends[changed_on] > 0:
                break
        falls = [d for d, (before, after) in changes.items() if after < before]
        row["mrr_change_90d"] = float(
            sum(
                after - before
                for d, (before, after) in changes.items()
                if (day - d).days < 90
            )
        )
        row["days_since_down_sell"] = (day - max(falls)).days if falls else None
        # An input that is switched off has no metrics.
        for name, metrics in {
            "tickets": ("open_tickets", "urgent_tickets"),
            "communications": ("communications_90d",),
            "subscription_changes": ("mrr_change_90d",),
        }.items():
            if not getattr(self.world, name):
                row |= dict.fromkeys(metrics)
        return row

    def _revenue(
        self, changes: list[Row]
    ) -> Iterator[tuple[date, str, float, float]]:
        """Day, product, MRR before and after of each change of an account.

        What a row doesn't say is what the row of the product before left; a
        cancellation leaves nothing.
        """
        cancelled = "cancelled"

        def order(change: Row) -> tuple[Any, ...]:
            amounts = [
                (amount is None, amount or 0)
                for amount in (change["mrr_before"], change["mrr_after"])
            ]
            is_last = change["change_type"] == cancelled
            return change["changed_at"], is_last, *amounts

        paid: dict[str | None, float] = defaultdict(float)
        for change in sorted(changes, key=order):
            product = change.get("product") or ""
            before, after = change["mrr_before"], change["mrr_after"]
            if before is None:
                before = paid[product]
            if after is None:
                after = 0 if change["change_type"] == cancelled else before
            paid[product] = after
            yield change["changed_at"].date(), product, before, after

    def _tickets(self, opened: list[Row], closed_rows: list[Row]) -> Row:
        """Open tickets; a duplicate is open until either row is closed."""
        closed = {t["ticket_id"] for t in closed_rows}
        return {
            "open_tickets": len({t["ticket_id"] for t in opened} - closed),
            "urgent_tickets": len(
                {
                    t["ticket_id"]
                    for t in opened
                    if (t["priority"] or "").strip().lower()
                    in ("urgent", "high", "critical", "blocker", "p0", "p1")
                }
                - closed
            ),
        }

    def _communications(
        self, sent: list[Row], age: Callable[[datetime], int]
    ) -> Row:
        """Who was in touch, and what they answered."""

        def way(row: Row) -> str:
            return row["direction"].strip().lower()

        # Other directions are rejected, and counted in data_health.
        sent = [r for r in sent if way(r) in ("inbound", "outbound")]
        recent = [r for r in sent if age(r["occurred_at"]) < 90]
        out = [r for r in recent if way(r) == "outbound"]
        answered = [
            r
            for r in out
            if any(
                way(reply) == "inbound"
                and reply["occurred_at"] >= r["occurred_at"]
                and age(r["occurred_at"]) - age(reply["occurred_at"])
                < self.limits["reply_days"]
                for reply in sent
            )
        ]
        return {
            "days_since_last_communication": min(
                (age(r["occurred_at"]) for r in sent), default=None
            ),
            "communications_90d": len(recent),
            "reply_rate": percent(len(answered), len(out)),
        }

    def _share_of_scale(self, answer: Row) -> float | None:
        """A survey answer as a percentage of its scale."""
        survey = (answer["survey"] or "").strip().lower() or "nps"
        low, high = {"nps": (0, 10), "csat": (1, 5)}.get(survey, (1, 0))
        if not low <= answer["score"] <= high:
            return None
        return 100 * (answer["score"] - low) / (high - low)

    def comparable(self, now: list[Row], before: list[Row]) -> bool:
        """Whether one of two windows has enough events."""
        most = max(
            sum(e["count"] for e in now), sum(e["count"] for e in before)
        )
        return self.band("alert_minimum_events", most) == "enough"

    def habit(self, active: set[date], day: date) -> Row:
        """Active days in half a year, older ones worth less, and workdays."""

        def worth(days: Iterable[date]) -> int:
            ages = ((day - d).days for d in days)
            return sum(4 >> age // 60 for age in ages if 0 <= age < 180)

        workdays = [
            d
            for d in (day - timedelta(days=age) for age in range(180))
            if d.weekday() < 5
        ]
        habit = percent(min(worth(active), worth(workdays)), worth(workdays))
        return {
            "active_days_90d": sum((day - d).days < 90 for d in active),
            "habit": habit,
            "habit_band": self.band("habit", habit),
        }

    def account_dates(self, account_id: str, day: date) -> Row:
        """Days from or to a date, and comparisons with the day before."""
        account = self.accounts[account_id]
        since = {
            name: (
                (day - account[name].date()).days if account.get(name) else None
            )
            for name in ("converted_at", "cancelled_at")
        }
        ends = self.attribute(account_id, "contract_ends_at", day)
        score, rate = self.day_before(account_id, day)
        left = len(self.users_left(account_id, day))
        return {
            **{
                f"days_since_{name.removesuffix('_at')}": (
                    days if days is not None and days >= 0 else None
                )
                for name, days in since.items()
            },
            # Of earlier days, nobody noted what was known.
            "days_to_cancellation": (
                -since["cancelled_at"]
                if day == self.as_of and (since["cancelled_at"] or 1) <= 0
                else None
            ),
            "days_to_contract_end": (ends.date() - day).days if ends else None,
            "score_day_before": score,
            "activation_rate_day_before": rate,
            "users_left_30d": left,
            "user_turnover_rate": percent(
                left, left + len(self.known_users(account_id, day))
            ),
        }

    def day_before(
        self, account_id: str, day: date
    ) -> tuple[Decimal | None, Decimal | None]:
        """Score and activation rate on the day before.

        Both by the profile and checklist of the day itself. Before its first
        day, an account had met no step; before the history begins, the figures
        are unknown.
        """
        if day == self.begins("account", account_id):
            has_steps = self.checklist_on("account", account_id, day)
            return None, Decimal(0) if has_steps else None
        if day == self.start:
            return None, None
        before = day - DAY
        number = self.main_profile("account", account_id, before)
        score = rate = None
        if number is not None and number == self.main_profile(
            "account", account_id, day
        ):
            score = self.published_account_score(number, account_id, before)
        checklist = self.checklist_on("account", account_id, before)
        if checklist:
            # A step is met, or not, whichever checklist was shown.
            checklist = (
                self.checklist_on("account", account_id, day) or checklist
            )
            met, total, _ = self.steps_met(
                "account", account_id, checklist, before
            )
            rate = percent(met, total)
        return score, rate

    def is_there(self, user: Row, account_id: str, day: date) -> bool:
        """Whether a user of the input belonged to an account on a day."""
        begins = self.begins("user", user["user_id"])
        return begins <= day and self._belongs(user, account_id, day)

    def users_left(self, account_id: str, day: date) -> list[str]:
        """Users who were there on one of the 30 days before but not today.

        Before the account began, nobody was.
        """
        begins = self.begins("account", account_id)
        days = [day - DAY * n for n in range(1, 31)]
        return [
            user["user_id"]
            for user in self.world.users
            if not self.is_there(user, account_id, day)
            and any(
                self.is_there(user, account_id, before)
                for before in days
                if before >= begins
            )
        ]

    # -- What happens on a day ------------------------------------------------

    def account_happenings(self, account_id: str, day: date) -> Row:
        """How often each thing happened to an account on a day."""
        return {
            metric: None
            if metric == "negative_surveys" and not self.world.surveys
            else sum(self.occurrences(metric, account_id, day).values())
            for metric in (
                "new_users",
                "key_features_first_used",
                "key_features_lost",
                "risk_events",
                "champions_lost",
                "negative_surveys",
            )
        }

    def occurrences(
        self, metric: str, entity_id: str, day: date
    ) -> dict[str | None, int]:
        """What happened on a day, by whom or what it was about."""
        found: dict[str | None, int] = defaultdict(int)
        if metric == "negative_surveys":
            for answer in self.negative_surveys(entity_id, day):
                found[answer["user_id"]] += 1
        elif metric == "new_users":
            for user in self.world.users:
                if (
                    not user.get("is_internal")
                    and self.begins("user", user["user_id"]) == day
                    and self.home(user["user_id"], day) == entity_id
                ):
                    found[user["user_id"]] = 1
        elif metric == "key_features_first_used":
            for feature in self.features:
                used = [
                    e["day"]
                    for e in self.by_account[entity_id]
                    if e["feature"] == feature["feature"]
                ]
                known = day >= self.features_known_from(entity_id)
                if feature["is_key"] and known and used and min(used) == day:
                    found[feature["feature"]] = 1
        elif metric == "key_features_lost":
            for feature in self.entitled(entity_id, day):
                if self.feature_lost(entity_id, feature, day):
                    found[feature] = 1
        elif metric == "risk_events":
            for e in self.within(self.by_account[entity_id], day, 1):
                if self.catalog.get(e["event_name"], {}).get("is_risk"):
                    found[e["event_name"]] += e["count"]
        elif metric == "champions_lost":
            for user_id in self.by_member[entity_id]:
                if self.champion_lost(entity_id, user_id, day):
                    found[user_id] = 1
        elif metric in ("flows_abandoned", "helps_unanswered"):
            for flow in {r["flow"] for r in self.catalog.values() if r["flow"]}:
                if self.flow_left(metric, entity_id, flow, day):
                    found[flow] = 1
        return found

    @cache  # noqa: B019
    def leads(self, user_id: str, account_id: str, day: date) -> bool:
        """Whether the user led the account on a day."""
        if day < self.start:
            return False
        number = self.main_profile("user", user_id, day)
        row = None if number is None else self.user_score(number, user_id, day)
        return bool(
            row and row["account_id"] == account_id and row["leads_account"]
        )

    def champion_lost(self, account_id: str, user_id: str, day: date) -> bool:
        """Whether the account's champion fell silent or left on a day."""
        left = self.users.get(user_id, {}).get("deactivated_at")
        left = left.date() if left else date.max
        # Somebody who has left can't leave again.
        active = [
            e["day"]
            for e in self.by_member[account_id][user_id]
            if e["is_activity"] and e["day"] <= min(day, left)
        ]
        if not active:
            return False
        last = max(active)
        silent = last + DAY * self.limits["silent_days"]
        if day != min(silent, left):
            return False
        led = sum(
            self.leads(user_id, account_id, last - DAY * n) for n in range(30)
        )
        return led >= self.limits["champion_days"]

    def flow_left(
        self, metric: str, user_id: str, flow: str, day: date
    ) -> bool:
        """Whether a flow became abandoned by a user on that very day."""
        steps = {
            name: row["flow_step"]
            for name, row in self.catalog.items()
            if row["flow"] == flow and row["flow_step"] is not None
        }
        end = max(steps.values(), default=0)
        if end == 0:
            return False
        taken = [
            (steps[e["event_name"]], e["day"])
            for e in self.by_user[user_id]
            if e["event_name"] in steps and e["day"] <= day
        ]
        of_help = metric == "helps_unanswered"
        begun = [d for step, d in taken if (step == 0) == of_help]
        last = day - DAY * self.limits["flow_days"]
        if max(begun, default=None) != last:
            return False
        # Finishing once excuses a later restart of a flow, but not of help.
        return not any(
            step == end and (d >= last or not of_help) for step, d in taken
        )

    # -- Users' metrics -------------------------------------------------------

    @cache  # noqa: B019
    def user_day(self, user_id: str, day: date) -> Row | None:
        """Every metric of a known user; None before their first day."""
        user = self.users.get(user_id)
        begins = self.begins("user", user_id)
        if user is None or user.get("is_internal") or day < begins:
            return None
        account = self.home(user_id, day)
        number = self.main_profile("user", user_id, day)
        mine = [e for e in self.by_user[user_id] if e["day"] <= day]
        active = [e for e in mine if e["is_activity"]]
        idle = (day - max(e["day"] for e in active)).days if active else None
        lately = {
            e["feature"]
            for e in self.within(mine, day, self.world.adoption_window_days)
        }
        entitled = self.entitled(account, day)
        licensed = user.get("licensed_at")
        row: Row = {
            "account_id": account,
            "account_status": self.attribute(
                account, "subscription_status", day
            ),
            "role": self.membership(user_id, day).get("role")
            or user.get("role"),
            "tenure_days": (day - begins).days,
            "tenure_band": self.band("tenure_days", (day - begins).days),
            "days_since_licensed": (
                (day - licensed.date()).days
                if licensed and licensed.date() <= day
                else None
            ),
            "days_on_record": (day - max(begins, self.start)).days,
            "days_since_last_active": idle,
            "last_active_at": max((e["at"] for e in active), default=None),
            "settings_used": len(lately & self.settings),
            "key_features": len(entitled),
            "key_features_used": len(lately & entitled),
            "adoption_rate": percent(len(lately & entitled), len(entitled)),
            "lifetime_adoption_rate": percent(
                len({e["feature"] for e in mine} & entitled), len(entitled)
            ),
            "flows_abandoned": len(
                self.occurrences("flows_abandoned", user_id, day)
            ),
            "helps_unanswered": len(
                self.occurrences("helps_unanswered", user_id, day)
            ),
            "checklist": self.checklist_on("user", user_id, day),
            "activation_rate": None,
            "days_since_last_step": None,
        }
        row["adoption_band"] = self.band("adoption_rate", row["adoption_rate"])
        if row["checklist"]:
            met, total, last = self.steps_met(
                "user", user_id, row["checklist"], day
            )
            row["activation_rate"] = percent(met, total)
            row["days_since_last_step"] = (day - last).days if last else None
        row["activation_band"] = self.band(
            "activation_rate", row["activation_rate"]
        )
        return row | self.user_score_metrics(number, user_id, day, mine)

    def user_score_metrics(
        self,
        number: int | None,
        user_id: str,
        day: date,
        events: list[Row],
    ) -> Row:
        """Metrics of the main profile: null without one, zero without a row."""
        scored = (
            {}
            if number is None
            else self.user_score(number, user_id, day) or {}
        )
        row: Row = {
            name: scored.get(name)
            for name in (
                "raw_score",
                "score",
                "score_change",
                "behavior_change",
                "trend",
                "score_rank",
                "score_percentile",
                "rank_in_account",
                "is_active",
                "active_days",
                "event_count",
                "features_used",
            )
        } | {
            "profile": None,
            "event_value": None,
            "leads_account": scored.get("leads_account", False),
            "is_comparable": False,
        }
        if number is not None:
            profile = self.profiles[number]
            period = profile["period_days"]
            account = self.home(user_id, day)
            values = [
                e["value"]
                for e in self.within(events, day, period)
                if e["value"] is not None
            ]
            row |= {
                "profile": profile["profile"],
                "event_value": float(sum(values)) if values else None,
                "is_comparable": bool(scored)
                and account is not None
                and self.band(
                    "alert_minimum_users",
                    len(
                        self.users_in(
                            number,
                            account,
                            day,
                            self.averaged_window(number),
                        )
                    ),
                )
                == "enough"
                and self.comparable(
                    self.within(events, day, period),
                    self.within(events, self.compares(number, day), period),
                ),
            }
            if not scored:
                is_new = self.was_new(number, "user", user_id, day)
                still = None if is_new else Decimal(0)
                row |= {
                    "raw_score": 0.0,
                    "score": Decimal(0),
                    "score_change": still,
                    "behavior_change": (
                        None
                        if profile["normalization"] == "percentile"
                        else still
                    ),
                    "trend": "new" if is_new else "flat",
                    "is_active": False,
                    "active_days": 0,
                    "event_count": 0,
                    "features_used": 0,
                }
        row["score_band"] = self.band("score", row["score"])
        row["previous_score"] = (
            None
            if row["score_change"] is None
            else row["score"] - row["score_change"]
        )
        return row

    # -- The other tables -----------------------------------------------------

    def activity(self, entity: str, day: date) -> Row:
        """A row of activity_daily."""
        key = f"{entity}_id"

        def active(until: date, days: int) -> int:
            return len(
                {
                    e[key]
                    for e in self.within(
                        self.counted, until, days, is_activity=True
                    )
                    if e[key]
                }
            )

        earlier = day - DAY * 30
        # A window that began before the data is not compared with.
        is_full = earlier - DAY * 29 >= self.start
        return {
            "active_1d": active(day, 1),
            "active_7d": active(day, 7),
            "active_30d": active(day, 30),
            "active_30d_previous": active(earlier, 30) if is_full else None,
            "stickiness": percent(active(day, 1), active(day, 30)),
        }

    def checklists_of(self, entity: str, entity_id: str) -> list[str]:
        """The checklists an entity has or ever had."""
        begins = self.begins(entity, entity_id)
        if begins is None or begins > self.as_of:
            return []
        days = [begins + DAY * n for n in range((self.as_of - begins).days + 1)]
        return [
            c["checklist"]
            for c in self.checklists
            if c["entity"] == entity
            and any(
                self.fits({**c, "filter_entity": None}, entity, entity_id, day)
                for day in days
            )
        ]

    def activation(self, entity: str, entity_id: str, checklist: str) -> Row:
        """A row of activation."""
        met, total, last = self.steps_met(
            entity, entity_id, checklist, self.as_of
        )
        steps = sorted(
            (s for s in self.steps if s["checklist"] == checklist),
            key=lambda s: s["step_order"],
        )
        unmet = [
            s["step"]
            for s in steps
            if not self.step_met(entity, entity_id, checklist, s["step"])[2]
        ]
        begins = self.begins(entity, entity_id)
        rate = percent(met, total)
        return {
            "is_main_checklist": self.checklist_on(
                entity, entity_id, self.as_of
            )
            == checklist,
            "steps_met": met,
            "steps_total": total,
            "activation_rate": rate,
            "activation_band": self.band("activation_rate", rate),
            "activated_at": (
                max(
                    self.step_met_at(entity, entity_id, checklist, s["step"])
                    for s in steps
                )
                if met == total
                else None
            ),
            "days_to_activation": (
                (last - begins).days
                if met == total and begins >= self.start
                else None
            ),
            "next_step": unmet[0] if unmet else None,
            "days_since_last_step": (
                (self.as_of - last).days if last else None
            ),
        }

    def account_feature(self, account_id: str, feature: str) -> Row:
        """A row of account_features."""
        used = [
            e for e in self.by_account[account_id] if e["feature"] == feature
        ]
        lately = self.within(used, self.as_of, self.world.adoption_window_days)
        rule = next(f for f in self.features if f["feature"] == feature)
        plan = self.attribute(account_id, "plan", self.as_of)
        entitled = (
            not rule["launched_on"] or rule["launched_on"] <= self.as_of
        ) and (not rule["plans"] or plan is None or plan in rule["plans"])
        if lately:
            status = "used"
        elif used:
            status = "lapsed"
        else:
            status = "never" if entitled else "not_entitled"
        return {
            "status": status,
            "is_differentiated": rule["is_differentiated"],
            "is_entitled": entitled,
            "first_used_on": min((e["day"] for e in used), default=None),
            "last_used_on": max((e["day"] for e in used), default=None),
            "users": len({e["user_id"] for e in used}),
            "users_in_window": len({e["user_id"] for e in lately}),
        }

    def feature_use(self, feature: str, day: date) -> Row:
        """A row of feature_usage."""
        window = self.within(self.counted, day, self.world.adoption_window_days)
        used = [e for e in window if e["feature"] == feature]
        active = {
            e["account_id"]
            for e in window
            if e["is_activity"] and e["account_id"]
        }
        users = {e["user_id"] for e in used}
        accounts = {e["account_id"] for e in used if e["account_id"]}
        events = sum(e["count"] for e in used)
        counts: dict[tuple, int] = defaultdict(int)
        for e in used:
            counts[
                e["day"], e["user_id"], e["account_id"], e["event_name"]
            ] += e["count"]
        points = 0.0
        for (*_, name), count in counts.items():
            weight = self.weight(0, name)
            cap = weight.get("daily_cap")
            points += (min(count, cap) if cap else count) * weight.get(
                "weight", 0
            )
        values = [e["value"] for e in used if e["value"] is not None]
        return {
            "is_differentiated": any(
                f["is_differentiated"]
                for f in self.features
                if f["feature"] == feature
            ),
            "users": len(users),
            "accounts": len(accounts),
            "events": events,
            "event_value": float(sum(values)) if values else None,
            "points": float(points),
            "breadth": percent(len(accounts & active), len(active)),
            "depth": rounded(events / len(users)) if users else None,
        }

    def segment_features(
        self, attribute: str, day: date
    ) -> dict[tuple[str, str], Row]:
        """The rows of segment_features of a day, by value and feature."""
        window = self.within(self.counted, day, self.world.adoption_window_days)
        working = {e["account_id"] for e in window if e["is_activity"]}
        segments: dict[str, set[str]] = defaultdict(set)
        for account in self.accounts:
            if account in working and self.account_day(account, day):
                value = self.segment(account, attribute, day)
                segments[value].add(account)
        rows = {}
        for value, members in segments.items():
            for rule in self.features:
                used = [
                    e
                    for e in window
                    if e["feature"] == rule["feature"]
                    and e["account_id"] in members
                ]
                users = {e["user_id"] for e in used}
                events = sum(e["count"] for e in used)
                accounts = len({e["account_id"] for e in used})
                rows[value, rule["feature"]] = {
                    "is_key": rule["is_key"],
                    "active_accounts": len(members),
                    "accounts": accounts,
                    "users": len(users),
                    "events": events,
                    "breadth": percent(accounts, len(members)),
                    "depth": rounded(events / len(users)) if users else None,
                }
        return rows

    def components(
        self, number: int, entity: str, entity_id: str
    ) -> dict[str, Row]:
        """The rows of score_components of an entity, by event."""
        scored = (self.user_score if entity == "user" else self.account_score)(
            number, entity_id, self.as_of
        )
        if scored is None:
            return {}
        profile = self.profiles[number]
        period = profile["period_days"]
        events = (self.by_user if entity == "user" else self.by_account)[
            entity_id
        ]
        by_user = entity == "account" and (
            profile.get("filter_entity") == "user"
        )
        counts: dict[tuple, int] = defaultdict(int)
        earlier = self.compares(number, self.as_of)
        reach = period + (self.as_of - earlier).days
        for e in self.within(events, self.as_of, reach):
            counts[
                e["event_name"], e["day"], e["user_id"], e["account_id"]
            ] += e["count"]
        rows: dict[str, Row] = {}
        for (name, day, user, _), count in counts.items():
            now = not by_user or self.has_profile(
                number, "user", user, self.as_of
            )
            then = not by_user or self.has_profile(
                number, "user", user, earlier
            )
            if not now and not then:
                continue
            row = rows.setdefault(
                name,
                {
                    "event_count": 0,
                    "counted": 0,
                    "points": 0.0,
                    "previous_points": 0.0,
                },
            )
            weight = self.weight(number, name)
            cap = weight.get("daily_cap")
            counted = min(count, cap) if cap else count
            points = counted * weight.get("weight", 0)
            age = (self.as_of - day).days
            if age < period:
                row["event_count"] += count
                row["counted"] += counted
            row["points"] += points * self.share(number, age) * now
            row["previous_points"] += (
                points * self.share(number, (earlier - day).days) * then
            )
        rows = {
            name: row
            for name, row in rows.items()
            if row["event_count"] or row["previous_points"] > 1e-9
        }
        for row in rows.values():
            if scored["previous_raw_score"] is None:
                row["previous_points"] = None
        return rows

    @cache  # noqa: B019
    def product(
        self, number: int, day: date, attribute: str = "all", value: str = "all"
    ) -> Row | None:
        """A row of segment_scores: of the product, or of similar accounts."""
        live = [
            (account, row)
            for account in self.accounts
            if self.has_profile(number, "account", account, day)
            and (row := self.account_day(account, day)) is not None
            and self.segment(account, attribute, day) == value
        ]
        if not live:
            return None
        scores = [
            float(self.published_account_score(number, account, day))
            for account, _ in live
        ]
        window = self.active_window(number)
        active = [
            self.users_in(number, account, day, window, is_activity=True)
            for account, _ in live
        ]
        health = [
            float(row["health_score"])
            for _, row in live
            if row["health_score"] is not None
        ]
        grades = [
            row["band"]
            for row in sorted(self.bands, key=lambda row: row["band_order"])
            if row["metric"] == "health_score"
        ]
        graded = Counter(row["health_grade"] for _, row in live)
        return {
            "accounts": len(live),
            "active_accounts": sum(1 for users in active if users),
            "active_users": len(set().union(*active)),
            "mean_health_score": (
                rounded(sum(health) / len(health)) if health else None
            ),
            "worst_grade_accounts": graded[grades[0]],
            "middle_grade_accounts": sum(graded[g] for g in grades[1:-1]),
            "best_grade_accounts": graded[grades[-1]],
            "mean_score": rounded(sum(scores) / len(scores)),
            "median_score": rounded(percentile_cont(scores, 0.5)),
            "zero_score_rate": percent(
                sum(1 for score in scores if score == 0), len(scores)
            ),
            **{
                rate: rounded(sum(known) / len(known)) if known else None
                for rate in ("adoption_rate", "activation_rate")
                for known in [
                    [
                        float(row[rate])
                        for _, row in live
                        if row[rate] is not None
                    ]
                ]
            },
        }

    def product_change(
        self, number: int, day: date, attribute: str, value: str
    ) -> Row:
        """What else segment_scores has: the change of the mean score.

        Both windows must lie within the data.
        """
        earlier = self.compares(number, day)
        filled = DAY * (self.profiles[number]["period_days"] - 1)
        before = (
            self.product(number, earlier, attribute, value)
            if earlier >= self.start + filled
            else None
        )
        change = before and (
            self.product(number, day, attribute, value)["mean_score"]
            - before["mean_score"]
        )
        threshold = self.world.trend_threshold
        if change is None:
            trend = "new"
        elif abs(change) >= threshold:
            trend = "rising" if change > 0 else "falling"
        else:
            trend = "flat"
        return {"mean_score_change": change, "trend": trend}

    def mean_score_slope(
        self, number: int, day: date, attribute: str, value: str
    ) -> Decimal | None:
        """The slope of a segment's mean score over twelve weeks."""
        days = [day - DAY * n for n in range(84)]
        filled = DAY * (self.profiles[number]["period_days"] - 1)
        if days[-1] < self.start + filled:
            return None
        rows = [self.product(number, d, attribute, value) for d in days]
        if not all(rows):
            return None
        fit = linear_regression(
            [(d - self.start).days for d in days],
            [float(row["mean_score"]) for row in rows],
        )
        return rounded(7 * fit.slope)

    def segment(self, account_id: str, attribute: str, day: date) -> str:
        """What segment_scores calls an account's value of an attribute."""
        if attribute == "all":
            return "all"
        row = self.account_day(account_id, day)
        if row and attribute in ("tenure_band", "size_band", "lifecycle_stage"):
            return row[attribute] or "unknown"
        return self.attribute(account_id, attribute, day) or "unknown"

    def cohort(self, checklist: str, accounts: list[str]) -> Row:
        """A row of activation_cohorts for the accounts in it."""
        rows = [self.activation("account", a, checklist) for a in accounts]
        days = [
            float(row["days_to_activation"])
            for row in rows
            if row["days_to_activation"] is not None
        ]
        activated = sum(row["activated_at"] is not None for row in rows)
        begun = [self.begins("account", account) for account in accounts]
        next_month = (begun[0].replace(day=1) + DAY * 31).replace(day=1)
        # Whoever signed up on the last day of the month has had 30 days.
        is_complete = next_month - DAY + DAY * 29 <= self.as_of
        steps = sorted(
            (s for s in self.steps if s["checklist"] == checklist),
            key=lambda s: (s["step_order"], s["step"]),
        )
        met = [
            sum(
                self.step_met("account", account, checklist, step["step"])[2]
                is not None
                for account in accounts
            )
            for step in steps
        ]
        lost = [
            before - now
            for before, now in zip([len(accounts), *met], met, strict=False)
        ]
        worst = lost.index(max(lost))
        return {
            "accounts": len(accounts),
            "activated_accounts": activated,
            "activated_rate": percent(activated, len(accounts)),
            "activated_rate_30d": (
                percent(sum(n < 30 for n in days), len(accounts))
                if is_complete and min(begun) >= self.start
                else None
            ),
            "is_complete": is_complete,
            "median_days_to_activation": (
                rounded(percentile_cont(days, 0.5)) if days else None
            ),
            "step_rates": "|".join(
                f"{step['step']}={percent(count, len(accounts)):.2f}"
                for step, count in zip(steps, met, strict=True)
            ),
            "largest_drop_step": (
                steps[worst]["step"] if lost[worst] > 0 else None
            ),
            "largest_drop_rate": (
                percent(lost[worst], len(accounts)) if lost[worst] > 0 else None
            ),
        }

    # -- Signals --------------------------------------------------------------

    @cache  # noqa: B019
    def product_day(self, day: date) -> Row:
        """The metrics of the whole product."""
        rows = [
            row
            for account in self.accounts
            if (row := self.account_day(account, day)) and row["previous_score"]
        ]
        falling = sum(row["trend"] == "falling" for row in rows)
        last = max(
            (e["day"] for e in self.counted if e["day"] <= day), default=None
        )
        return {
            "compared_accounts": len(rows),
            "falling_accounts": falling,
            "falling_account_rate": percent(falling, len(rows)),
            "days_since_last_event": (day - last).days if last else None,
        }

    def product_metrics(self, day: date) -> Row:
        """The same metrics, compared with what is usual in the product."""
        row = self.product_day(day)
        year = [
            self.product_day(earlier)
            for earlier in self.dates
            if day - DAY * (28 + 365) <= earlier < day - DAY * 28
        ]
        usual: Row = {}
        for figure, name, beyond in (
            (
                "falling_account_rate",
                "usual_falling_rate",
                "falling_beyond_usual",
            ),
            ("days_since_last_event", "usual_gap_days", "gap_beyond_usual"),
        ):
            values = [
                float(earlier[figure])
                for earlier in year
                if earlier[figure] is not None
            ]
            limit = (
                percentile_cont(values, 0.99)
                if len(year) >= 28 and values
                else None
            )
            usual[name] = rounded(limit)
            usual[beyond] = (
                None
                if limit is None or row[figure] is None
                else rounded(float(row[figure]) - limit)
            )
        return row | usual

    def metrics(
        self, entity: str, entity_id: str, day: date, kind: str
    ) -> Row | None:
        """The metrics that a signal sees; None if it can't be raised."""
        if entity == "product":
            return self.product_metrics(day)
        if entity == "account":
            row = self.account_metrics(entity_id, day)
            gone = row and row["days_since_cancelled"]
            # The day it leaves is the last on which anything happens.
            is_last = gone == 0 and kind == "event"
            silent = row and row["days_since_last_active"]
            is_lost = kind == "state" and (
                self.band("inactive_days", silent) == "lost"
            )
            is_there = row and (gone is None or is_last) and not is_lost
            return row if is_there else None
        row = self.user_day(entity_id, day)
        left = self.users[entity_id].get("deactivated_at")
        if (left and left.date() <= day) or (
            row and row["account_status"] == "cancelled"
        ):
            return None
        return row

    @cache  # noqa: B019
    def episodes(self) -> list[Row]:
        """All episodes of all signals, followed day by day."""
        entities = {
            "account": list(self.accounts),
            "user": [
                user["user_id"]
                for user in self.world.users
                if not user.get("is_internal")
            ],
            "product": ["all"],
        }
        found = [
            {"signal": signal, "entity_id": entity_id, **episode}
            for signal, rule in self.signals.items()
            for entity_id in entities[rule["entity"]]
            for episode in (
                self.states(signal, entity_id)
                if rule["kind"] == "state"
                else self.events(signal, entity_id)
            )
        ]
        found = [
            episode
            if opposed is None
            else episode
            | {
                "closed_on": opposed,
                "last_held_on": min(episode["last_held_on"], opposed - DAY),
                "close_reason": "opposite",
            }
            for episode in found
            for opposed in [self.opposed_on(episode, found)]
            if opposed is None or opposed > episode["opened_on"]
        ]
        for episode in found:
            is_state = self.signals[episode["signal"]]["kind"] == "state"
            episode["still_holds"] = (
                episode["last_held_on"] == self.as_of
                if is_state and episode["closed_on"] is None
                else None
            )
            others = [
                other
                for other in found
                if other["signal"]
                in self.signals[episode["signal"]]["suppressed_by"]
            ]
            episode["is_suppressed"] = any(
                self.suppresses(other, episode) for other in others
            )
            episode["is_held_back"] = any(
                other["entity_id"] == "all"
                and other["opened_on"] <= episode["opened_on"]
                and self.is_open(other, self.asks(episode)[0])
                for other in others
            )
        return found

    def opposed_on(self, episode: Row, others: list[Row]) -> date | None:
        """The day on which a signal in closed_by closes a state."""
        rule = self.signals[episode["signal"]]
        if rule["kind"] == "event":
            return None
        return min(
            (
                other["opened_on"]
                for other in others
                if other["signal"] in rule["closed_by"]
                and self.signals[other["signal"]]["entity"] == rule["entity"]
                and other["entity_id"] == episode["entity_id"]
                and (
                    other["opened_on"] > episode["opened_on"]
                    # If both open on one day, the first by name stays.
                    or (
                        other["opened_on"] == episode["opened_on"]
                        and other["signal"] < episode["signal"]
                    )
                )
                # Until its grace days are over, a state is still open.
                and other["opened_on"]
                <= episode["last_held_on"] + DAY * rule["grace_days"]
            ),
            default=None,
        )

    def asks(self, episode: Row) -> list[date]:
        """The days on which others may make an episode pointless.

        The last day of a state, any day of an event.
        """
        last = (
            episode["closed_on"] - DAY if episode["closed_on"] else self.as_of
        )
        if self.signals[episode["signal"]]["kind"] == "state":
            return [last]
        first = episode["opened_on"]
        return [first + DAY * n for n in range((last - first).days + 1)]

    @staticmethod
    def is_open(episode: Row, day: date) -> bool:
        """Whether an episode is open on a day."""
        return episode["opened_on"] <= day and (
            episode["closed_on"] is None or day < episode["closed_on"]
        )

    def suppresses(self, other: Row, episode: Row) -> bool:
        """Whether another episode makes one pointless."""
        entity = self.signals[episode["signal"]]["entity"]
        others = self.signals[other["signal"]]["entity"]
        if entity == "user" and others == "account":
            entity_id = self.home(episode["entity_id"], self.as_of)
        elif entity == others:
            entity_id = episode["entity_id"]
        else:
            return False
        return other["entity_id"] == entity_id and any(
            self.is_open(other, day) for day in self.asks(episode)
        )

    def holds(self, signal: str, row: Row | None, *, stays: bool) -> bool:
        """Whether a signal's conditions hold, or those that keep it open."""
        if row is None:
            return False
        return any(
            all(
                condition_holds(
                    row[c["metric"]],
                    c["operator"],
                    c["clear_value"]
                    if stays and c["clear_value"] is not None
                    else c["value"],
                )
                for c in group
            )
            for group in self.signals[signal]["groups"]
        )

    def states(self, signal: str, entity_id: str) -> list[Row]:
        """The episodes of a state signal."""
        rule = self.signals[signal]
        found: list[Row] = []
        opened = last = None
        held = failed = 0
        for day in self.dates:
            row = self.metrics(rule["entity"], entity_id, day, "state")
            holds = self.holds(signal, row, stays=False)
            held = held + 1 if holds else 0
            if opened is None:
                if held >= rule["min_days"]:
                    opened, last, failed = day, day, 0
            elif holds or self.holds(signal, row, stays=True):
                last, failed = day, 0
            else:
                failed += 1
                if failed > rule["grace_days"]:
                    found.append(episode_of(opened, last, last + DAY))
                    opened = None
        if opened is not None:
            # Only those who may come back get days of grace.
            gone = not self.metrics(
                rule["entity"], entity_id, self.as_of, "state"
            )
            found.append(episode_of(opened, last, last + DAY if gone else None))
        return found

    def events(self, signal: str, entity_id: str) -> list[Row]:
        """The episodes of an event signal: one per day and subject."""
        rule = self.signals[signal]
        subjects = [
            c["metric"]
            for group in rule["groups"]
            for c in group
            if c["metric"] in SUBJECTS
        ]
        found = []
        for day in self.dates:
            row = self.metrics(rule["entity"], entity_id, day, "event")
            if not self.holds(signal, row, stays=False):
                continue
            closes = day + DAY * (rule["grace_days"] + 1)
            about = (
                self.occurrences(subjects[0], entity_id, day)
                if subjects
                else [None]
            )
            found += [
                episode_of(
                    day, day, closes if closes <= self.as_of else None, subject
                )
                for subject in about or [None]
            ]
        return found
