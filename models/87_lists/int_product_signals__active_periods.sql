{#
    The weeks and months in which a user or an account was active, up to the
    latest date, each with the one before in which it was.
#}

with activity as (

    select distinct
        activity.user_id,
        activity.account_id,
        activity.event_date
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join {{ ref('int_product_signals__scope') }} as scope
        on activity.event_date <= scope.as_of_date
    where activity.is_activity

),

active_days as (

    select
        'user' as entity,
        user_id as entity_id,
        event_date
    from activity

    union all

    select distinct
        'account' as entity,
        account_id as entity_id,
        event_date
    from activity
    where account_id is not null

),

days_of_periods as (

    select
        *,
        'week' as period,
        {{ product_signals.week_start('event_date') }} as period_start
    from active_days

    union all

    select
        *,
        'month' as period,
        {{ product_signals.month_start('event_date') }} as period_start
    from active_days

),

active_periods as (

    select
        entity,
        entity_id,
        period,
        period_start,
        min(event_date) as first_active_on
    from days_of_periods
    group by entity, entity_id, period, period_start

)

select
    *,
    lag(period_start) over (
        partition by entity, entity_id, period order by period_start
    ) as previous_start
from active_periods
