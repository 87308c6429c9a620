"""Public tables of made-up accounts for the page, without a build.

Account i of n is on the lists if i is odd, has the grade i mod 3 and a
recurring revenue of 10 × i, and has left if 10 divides i.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import yaml
from product_signals.package import package_root
from product_signals.sql import literal

AS_OF = date(2024, 6, 30)
# What somebody may call an account, and an id from another system.
NAMES = {
    1: '</script><script>alert("x")</script>',
    3: "<img src=x onerror=alert(1)> & Söhne \u202etxt",
    5: "   ",
    13: "Llanfair" * 15,
}
IDS = {7: 'id of/7?"#%'}

_ACCOUNT = """
    select
        coalesce(ids[i], 'a' || i) as account_id,
        coalesce(names[i], 'Account ' || i) as account_name,
        date '2024-06-30' as as_of_date,
        'engagement' as profile,
        case when i % 10 = 0 then 'churned' else 'adopted' end
            as lifecycle_stage,
        10.0 * i as mrr,
        case when i % 4 > 0 then 'Owner ' || i % 4 end as csm,
        (i * 37) % 101 as score,
        (i * 53) % 101 as previous_score,
        (i * 37) % 101 - (i * 53) % 101 as score_change,
        (i * 37) % 101 - (i * 53) % 101 as behavior_change,
        28 as change_days,
        ['high', 'medium'][i % 2 + 1] as confidence,
        case when i % 2 = 1 then 'few users or events' end
            as confidence_reason,
        ['red', 'yellow', 'green'][i % 3 + 1] as health_grade,
        i % 3 + 1 as health_grade_order,
        [20, 45, 80][i % 3 + 1] as health_score,
        'Habit pulls it down most: habit 12 %' as health_reason,
        5 as known_active_users,
        20 as known_users,
        timestamp '2023-01-15 10:00:00' as created_at
    from numbers
