{# When an account's users last did something that qualifies, for every day. #}

with active_days as (

    select
        activity.account_id,
        {# What lies before the first scored day shows on that day. #}
        greatest(activity.event_date, scope.history_start) as date_day,
        max(activity.event_date) as active_on,
        max(activity.last_occurred_at) as active_at
    from {{ ref('int_product_signals__daily_activity') }} as activity
    cross join {{ ref('int_product_signals__scope') }} as scope
    where activity.is_activity and activity.account_id is not null
    group by
        activity.account_id,
        greatest(activity.event_date, scope.history_start)

)

select
    account_days.account_id,
    account_days.date_day,
    max(active_days.active_on) over (
        partition by account_days.account_id
        order by account_days.date_day rows unbounded preceding
    ) as last_active_on,
    max(active_days.active_at) over (
        partition by account_days.account_id
        order by account_days.date_day rows unbounded preceding
    ) as last_active_at
from {{ ref('int_product_signals__account_days') }} as account_days
left join active_days
    on
        account_days.account_id = active_days.account_id
        and account_days.date_day = active_days.date_day
