"""Questions of a BI engineer, each a select without window functions (K5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """A question that the trial example answers.

    Attributes:
        select: The query.
        grain: Columns that identify a row of the answer.
        makes_sense: Whether the answer can be right.
    """

    select: str
    grain: tuple[str, ...]
    makes_sense: Callable[[Rows], bool]


def falling(rows: Rows, column: str) -> bool:
    """Whether no row has a higher value than the one before."""
    values = [row[column] for row in rows]
    return values == sorted(values, reverse=True)


def rates(rows: Rows, column: str) -> bool:
    """Whether a column has percentages that are not all the same."""
    values = {row[column] for row in rows} - {None}
    return len(values) > 1 and all(0 <= value <= 100 for value in values)


QUESTIONS = {
    "How many users and accounts are active weekly?": Question(
        """
        select entity, activity_date, active_7d
        from product_signals__activity_daily
        where activity_date >= date '2025-07-01'
        order by entity, activity_date
        """,
        ("entity", "activity_date"),
        lambda rows: all(row["active_7d"] > 10 for row in rows),
    ),
    "How did the mean score develop, month by month?": Question(
        """
        select
            extract(year from as_of_date) as year,
            extract(month from as_of_date) as month,
            avg(score) as mean_score
        from product_signals__accounts_daily
        group by 1, 2
        """,
        ("year", "month"),
        lambda rows: len(rows) >= 8 and rates(rows, "mean_score"),
    ),
    "Do newer cohorts activate faster?": Question(
        """
        select signup_month, activated_rate_30d, median_days_to_activation
        from product_signals__activation_cohorts
        where attribute = 'all' and checklist = 'trial'
        order by signup_month
        """,
        ("signup_month",),
        lambda rows: len(rows) >= 8 and rates(rows, "activated_rate_30d"),
    ),
    "At which step do sign-ups of a year stop?": Question(
        """
        select
            extract(year from begins_on) as year,
            step_order,
            step_name,
            100.0 * count(met_on) / count(*) as step_rate
        from product_signals__activation_steps
        where entity = 'account' and checklist = 'trial'
        group by 1, 2, 3
        order by 1, 2
        """,
        ("year", "step_order"),
        lambda rows: rates(rows, "step_rate"),
    ),
    "How many signals are open, the most severe first?": Question(
        """
        select severity_order, severity, count(*) as signals
        from product_signals__signals
        where is_open
        group by severity_order, severity
        order by severity_order
        """,
        ("severity",),
        lambda rows: (
            [row["severity"] for row in rows]
            == ["critical", "high", "medium", "low", "info"]
        ),
    ),
    "How well are accounts, by plan?": Question(
        """
        select plan, count(*) as accounts, avg(health_score) as mean_health
        from product_signals__accounts
        where lifecycle_stage <> 'churned'
        group by plan
        """,
        ("plan",),
        lambda rows: len(rows) > 2 and rates(rows, "mean_health"),
    ),
    "Whose trials have qualified, and what will they bring?": Question(
        """
        select owner, count(*) as pqls, sum(expected_value) as expected_value
        from product_signals__leads
        where trial_outcome = 'open' and pql_state in ('qualified', 'overdue')
        group by owner
        """,
        ("owner",),
        lambda rows: sum(row["pqls"] for row in rows) == 6,
    ),
    "What happened in the product, by event and day?": Question(
        """
        select activity_date, event_name, events, users
        from product_signals__daily_events
        where event_name = 'created_task'
        order by activity_date
        """,
        ("activity_date",),
        lambda rows: (
            len(rows) > 200
            and all(row["events"] >= row["users"] >= 1 for row in rows)
        ),
    ),
    "Which features do most accounts use?": Question(
        """
        select feature_name, breadth
        from product_signals__feature_usage
        where as_of_date = date '2025-09-30'
        order by breadth desc
        """,
        ("feature_name",),
        lambda rows: rates(rows, "breadth") and falling(rows, "breadth"),
    ),
    "Which key features do paying accounts not use?": Question(
        """
        select accounts.account_name, features.feature_name, features.status
        from product_signals__account_features as features
        inner join product_signals__accounts as accounts
            on features.account_id = accounts.account_id
        where
            features.is_key
            and features.status in ('lapsed', 'never')
            and accounts.lifecycle_stage <> 'churned'
        """,
        ("account_name", "feature_name"),
        lambda rows: {row["status"] for row in rows} == {"lapsed", "never"},
    ),
    "How many accounts are in each band of the score, lowest first?": Question(
        """
        select score_band, score_band_order, count(*) as accounts
        from product_signals__accounts
        where lifecycle_stage <> 'churned' and score_band is not null
        group by score_band, score_band_order
        order by score_band_order
        """,
        ("score_band",),
        lambda rows: (
            [row["score_band"] for row in rows]
            == ["inactive", "low", "medium", "high"]
        ),
    ),
    "Do we grow by new users, or by keeping them?": Question(
        """
        select period_start, new_count, retained_count, resurrected_count,
            lost_count, active_count
        from product_signals__growth
        where entity = 'user' and period = 'month' and is_complete
        order by period_start
        """,
        ("period_start",),
        lambda rows: (
            len(rows) >= 6
            and all(
                row["active_count"]
                == row["new_count"]
                + row["retained_count"]
                + row["resurrected_count"]
                for row in rows
            )
        ),
    ),
    "Who is still here so many months later?": Question(
        """
        select cohort_month, months_since, size, rate
        from product_signals__retention
        where entity = 'account' and attribute = 'all' and is_complete
        order by cohort_month, months_since
        """,
        ("cohort_month", "months_since"),
        lambda rows: (
            rates(rows, "rate")
            and all(
                row["rate"] == 100 for row in rows if not row["months_since"]
            )
        ),
    ),
    "What happened to an account, newest first?": Question(
        """
        select place, happened_on, kind, what_happened
        from product_signals__account_timeline
        where account_name = 'Hartwell Logistics'
        order by place
        """,
        ("place",),
        lambda rows: (
            falling(rows, "happened_on")
            and rows[0]["kind"] == "signal_opened"
            and "Signed up" in {row["what_happened"] for row in rows}
        ),
    ),
    "How much money is at risk, and of how many accounts?": Question(
        """
        select health_grade_order, health_grade, count(*) as accounts,
            sum(mrr) as mrr
        from product_signals__accounts
        where lifecycle_stage <> 'churned' and health_grade is not null
        group by health_grade_order, health_grade
        order by health_grade_order
        """,
        ("health_grade",),
        lambda rows: (
            [row["health_grade"] for row in rows] == ["red", "yellow", "green"]
            and rows[-1]["mrr"] > 0
        ),
    ),
    "Why should we look at an account?": Question(
        """
        select account_name, mrr, top_reasons
        from product_signals__accounts
        where top_reasons is not null
        order by mrr desc
        """,
        ("account_name",),
        lambda rows: (
            len(rows) > 10
            and all(row["top_reasons"].count(" | ") <= 2 for row in rows)
        ),
    ),
    "What is the work of each owner?": Question(
        """
        select owner, severity_order, severity, count(*) as signals
        from product_signals__work_list
        group by owner, severity_order, severity
        order by owner, severity_order
        """,
        ("owner", "severity"),
        lambda rows: "info" not in {row["severity"] for row in rows},
    ),
    "What do open trials bring, by month?": Question(
        """
        select month, sum(expected_value) as expected_value
        from product_signals__forecast
        group by month
        """,
        ("month",),
        lambda rows: sum(row["expected_value"] for row in rows) > 0,
    ),
    "How much recurring revenue do we keep?": Question(
        """
        select month, gross_retention_rate, net_retention_rate
        from product_signals__revenue_retention
        where attribute = 'all'
        order by month
        """,
        ("month",),
        lambda rows: rates(rows, "gross_retention_rate"),
    ),
    "How many users of each plan are active weekly?": Question(
        """
        select as_of_date, value as plan, active_users as active_7d
        from product_signals__segment_scores
        where profile = 'pulse' and attribute = 'plan'
        order by as_of_date desc, value
        """,
        ("as_of_date", "plan"),
        # Counted from the events for 30 September.
        lambda rows: [row["active_7d"] for row in rows[:4]] == [36, 9, 1, 67],
    ),
    "Which key features does each plan use?": Question(
        """
        select accounts.plan, features.feature_name,
            100.0 * count(case when features.status = 'used' then 1 end)
            / count(*) as use_rate
        from product_signals__account_features as features
        inner join product_signals__accounts as accounts
            on features.account_id = accounts.account_id
        where
            features.is_key
            and features.is_entitled
            and accounts.lifecycle_stage <> 'churned'
        group by accounts.plan, features.feature_name
        """,
        ("plan", "feature_name"),
        lambda rows: rates(rows, "use_rate"),
    ),
    "How long does it take to first value, by sign-up?": Question(
        """
        select
            extract(year from accounts.created_at) as year,
            extract(month from accounts.created_at) as month,
            avg(activation.minutes_to_first_value) / 60 as hours
        from product_signals__activation as activation
        inner join product_signals__accounts as accounts
            on activation.entity_id = accounts.account_id
        where
            activation.entity = 'account'
            and activation.checklist = 'onboarding'
        group by 1, 2
        order by 1, 2
        """,
        ("year", "month"),
        # It is unknown for those who signed up before the events begin.
        lambda rows: all(
            (row["hours"] is None) == ((row["year"], row["month"]) < (2025, 2))
            for row in rows
        ),
    ),
    "Who are the champions of accounts in red?": Question(
        """
        select accounts.account_name, users.full_name, users.email
        from product_signals__audiences as audiences
        inner join product_signals__accounts as accounts
            on audiences.account_id = accounts.account_id
        inner join product_signals__users as users
            on audiences.member_id = users.user_id
        where
            audiences.audience = 'champions'
            and audiences.left_on is null
            and accounts.health_grade = 'red'
        """,
        ("account_name", "full_name"),
        lambda rows: (
            ("Corvid Studios", "Tara Jansen")
            in {(row["account_name"], row["full_name"]) for row in rows}
        ),
    ),
    "How many trials qualified in a month, and how many were won?": Question(
        """
        select
            extract(year from qualified_on) as year,
            extract(month from qualified_on) as month,
            count(*) as pqls,
            count(case when trial_outcome = 'converted' then 1 end) as won
        from product_signals__leads
        where qualified_on is not null
        group by 1, 2
        order by 1, 2
        """,
        ("year", "month"),
        lambda rows: (
            [(row["pqls"], row["won"]) for row in rows][-2:] == [(1, 0), (5, 0)]
        ),
    ),
    "What made recurring revenue move in a quarter?": Question(
        """
        select
            extract(year from month) as year,
            extract(quarter from month) as quarter,
            sum(cancellation_mrr) as cancelled,
            sum(downsell_mrr) as downsold,
            sum(upsell_mrr) as upsold,
            sum(cross_sell_mrr) as cross_sold,
            sum(new_mrr) as new,
            sum(reactivation_mrr) as back,
            sum(other_mrr) as other,
            sum(ending_mrr - starting_mrr) as moved
        from product_signals__revenue_retention
        where attribute = 'all'
        group by 1, 2
        order by 1, 2
        """,
        ("year", "quarter"),
        # The parts add up to the whole, without duplicates.
        lambda rows: (
            rows[-1]["cancelled"] == 4910
            and all(
                row["moved"]
                == row["upsold"]
                + row["cross_sold"]
                + row["new"]
                + row["back"]
                + row["other"]
                - row["cancelled"]
                - row["downsold"]
                for row in rows
            )
        ),
    ),
    "What may each owner expect of open trials?": Question(
        """
        select owner, sum(trials) as trials,
            sum(expected_value) as expected_value
        from product_signals__forecast
        group by owner
        """,
        ("owner",),
        lambda rows: (
            sum(row["trials"] for row in rows) == 14
            and "unassigned" in {row["owner"] for row in rows}
        ),
    ),
}

# Queries that must find nothing.
PROPERTIES = {
    "a timeline has places without gaps, the newest first": """
        select *
        from product_signals__account_timeline as later
        left join product_signals__account_timeline as earlier
            on later.account_id = earlier.account_id
            and later.place = earlier.place + 1
        where (later.place > 1 and earlier.place is null)
            or later.happened_on > earlier.happened_on
    """,
    "nothing in a timeline is to come, or is no account's": """
        select * from product_signals__account_timeline as timeline
        left join product_signals__accounts as accounts
            on timeline.account_id = accounts.account_id
        where accounts.account_id is null
            or timeline.happened_on > accounts.as_of_date
            or timeline.what_happened is null
    """,
    "no feature is lost once the account has left (M2)": """
        select * from product_signals__account_timeline as timeline
        inner join product_signals__accounts as accounts
            on timeline.account_id = accounts.account_id
        where timeline.kind = 'feature_lost'
            and timeline.happened_on >= cast(accounts.cancelled_at as date)
    """,
    "nobody on trial is called a customer (J2, J4)": """
        select * from product_signals__audiences as audiences
        inner join product_signals__accounts as accounts
            on audiences.member_id = accounts.account_id
        where accounts.lifecycle_stage = 'trial'
            and audiences.reason like '%customer%'
    """,
    "a CRM has the state of leads that are open or won (K3, G1)": """
        select * from product_signals__leads as leads
        inner join product_signals__crm_accounts as crm_accounts
            on leads.account_id = crm_accounts.account_id
        where crm_accounts.lead_state is distinct from case
            when leads.trial_outcome in ('open', 'converted')
                then leads.pql_state
            end
    """,
    "a signal that is work has opened in the timeline": """
        select * from product_signals__work_list as work_list
        left join product_signals__account_timeline as timeline
            on work_list.signal_id = timeline.subject
            and timeline.kind = 'signal_opened'
        where work_list.account_id is not null
            and timeline.happened_on is distinct from work_list.opened_on
    """,
    "figures in a timeline are of its day, or name theirs": """
        select * from product_signals__account_timeline as timeline
        inner join product_signals__signals as signals
            on timeline.subject = signals.signal_id
        where timeline.kind = 'signal_opened'
            and not ends_with(timeline.what_happened, replace(
                signals.reason,
                'On ' || strftime(signals.opened_on, '%-d %B %Y') || ': ',
                ''
            ))
    """,
    "who is in an account has joined it, and not left since": """
        select * from product_signals__users as users
        left join (
            select user_id, account_id,
                sum(case kind when 'person_joined' then 1 else -1 end)
                    as stays
            from product_signals__account_timeline
            where kind in ('person_joined', 'person_left')
            group by user_id, account_id
        ) as people
            on users.user_id = people.user_id
            and users.account_id = people.account_id
        where users.account_id is not null
            and people.stays is distinct from case
                when users.deactivated_at < users.as_of_date + 1 then 0
                else 1
            end
    """,
    "the bands of a timeline end where the account is": """
        select * from product_signals__accounts as accounts
        inner join (
            select account_id, kind, max_by(subject, happened_on) as band
            from product_signals__account_timeline
            where kind in ('score_band', 'health_grade')
            group by account_id, kind
        ) as bands
            on accounts.account_id = bands.account_id
        where accounts.lifecycle_stage <> 'churned'
            and bands.band <> case bands.kind
                when 'score_band' then accounts.score_band
                else accounts.health_grade
            end
    """,
    "nobody who did something active is missing in the active of the day": """
        select * from product_signals__daily_events as events
        inner join product_signals__activity_daily as active
            on events.activity_date = active.activity_date
        where events.is_activity
            and case active.entity
                when 'user' then events.users else events.accounts
            end > active.active_1d
    """,
    "a band has its place, the same wherever it stands": """
        select 'score' as metric, score_band, count(distinct score_band_order)
        from (
            select score_band, score_band_order from product_signals__users
            union all
            select score_band, score_band_order from product_signals__accounts
            union all
            select score_band, score_band_order
            from product_signals__user_scores
            union all
            select score_band, score_band_order
            from product_signals__account_scores
            union all
            select engagement_band, engagement_band_order
            from product_signals__leads
        ) as bands
        group by score_band
        having count(distinct score_band_order) <> count(distinct score_band)
    """,
    "top reasons are of accounts with something to do": """
        select * from product_signals__accounts as accounts
        left join (
            select account_id, min(priority) as priority
            from product_signals__work_list
            group by account_id
        ) as work
            on accounts.account_id = work.account_id
        left join product_signals__signals as signals
            on work.priority = signals.priority
        where (accounts.top_reasons is null) <> (work.priority is null)
            or not starts_with(
                accounts.top_reasons,
                signals.signal_name || ': ' || signals.reason
            )
    """,
    "an account's key features are those of its features (D2, D3, D5)": """
        select * from product_signals__accounts as accounts
        inner join (
            select
                account_id,
                count(*) as available,
                sum(case when status = 'used' then 1 else 0 end) as used
            from product_signals__account_features
            where is_key and is_entitled
            group by account_id
        ) as features
            on accounts.account_id = features.account_id
        where accounts.key_features <> features.available
            or accounts.key_features_used <> features.used
    """,
    "cohorts of all ages add up to who is active in a month (J5)": """
        select * from (
            select
                entity,
                12 * extract(year from cohort_month)
                + extract(month from cohort_month) + months_since as month,
                sum(retained) as retained
            from product_signals__retention
            where attribute = 'all'
            group by 1, 2
        ) as cohorts
        inner join product_signals__growth as growth
            on cohorts.entity = growth.entity
            and cohorts.month = 12 * extract(year from growth.period_start)
            + extract(month from growth.period_start)
            and growth.period = 'month'
        where cohorts.retained <> growth.active_count
    """,
    "a week's active users are those of its last day": """
        select * from product_signals__growth as growth
        inner join product_signals__activity_daily as active
            on growth.entity = active.entity
            and growth.period_start + 6 = active.activity_date
        where growth.period = 'week'
            and growth.active_count <> active.active_7d
    """,
    "a score slopes over twelve weeks of one profile (C10)": """
        select * from (
            select
                score_slope,
                count(*) over weeks as days,
                count(distinct profile) over weeks as profiles,
                7 * regr_slope(
                    score, as_of_date - date '2025-01-01'
                ) over weeks as slope
            from product_signals__accounts_daily
            window weeks as (
                partition by account_id order by as_of_date
                range between interval 83 days preceding and current row
            )
        )
        where (days = 84 and profiles = 1) <> (score_slope is not null)
            or abs(score_slope - slope) > 0.00501
    """,
    "a month is compared with a full one only (B4)": """
        select * from product_signals__activity_daily
        where (active_30d_previous is null) <> (activity_date < (
            select min(activity_date) + 59 from product_signals__activity_daily
        ))
    """,
    "a forecast is of all open trials (G5)": """
        select * from (
            select sum(trials) as trials, sum(expected_value) as expected_value
            from product_signals__forecast
        ) as forecast
        full join (
            select count(*) as trials, sum(expected_value) as expected_value
            from product_signals__leads
            where trial_outcome = 'open'
        ) as leads
            on forecast.trials = leads.trials
            and forecast.expected_value = leads.expected_value
        where forecast.trials is null or leads.trials is null
    """,
    "what an open signal says of now is what accounts have (M12)": """
        select * from product_signals__signal_evidence as evidence
        inner join product_signals__signals as signals
            on evidence.signal_id = signals.signal_id
            and signals.entity = 'account'
            and signals.kind = 'state'
            and signals.is_open
        inner join product_signals__accounts as accounts
            on signals.entity_id = accounts.account_id
        where case evidence.metric
            when 'active_users' then accounts.active_users
            when 'days_since_last_active' then accounts.days_since_last_active
            when 'habit' then accounts.habit
            when 'health_score' then accounts.health_score
            when 'known_active_rate' then accounts.known_active_rate
            when 'score' then accounts.score
            when 'seats_used_rate' then accounts.seats_used_rate
        end <> case
            when evidence.metric in (
                'active_users', 'days_since_last_active', 'habit',
                'health_score', 'known_active_rate', 'score', 'seats_used_rate'
            )
            then cast(evidence.observed_now as double precision)
        end
    """,
}
