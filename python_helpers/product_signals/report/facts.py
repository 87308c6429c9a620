"""Reads the facts for the page from the public tables of any warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from product_signals.errors import UserError
from product_signals.public_tables import Ask

Row = dict[str, Any]

_WEEKS = 53
_HEAT_WEEKS = 26
_FEATURES = 20
_MOVERS = 8
_LEADS = 25
_SEGMENTS = 12
_MONTHS = 12

# Limits for one account's page.
_PEOPLE = 10
_OPEN_SIGNALS = 25
_TIMELINE = 25

_LIVE = "(lifecycle_stage is null or lifecycle_stage <> 'churned')"
# A trial may have an MRR of 0: then its worth is its deal size, too.
_UNPAID = "coalesce(mrr, 0) = 0"

_STATE = f"""
    select
        max(as_of_date) as as_of_date,
        count(*) as accounts,
        sum(case when {_LIVE} then 1 else 0 end) as live_accounts,
        sum(case when {_LIVE} then mrr end) as mrr,
        sum(case when {_LIVE} and {_UNPAID} then deal_size end) as deals
    from {{accounts}}
"""

_CHECKS = """
    select check_name, status, value, detail
    from {data_health}
    where
        check_name in ('received_rows', 'rejected_rows')
        or status in ('warn', 'error')
    order by check_name
"""

_GRADES = f"""
    select
        coalesce(health_grade, 'without a grade') as grade,
        min(health_grade_order) as place,
        count(*) as accounts,
        sum(mrr) as mrr,
        sum(case when {_UNPAID} then deal_size end) as deals
    from {{accounts}}
    where {_LIVE}
    group by coalesce(health_grade, 'without a grade')
    order by coalesce(min(health_grade_order), 99)
"""

_DAYS = """
    select distinct as_of_date as day
    from {segment_scores}
    where attribute = 'all'
    order by day desc
"""

_SEGMENT_SCORES = """
    select
        profile,
        attribute,
        value,
        accounts,
        active_users,
        mean_score,
        mean_score_change,
        mean_health_score,
        worst_grade_accounts,
        middle_grade_accounts,
        best_grade_accounts,
        activation_rate,
        adoption_rate
    from {segment_scores}
    where as_of_date = ?
    order by attribute, accounts desc, value
"""

_MAIN_PROFILE = f"""
    select profile, count(*) as accounts
    from {{accounts}}
    where {_LIVE} and profile is not null
    group by profile
    order by accounts desc, profile
    limit 1
"""

_REVENUE = f"""
    select
        month,
        is_complete,
        starting_mrr,
        new_mrr,
        reactivation_mrr,
        upsell_mrr,
        cross_sell_mrr,
        downsell_mrr,
        cancellation_mrr,
        other_mrr,
        ending_mrr,
        gross_retention_rate,
        net_retention_rate,
        logo_churn_rate
    from {{revenue_retention}}
    where attribute = 'all'
    order by month desc
    limit {_MONTHS}
"""

_HISTORY = f"""
    select
        as_of_date as day,
        coalesce(health_grade, 'without a grade') as grade,
        min(health_grade_order) as place,
        count(*) as accounts,
        sum(score) as score,
        count(score) as scores,
        sum(health_score) as health,
        count(health_score) as healths
    from {{{{accounts_daily}}}}
    where {_LIVE} and as_of_date in ({{days}})
    group by as_of_date, coalesce(health_grade, 'without a grade')
    order by as_of_date
"""

# Whether any account had the best grade that there is, on the days shown.
_BEST = """
    select max(best_grade_accounts) as accounts
    from {{segment_scores}}
    where attribute = 'all' and as_of_date in ({days})
"""

_ACTIVES = """
    select entity, activity_date as day, active_7d as active
    from {{activity_daily}}
    where activity_date in ({days})
    order by activity_date
"""

_FIRST_DAY = "select min(activity_date) as day from {activity_daily}"

_OPEN = """
    select
        count(*) as signals,
        sum(case when severity = 'info' then 1 else 0 end) as news,
        sum(case when opened_on > ? then 1 else 0 end) as opened
    from {signals}
    where is_open
