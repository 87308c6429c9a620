"""Counts in SQL what events, users and accounts say about a product.

The database counts, so that it returns only one row per name, however many
events there are. The SQL runs on DuckDB, Postgres and Snowflake alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from product_signals.sql import literal

Query = Callable[[str], list[tuple]]

# Days from its first event in which a user or an account gets started, and the
# two weeks, four weeks later, in which it has stayed if it is active again.
FIRST_DAYS = 7
EARLY_DAYS = 28
STAYED = (28, 42)
# Fewer users or accounts say nothing about who stays.
COHORT = 20
# Users and accounts seen in the first days may have started long before.
_BEFORE = 7
# A machine sends a name if at least 3 users sent it over 28 days or more, and
# most of them on 90 % of those days: people don't work every weekend.
_CLOCKWORK_DAYS, _CLOCKWORK_USERS, _CLOCKWORK_SHARE = 28, 3, 0.9

_ATTRIBUTES = ("plan", "tier")
_SIZES = ("employees", "seats", "mrr")


@dataclass(frozen=True)
class Source:
    """Where events are, and who did them.

    Attributes:
        query: Returns the rows of a query.
        events: The relation with the events, as SQL.
        columns: The columns of events, in lower case.
        day: The day of an event, as SQL.
        users: A relation with user_id and account_id, if there is one.
        accounts: A relation of accounts, if there is one.
        account_columns: The columns of accounts.
        place: What messages call this source.
    """

    query: Query
    events: str
    columns: frozenset[str]
    day: str
    place: str
    users: str | None = None
    accounts: str | None = None
    account_columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Count:
    """How often a name was sent, by how many, and whether by a machine."""

    name: str
    events: int
    users: int
    is_clockwork: bool = False


@dataclass(frozen=True)
class Share:
    """How many of those who did something stayed.

    Attributes:
        used: Users or accounts of the cohort that did it.
        stayed: How many of those stayed.
        cohort: All users or accounts of the cohort.
        all_stayed: How many of all stayed.
    """

    used: int
    stayed: int
    cohort: int
    all_stayed: int

    @property
    def lift(self) -> float:
        """The share that stayed, divided by that of the whole cohort."""
        if not (self.used and self.all_stayed):
            return 0.0
        return (self.stayed / self.used) / (self.all_stayed / self.cohort)

    @property
    def of_stayed(self) -> float:
        """The share of those who stayed who had done it."""
        return self.stayed / self.all_stayed if self.all_stayed else 0.0


@dataclass
class Observed:
    """What was counted.

    Attributes:
        counts: All names, those of most users first.
        events: The number of events.
        users: The number of users.
        accounts: The number of accounts that have events.
        first_day: The day of the first event; None if no time can be read.
        last_day: The day of the last event.
        plans: Values of plan and tier, with the number of accounts for each.
        sizes: For employees, seats and mrr: how many accounts have it, its
            lower quartile, median and upper quartile.
    """

    counts: list[Count]
    events: int = 0
    users: int = 0
    accounts: int = 0
    first_day: date | None = None
    last_day: date | None = None
    plans: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, float, float, float]] = field(
        default_factory=dict
    )


@dataclass
class Stayed:
    """Which users or accounts stayed.

    Attributes:
        unit: users or accounts.
        units: How many there are.
        breadth: Feature -> how many ever used it.
        events: Event -> who stayed of those who did it in their first week.
        features: Feature -> who stayed of those who used it in their first
            four weeks.
        cohort: How many could be followed.
        share_stayed: The share of the cohort that stayed.
    """

    unit: str
    units: int = 0
    breadth: dict[str, int] = field(default_factory=dict)
    events: dict[str, Share] = field(default_factory=dict)
    features: dict[str, Share] = field(default_factory=dict)
    cohort: int = 0
    share_stayed: float = 0.0


def observe(source: Source) -> Observed:
    """Counts events by name, and what is known about accounts."""
    rows = source.query(
        f"""
        select
            trim(cast(event_name as text)) as name,
            {_how_many(source)} as events,
            count(distinct user_id) as users
        from {source.events}
        where trim(cast(event_name as text)) <> '' and {_by_people(source)}
        group by trim(cast(event_name as text))
        """
    )
    clockwork = _clockwork(source)
    counts = [
        Count(name, int(n or 0), users, name in clockwork)
        for name, n, users in rows
    ]
    counts.sort(key=lambda count: (-count.users, -count.events, count.name))
    [(users, accounts, first_day, last_day)] = source.query(
        f"""
        select
            count(distinct events.user_id),
            count(distinct {_unit(source, "accounts")}),
            min({source.day}),
            max({source.day})
        from {_joined(source)}
        where {_by_people(source)}
        """
    )
    return Observed(
        counts,
        sum(count.events for count in counts),
        users,
        accounts,
        first_day,
        last_day,
        dict(_plans(source)),
        dict(_sizes(source)),
    )


def who_stayed(
    source: Source,
    observed: Observed,
    unit: str,
    read: Iterable[tuple[str, str, str]],
) -> Stayed:
    """Compares those who did something early with everybody.

    Args:
        source: Where the events are.
        observed: What was counted there.
        unit: users or accounts.
        read: Names of events that count, with their group and feature.

    Returns:
        Who stayed; only the breadth of features if too few could be followed
        for long enough.
    """
    read = list(read)
    result = Stayed(unit)
    if not read:
        return result
    begin, until = STAYED
    # If no time can be read, nobody can be followed.
    oldest = newest = None
    if observed.first_day and observed.last_day:
        oldest = observed.first_day + timedelta(days=_BEFORE)
        newest = observed.last_day - timedelta(days=until - 1)
    rows = source.query(
        f"""
        with named as ({_named(read)}),

        days as (

            select distinct
                {_unit(source, unit)} as unit,
                {source.day} as day,
                named.event_group,
                named.feature
            from {_joined(source)}
            inner join named
                on trim(cast(events.event_name as text)) = named.event_name
            where
                {_unit(source, unit)} is not null
                and {_by_people(source)}

        ),

        lives as (

            select unit, min(day) as first_day from days group by unit

        ),

        cohort as (

            select
                lives.unit,
                lives.first_day,
                max(
                    case
                        when
                            days.day >= lives.first_day + {begin}
                            and days.day < lives.first_day + {until}
                            then 1
                        else 0
                    end
                ) as has_stayed
            from lives
            inner join days on lives.unit = days.unit
            where
                lives.first_day >= {_day(oldest)}
                and lives.first_day <= {_day(newest)}
            group by lives.unit, lives.first_day

        ),

        early as (

            select distinct
                'event' as kind,
                days.event_group as name,
                cohort.unit,
                cohort.has_stayed
            from cohort
            inner join days
                on
                    cohort.unit = days.unit
                    and days.day < cohort.first_day + {FIRST_DAYS}

            union all

            select distinct
                'feature' as kind,
                days.feature as name,
                cohort.unit,
                cohort.has_stayed
            from cohort
            inner join days
                on
                    cohort.unit = days.unit
                    and days.day < cohort.first_day + {EARLY_DAYS}

        )

        select kind, name, count(*) as units, sum(has_stayed) as stayed
        from early
        group by kind, name

        union all

        select 'cohort' as kind, null as name, count(*), sum(has_stayed)
        from cohort

        union all

        select 'breadth' as kind, feature as name, count(distinct unit), null
        from days
        group by feature

        union all

        select 'units' as kind, null as name, count(*), null
        from lives
        """
    )
    found: dict[str, list[tuple]] = {}
    for kind, *rest in rows:
        found.setdefault(kind, []).append(tuple(rest))
    [(_, result.units, _)] = found["units"]
    result.breadth = {
        name: units for name, units, _ in found.get("breadth", [])
    }
    [(_, cohort, all_stayed)] = found["cohort"]
    if cohort < COHORT or not all_stayed:
        return result
    all_stayed = int(all_stayed)
    result.cohort, result.share_stayed = cohort, all_stayed / cohort
    for kind, into in (("event", result.events), ("feature", result.features)):
        for name, used, stayed in found.get(kind, []):
            into[name] = Share(used, int(stayed), cohort, all_stayed)
    return result


def _clockwork(source: Source) -> set[str]:
    """Finds names that are sent too regularly to come from people."""
    rows = source.query(
        f"""
        with days as (

            select distinct
                trim(cast(event_name as text)) as name,
                cast(user_id as text) as user_id,
                {source.day} as day
            from {source.events} as events
            where {_by_people(source)}

        ),

        spans as (

            select
                name,
                count(day) as days,
                max(day) - min(day) + 1 as span
            from days
            group by name, user_id

        )

        select name
        from spans
        where span >= {_CLOCKWORK_DAYS}
        group by name
        having
            count(*) >= {_CLOCKWORK_USERS}
            and 2 * sum(
                case when days >= {_CLOCKWORK_SHARE} * span then 1 else 0 end
            ) > count(*)
        """
    )
    return {name for (name,) in rows}


def _how_many(source: Source) -> str:
    """Counts events as SQL; rows may already be counts."""
    if "event_count" not in source.columns:
        return "count(*)"
    return "sum(coalesce(cast(event_count as double precision), 1))"


def _by_people(source: Source) -> str:
    """Excludes, as SQL, what machines did."""
    if "actor_type" not in source.columns:
        return "1 = 1"
    return (
        "coalesce(lower(cast(actor_type as text)), 'human')"
        " not in ('automation', 'system')"
    )


def _joined(source: Source) -> str:
    if not source.users:
        return f"{source.events} as events"
    return f"""
        {source.events} as events
        left join (
            select
                cast(user_id as text) as known_user_id,
                max(cast(account_id as text)) as known_account_id
            from {source.users}
            group by cast(user_id as text)
        ) as known
            on cast(events.user_id as text) = known.known_user_id
    """


def _unit(source: Source, unit: str) -> str:
    """The user or the account of an event, as SQL."""
    if unit == "users":
        return "cast(events.user_id as text)"
    given = (
        "cast(events.account_id as text)"
        if "account_id" in source.columns
        else "cast(null as text)"
    )
    known = "known.known_account_id" if source.users else "cast(null as text)"
    return f"coalesce({given}, {known})"


def _named(read: list[tuple[str, str, str]]) -> str:
    return " union all ".join(
        f"select {literal(name)} as event_name, {literal(group)} as"
        f" event_group, {literal(feature)} as feature"
        for name, group, feature in read
    )


def _day(day: date | None) -> str:
    return f"cast('{day.isoformat()}' as date)" if day else "null"


def _plans(source: Source) -> Iterable[tuple[str, list[tuple[str, int]]]]:
    for column in _ATTRIBUTES:
        if source.accounts and column in source.account_columns:
            value = f"trim(cast({column} as text))"
            rows = source.query(
                f"select {value}, count(*) from {source.accounts}"
                f" where {value} <> ''"
                f" group by {value} order by count(*) desc, 1 limit 12"
            )
            if rows:
                yield column, rows


def _sizes(
    source: Source,
) -> Iterable[tuple[str, tuple[int, float, float, float]]]:
    for column in _SIZES:
        if source.accounts and column in source.account_columns:
            value = f"cast({column} as double precision)"
            quartiles = ", ".join(
                f"percentile_cont({share}) within group (order by {value})"
                for share in (0.25, 0.5, 0.75)
            )
            [(known, *rest)] = source.query(
                f"select count({column}), {quartiles} from {source.accounts}"
                f" where {column} is not null"
            )
            if known:
                yield column, (known, *map(float, rest))