"""

_ROWS = {
    "accounts": _ACCOUNT,
    "accounts_daily": """
        select accounts.* exclude (
            change_days, confidence, confidence_reason
        ) replace (
            days.day as as_of_date,
            case when weeks < 20 then health_score end as health_score
        )
        from made_accounts as accounts
        cross join days
    """,
    "account_timeline": """
        select account_id, account_name,
            date '2024-06-27' - cast(n as integer) as happened_on,
            'account' as kind, 'thing ' || n as subject,
            'Thing ' || n || ' happened' as what_happened, n + 1 as place
        from made_accounts
        cross join range(30) as counted (n)
    """,
    "segment_scores": """
        select 'engagement' as profile, 'all' as attribute, 'all' as value,
            day as as_of_date, 36 as accounts
        from days
        union all by name
        select 'trial' as profile, 'all' as attribute, 'all' as value,
            date '2024-06-30' as as_of_date, 2 as accounts
        union all by name
        select profile, attribute, value, date '2024-06-30' as as_of_date,
            accounts, 7 as active_users, score as mean_score,
            -5 as mean_score_change, 80 as mean_health_score,
            1 as worst_grade_accounts, 2 as middle_grade_accounts,
            accounts - 3 as best_grade_accounts, 50 as activation_rate,
            null as adoption_rate
        from (values
            ('engagement', 'plan', 'small', 12, 30),
            ('engagement', 'plan', '<b>gold</b>', 24, 60.4),
            ('engagement', 'tier', 'unknown', 36, 50),
            ('trial', 'plan', 'small', 1, 10),
            ('trial', 'plan', 'gold', 1, 10)
        ) as segments (profile, attribute, value, accounts, score)
    """,
    "revenue_retention": """
        select month, 'all' as attribute, 'all' as value,
            month < date '2024-06-01' as is_complete, 1000 as starting_mrr,
            100.5 as new_mrr, 0 as reactivation_mrr, 50 as upsell_mrr,
            20 as cross_sell_mrr, 30 as downsell_mrr, 40 as cancellation_mrr,
            0 as other_mrr, 1100.5 as ending_mrr,
            95.4 as gross_retention_rate, 101.6 as net_retention_rate,
            null as logo_churn_rate
        from (
            select cast(
                date '2024-06-01' - to_months(cast(n as integer)) as date
            ) as month
            from range(20) as counted (n)
        ) as months
    """,
    "activity_daily": """
        select entity, day as activity_date, scale * (60 - weeks) as active_7d
        from days
        cross join (
            values ('user', 10), ('account', 1)
        ) as kinds (entity, scale)
        union all
        select 'user', date '2023-01-01', 1
    """,
    "data_health": """
        select *
        from (values
            ('received_rows', 'ok', 12345, null),
            ('rejected_rows', 'warn', 3, 'see <b>rejected_events</b>')
        ) as checks (check_name, status, value, detail)
    """,
    "users": """
        select account_id || '-u' || n as user_id, account_id,
            'User ' || n || ' of ' || account_name as full_name,
            n as rank_in_account, n = 1 as leads_account, 100 - n as score,
            'flat' as trend, n as days_since_last_active
        from made_accounts
        cross join range(1, 21) as counted (n)
    """,
    "signals": """
        select
            account_id || '-s' || n as signal_id,
            'quiet' as signal,
            case n when 1 then 'Gone quiet' else 'Something else' end
                as signal_name,
            'account' as entity, account_id as entity_id, account_id,
            case n when 1 then 'high' else 'info' end as severity,
            csm as owner,
            date '2024-06-28' - cast(n as integer) as opened_on,
            case when n = 3 then date '2024-06-27' end as closed_on,
            case when n = 3 then 'cleared' end as close_reason,
            n < 3 as is_open,
            case when n = 1 then i end as priority,
            mrr as account_value,
            'last active 30 days ago' as reason,
            'last active 33 days ago' as now,
            'success: Call them | sales: Wait' as actions
        from made_accounts
        inner join numbers
            on account_id = coalesce(ids[i], 'a' || i)
        cross join range(1, 4) as counted (n)
        where i % 2 = 1
    """,
    "work_list": """
        select signals.* exclude (is_open, closed_on, close_reason, actions),
            account_name, 'Call them' as next_action
        from made_signals as signals
        inner join made_accounts using (account_id)
        where priority is not null
    """,
    "score_components": """
        select 'engagement' as profile, 'account' as entity,
            account_id as entity_id, 'event_' || n as event_name,
            100 + n as points, 110 as previous_points, n - 10 as points_change
        from made_accounts
        cross join range(0, 20) as counted (n)
    """,
    "health_components": """
        select account_id, 'habit' as component, 'habit' as metric,
            12 as metric_value, 20 as value, 75 as weight,
            75 as applied_weight, 15 as contribution
        from made_accounts
    """,
    "account_features": """
        select account_id, 'f' || n as feature, 'Feature ' || n as feature_name,
            n < 3 as is_key, 'used' as status,
            date '2024-01-01' + cast(n as integer) as first_used_on,
            date '2024-06-01' as last_used_on, 20 - n as users_in_window
        from made_accounts
        cross join range(10) as counted (n)
    """,
    "feature_usage": """
        select 'f' || n as feature, 'Feature ' || n as feature_name,
            n < 3 as is_key, day as as_of_date, 7 as users, 5 as accounts,
            5 * n as breadth, n + 1 as rank
        from days
        cross join range(10) as counted (n)
    """,
    "activation": """
        select 'start' as checklist, 'account' as entity,
            account_id as entity_id, true as is_main_checklist
        from made_accounts
    """,
    "activation_steps": """
        select 'start' as checklist, 'account' as entity,
            account_id as entity_id, n as step_order, 'Step ' || n as step_name,
            date '2023-01-15' as begins_on, score > 30 * n as is_met,
            case when score > 30 * n then date '2023-02-01' end as met_on
        from made_accounts
        cross join range(1, 4) as counted (n)
    """,
    "leads": """
        select account_id, account_name,
            row_number() over (order by mrr) as lead_rank, csm as owner,
            'qualified' as pql_state, date '2024-06-20' as state_since,
            'activation 80 % ≥ 60 %' as qualified_by,
            date '2024-06-19' as qualified_on, 90 as activation_rate,
            30 as score, 4 as ended_trials, 3 as converted_trials,
            'golden_lead' as persona, 'high' as activation_band,
            'high' as engagement_band,
            'Make the offer today' as action, 0.5 * mrr as expected_value,
            0.5 as likelihood, mrr as deal_size,
            date '2024-07-10' as trial_ends_on
        from made_accounts
        where mrr <= 40
    """,
    "forecast": """
        select date '2024-07-01' as month, 'Ann' as owner, 3 as trials,
            1 as trials_without_value, 30 as deal_size, 15 as expected_value,
            10 as expected_value_low, 20 as expected_value_high
    """,
}


def write_portfolio(database: Path, accounts: int, weeks: int = 53) -> Path:
    """Writes the tables, with all columns of their contracts.

    Args:
        database: The DuckDB file to make.
        accounts: The number of accounts.
        weeks: The number of days of history, a week apart.
    """
    with duckdb.connect(str(database)) as connection:
        named, keyed = (
            "map {"
            + ", ".join(
                f"{key}: {literal(text)}" for key, text in texts.items()
            )
            + "}"
            for texts in (NAMES, IDS)
        )
        connection.execute(
            "create temporary table numbers as select cast(i as integer) as i,"
            f" {named} as names, {keyed} as ids"
            f" from range(1, {accounts + 1}) as counted (i)"
        )
        connection.execute(
            "create temporary table days as select date '2024-06-30'"
            " - 7 * cast(w as integer) as day, cast(w as integer) as weeks"
            f" from range({weeks}) as counted (w)"
        )
        for name, columns in _contracts().items():
            table = f"product_signals__{name}"
            connection.execute(f"create table {table} ({columns})")
            if name not in _ROWS:
                continue
            if name in ("accounts", "signals"):
                connection.execute(
                    f"create temporary table made_{name} as {_ROWS[name]}"
                )
                connection.execute(
                    f"insert into {table} by name from made_{name}"
                )
            else:
                connection.execute(f"insert into {table} by name {_ROWS[name]}")
    return database


def _contracts() -> dict[str, str]:
    """The public tables, with those that others are made from first."""
    tables = {}
    for file in (package_root() / "models").rglob("_*.yml"):
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", []):
            if model["name"].startswith("product_signals__"):
                tables[model["name"].removeprefix("product_signals__")] = (
                    ", ".join(
                        f'"{column["name"]}" {column["data_type"]}'
                        for column in model["columns"]
                    )
                )
    order = list(_ROWS)
    return {
        name: tables[name]
        for name in sorted(
            tables,
            key=lambda name: order.index(name) if name in order else 99,
        )
    }