"""

_SEVERITIES = """
    select
        severity,
        count(*) as signals,
        count(distinct account_id) as accounts
    from {work_list}
    group by severity
    order by
        case severity
            when 'critical' then 1
            when 'high' then 2
            when 'medium' then 3
            else 4
        end
"""

# Monthly revenue and one-off deal sizes are not added up. An account that left
# today is on the list, but its money is not that of a live one.
_BEHIND = f"""
    select
        count(*) as accounts,
        sum(case when {_LIVE} then accounts.mrr end) as mrr,
        sum(case when {_LIVE} and {_UNPAID} then accounts.deal_size end)
            as deals
    from (
        select distinct account_id from {{work_list}}
        where account_id is not null
    ) as listed
    left join {{accounts}} as accounts
        on listed.account_id = accounts.account_id
"""

_WORK = """
    with placed as (

        select
            *,
            min(priority) over (
                partition by
                    account_id,
                    case when entity = 'product' then 1 else 0 end
            ) as account_priority
        from {work_list}

    ),

    listed as (

        select
            *,
            dense_rank() over (order by account_priority) as card
        from placed

    )

    select
        listed.card,
        listed.account_id,
        listed.account_name,
        listed.entity,
        coalesce(
            nullif(listed.account_value, 0),
            accounts.deal_size,
            listed.account_value
        ) as account_value,
        listed.owner,
        listed.severity,
        listed.signal_name,
        coalesce(
            listed.user_name,
            users.full_name,
            users.email,
            listed.subject_id,
            case when listed.entity = 'user' then listed.entity_id end
        ) as subject,
        listed.opened_on,
        listed.reason,
        listed.now,
        listed.next_action,
        accounts.health_grade,
        accounts.health_grade_order,
        accounts.health_score,
        accounts.score
    from listed
    left join {accounts} as accounts
        on listed.account_id = accounts.account_id
    left join {users} as users
        on listed.subject_type = 'user' and listed.subject_id = users.user_id
    where listed.card <= ?
    order by listed.card, listed.priority
"""

# Only changes that can be seen in rounded figures: not 45 → 45, by 0.
_MOVED = f"""
    select
        account_id,
        account_name,
        profile,
        csm as owner,
        coalesce(nullif(mrr, 0), deal_size, mrr) as account_value,
        previous_score,
        score,
        score_change,
        change_days,
        behavior_change,
        health_grade,
        health_grade_order,
        health_score,
        health_change,
        health_reason
    from {{{{accounts}}}}
    where
        {_LIVE}
        and coalesce(behavior_change, score_change) {{sign}} 0
        and score_change {{sign}} 0
        and abs(coalesce(behavior_change, score_change)) > 0.5
        and floor(score) <> floor(previous_score)
    order by coalesce(behavior_change, score_change) {{order}}, account_id
    limit {_MOVERS}
"""

_COMPONENTS = """
    select
        entity_id as account_id,
        profile,
        event_name,
        points,
        previous_points,
        points_change
    from {{score_components}}
    where entity = 'account' and entity_id in ({accounts})
    order by points desc, points_change, event_name
"""

_FUNNEL = f"""
    select
        steps.checklist,
        steps.step_order,
        steps.step_name as step,
        count(*) as accounts,
        sum(case when steps.is_met then 1 else 0 end) as met,
        sum(case when steps.begins_on > ? then 1 else 0 end) as new_accounts,
        sum(
            case when steps.begins_on > ? and steps.is_met then 1 else 0 end
        ) as new_met
    from {{activation_steps}} as steps
    inner join {{activation}} as checklists
        on
            steps.checklist = checklists.checklist
            and steps.entity = checklists.entity
            and steps.entity_id = checklists.entity_id
            and checklists.is_main_checklist
    inner join {{accounts}} as accounts
        on steps.entity = 'account' and steps.entity_id = accounts.account_id
    where {_LIVE}
    group by steps.checklist, steps.step_order, steps.step_name
    order by steps.checklist, steps.step_order
"""

_USAGE = """
    select
        feature,
        feature_name,
        as_of_date as day,
        is_key,
        breadth,
        users,
        accounts,
        rank() over (
            partition by as_of_date
            order by case when rank is null then 1 else 0 end, rank
        ) as place
    from {{feature_usage}}
    where as_of_date in ({days})
    order by as_of_date, place
"""

_OPEN_LEADS = """
    select
        leads.account_id,
        leads.account_name,
        leads.owner,
        leads.pql_state,
        leads.state_since,
        leads.qualified_by,
        leads.qualified_on,
        leads.activation_rate,
        leads.score,
        leads.persona,
        leads.activation_band,
        leads.engagement_band,
        leads.communication_band,
        leads.nearest_persona,
        leads.differs_by,
        leads.action,
        leads.expected_value,
        leads.likelihood,
        leads.ended_trials,
        leads.converted_trials,
        leads.deal_size,
        leads.trial_ends_on,
        leads.contacted_on
    from {leads} as leads
    where leads.lead_rank is not null
    order by leads.lead_rank
"""

_FORECAST = """
    select month, owner, trials, trials_without_value, deal_size,
        expected_value, expected_value_low, expected_value_high
    from {forecast}
    order by case when month is null then 1 else 0 end, month, owner
"""

_ACCOUNTS = """
    select
        accounts.account_id,
        accounts.account_name,
        accounts.profile,
        accounts.lifecycle_stage,
        accounts.plan,
        accounts.tier,
        accounts.industry,
        accounts.region,
        accounts.mrr,
        accounts.deal_size,
        accounts.seats,
        accounts.csm as owner,
        accounts.score,
        accounts.score_band,
        accounts.previous_score,
        accounts.score_change,
        accounts.change_days,
        accounts.behavior_change,
        accounts.confidence,
        accounts.confidence_reason,
        accounts.health_score,
        accounts.health_change,
        accounts.health_grade,
        accounts.health_grade_order,
        accounts.health_reason,
        accounts.habit,
        accounts.known_active_users,
        accounts.known_users,
        accounts.activation_rate,
        accounts.adoption_rate,
        accounts.key_features,
        accounts.key_features_used,
        accounts.days_since_last_active,
        accounts.as_of_date + accounts.days_to_contract_end as contract_ends_on
    from {{accounts}} as accounts
    where accounts.account_id in ({accounts})
"""

_ACCOUNT_HISTORY = """
    select account_id, as_of_date as day, profile, score,
        health_score as health
    from {{accounts_daily}}
    where account_id in ({accounts}) and as_of_date in ({days})
    order by as_of_date
"""

_HEALTH = """
    select account_id, component, metric, metric_value, value, applied_weight,
        contribution
    from {{health_components}}
    where account_id in ({accounts}) and value is not null
    order by weight desc, component
"""

_USERS = f"""
    select *
    from (
        select
            account_id,
            user_id,
            full_name,
            email,
            role,
            score,
            trend,
            leads_account,
            days_since_last_active,
            row_number() over (
                partition by account_id
                order by coalesce(rank_in_account, 1000000000), user_id
            ) as place
        from {{{{users}}}}
        where
            account_id in ({{accounts}})
            and (
                deactivated_on is null
                or deactivated_on > {{days}}
            )
    ) as placed
    where place <= {_PEOPLE}
    order by place
"""

_ACCOUNT_FEATURES = """
    select account_id, feature_name, is_key, status, last_used_on,
        users_in_window
    from {{account_features}}
    where account_id in ({accounts})
    order by is_key desc, users_in_window desc, feature_name
"""

_SIGNALS = f"""
    select
        placed.account_id,
        placed.signal_name,
        placed.severity,
        coalesce(
            users.full_name, users.email, placed.subject_id, placed.about_user
        ) as subject,
        placed.opened_on,
        placed.priority,
        placed.reason,
        placed.now,
        placed.actions
    from (
        select
            *,
            case
                when entity = 'user' then entity_id
                when subject_type = 'user' then subject_id
            end as about_user,
            row_number() over (
                partition by account_id
                order by coalesce(priority, 1000000000), opened_on desc,
                    signal_id
            ) as place
        from {{{{signals}}}}
        where account_id in ({{accounts}}) and is_open
    ) as placed
    left join {{{{users}}}} as users
        on placed.about_user = users.user_id
    where placed.place <= {_OPEN_SIGNALS}
    order by placed.place
"""

_HAPPENED = f"""
    select account_id, happened_on as day, what_happened
    from {{{{account_timeline}}}}
    where account_id in ({{accounts}}) and place <= {_TIMELINE}
    order by place
"""


def gather(ask: Ask, most_accounts: int) -> Row:
    """Reads everything that the page says.

    Args:
        ask: The public tables.
        most_accounts: The most accounts of the work list to show.

    Returns:
        Facts by part of the page. A part is None if the project has switched
        its tables off.

    Raises:
        UserError: There is no account yet.
    """
    [state] = ask(_STATE)
    as_of = state["as_of_date"]
    if as_of is None:
        raise UserError(
            "product_signals__accounts has no row yet: the page is about"
            " accounts, and no account of your input has begun (without"
            " accounts, make every user one: docs/inputs.md)"
        )
    days = _weekly(
        [row["day"] for row in _optional(ask, _DAYS) or []] or [as_of]
    )
    work = _cards(ask(_WORK, most_accounts))
    moved = {
        name: ask(_MOVED.format(sign=sign, order=order))
        for name, sign, order in (("down", "<", "asc"), ("up", ">", "desc"))
    }
    leads = _optional(ask, _OPEN_LEADS)
    listed = [
        row["account_id"]
        for rows in (work, moved["down"], moved["up"], (leads or [])[:_LEADS])
        for row in rows
        if row["account_id"] is not None
    ]
    pages = _pages(ask, listed, days)
    for row in (*moved["down"], *moved["up"], *pages):
        row["since"] = row["change_days"] and as_of - timedelta(
            days=row["change_days"]
        )
    components = {row["account_id"]: row["components"] for row in pages}
    for row in (*moved["down"], *moved["up"]):
        row["moved_by"] = _moved_by(
            components[row["account_id"]], row["score_change"]
        )
    history = ask(_HISTORY.format(days=_marks(days)), *days)
    [behind] = ask(_BEHIND)
    [signals] = ask(_OPEN, as_of - timedelta(days=7))
    return {
        **_checks(ask),
        "state": state,
        "as_of": as_of,
        "days": days,
        "grades": ask(_GRADES),
        "history": history,
        "best_place": _best_place(ask, history, days),
        "actives": _actives(ask, as_of, days),
        "segments": _segments(ask, as_of),
        "most_segments": _SEGMENTS,
        "revenue": _optional(ask, _REVENUE) or [],
        "signals": signals,
        "severities": ask(_SEVERITIES),
        "behind": behind,
        "work": work,
        "moved": moved,
        "funnel": _optional(ask, _FUNNEL, *[as_of - timedelta(days=90)] * 2),
        "features": _features(ask, days[-_HEAT_WEEKS:]),
        "leads": leads,
        "forecast": _optional(ask, _FORECAST) or [],
        "most_leads": _LEADS,
        "pages": pages,
    }


def _optional(ask: Ask, query: str, *values: Any) -> list[Row] | None:
    """Reads a table; returns None if the project has switched it off."""
    try:
        return ask(query, *values)
    except UserError:
        return None


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))


def _of(
    ask: Ask, query: str, accounts: list[str], days: Iterable[date] = ()
) -> dict[str, list[Row]] | None:
    """Reads rows of some accounts, by account."""
    if not accounts:
        return {}
    accounts = sorted(set(accounts))
    days = list(days)
    rows = _optional(
        ask,
        query.format(accounts=_marks(accounts), days=_marks(days)),
        *accounts,
        *days,
    )
    if rows is None:
        return None
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["account_id"]].append(row)
    return found


def _weekly(days: list[date]) -> list[date]:
    """The newest day and earlier ones at least a week apart, oldest first."""
    kept = days[:1]
    for day in days:
        if (kept[-1] - day).days >= 7:
            kept.append(day)
    return kept[:_WEEKS][::-1]


def _best_place(ask: Ask, history: list[Row], days: list[date]) -> int | None:
    """The place of the best grade; None if no account had it."""
    places = [row["place"] for row in history if row["place"] is not None]
    rows = _optional(ask, _BEST.format(days=_marks(days)), *days)
    if rows and rows[0]["accounts"] == 0:
        return None
    return max(places, default=None)


def _checks(ask: Ask) -> Row:
    checks = _optional(ask, _CHECKS) or []
    values = {row["check_name"]: row["value"] for row in checks}
    return {
        "received": values.get("received_rows"),
        "rejected": values.get("rejected_rows"),
        "findings": [
            row for row in checks if row["status"] in ("warn", "error")
        ],
    }


def _actives(ask: Ask, as_of: date, days: list[date]) -> Row | None:
    """Who was active in the week up to each day, and up to a week ago.

    A week that began before the first event is not compared.
    """
    week_before = as_of - timedelta(days=7)
    wanted = sorted({*days, week_before})
    rows = _optional(ask, _ACTIVES.format(days=_marks(wanted)), *wanted)
    if rows is None:
        return None
    [first] = ask(_FIRST_DAY)
    active = {(row["entity"], row["day"]): row["active"] for row in rows}
    comparable = first["day"] and first["day"] <= week_before - timedelta(
        days=6
    )
    return {
        "now": {
            entity: active.get((entity[:-1], as_of))
            for entity in ("users", "accounts")
        },
        "before": {
            entity: active.get((entity[:-1], week_before))
            if comparable
            else None
            for entity in ("users", "accounts")
        },
        "history": [
            {
                "day": day,
                "users": active.get(("user", day), 0),
                "accounts": active.get(("account", day), 0),
            }
            for day in days
        ],
    }


def _segments(ask: Ask, as_of: date) -> dict[str, list[Row]] | None:
    """Segments by attribute, in the main profile of most accounts."""
    rows = _optional(ask, _SEGMENT_SCORES, as_of)
    if rows is None:
        return None
    main = [row["profile"] for row in ask(_MAIN_PROFILE)]
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["profile"] in main:
            found[row["attribute"]].append(row)
    return {name: values for name, values in found.items() if len(values) > 1}


def _cards(rows: list[Row]) -> list[Row]:
    """Groups the work list by account, each one's most urgent signal first."""
    cards = []
    for _, group in groupby(rows, itemgetter("card")):
        signals = list(group)
        cards.append({**signals[0], "signals": signals})
    return cards


def _moved_by(components: list[Row], change: Any) -> str:
    """Names the two events that moved a score most."""
    fell = change < 0
    parts = sorted(
        (
            row
            for row in components
            if row["points_change"] and (row["points_change"] < 0) == fell
        ),
        key=lambda row: -abs(row["points_change"]),
    )
    if not parts:
        return (
            "no event of its own fell: others gained"
            if fell
            else "no event of its own rose: others fell back"
        )
    return ", ".join(
        f"{row['event_name']} {_points(row['previous_points'])} →"
        f" {_points(row['points'])} points"
        for row in parts[:2]
    )


def _points(value: Any) -> str:
    return f"{float(value or 0):,.0f}"


def _features(ask: Ask, days: list[date]) -> list[Row] | None:
    """Weekly breadth of the features with the most points."""
    rows = _optional(ask, _USAGE.format(days=_marks(days)), *days)
    if rows is None:
        return None
    places = {
        row["feature"]: row["place"] for row in rows if row["day"] == days[-1]
    }
    return [
        {**row, "place": places[row["feature"]]}
        for row in rows
        if places.get(row["feature"], _FEATURES + 1) <= _FEATURES
    ]


def _pages(ask: Ask, listed: list[str], days: list[date]) -> list[Row]:
    """Gathers the facts about each account on a list, in its order."""
    accounts = _of(ask, _ACCOUNTS, listed) or {}
    components = _of(ask, _COMPONENTS, listed) or {}
    history = _of(ask, _ACCOUNT_HISTORY, listed, days) or {}
    health = _of(ask, _HEALTH, listed) or {}
    people = _of(ask, _USERS, listed, days[-1:]) or {}
    features = _of(ask, _ACCOUNT_FEATURES, listed) or {}
    signals = _of(ask, _SIGNALS, listed) or {}
    happened = _of(ask, _HAPPENED, listed)
    pages = []
    for account_id in dict.fromkeys(listed):
        if account_id not in accounts:
            continue  # gone from the input, though its signal is still there
        [account] = accounts[account_id]
        pages.append(
            {
                **account,
                "history": history.get(account_id, []),
                "health": health.get(account_id, []),
                "people": people.get(account_id, []),
                "features": features.get(account_id, []),
                "components": [
                    row
                    for row in components.get(account_id, [])
                    if row["profile"] == account["profile"]
                ],
                "open": signals.get(account_id, []),
                "timeline": happened and happened.get(account_id),
            }
        )
    return pages
