{#
    The weeks and months in which a user or an account was active, up to the
    latest date, each with the one before in which it was.
#}

with activity as (

    select
        activity.user_id,
        activity.account_id,
        {{ product_signals.week_start('activity.event_date') }} as week,
        {{ product_signals.month_start('activity.event_date') }} as month,
        min(activity.event_date) as first_active_on
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join {{ ref('int_product_signals__scope') }} as scope
        on activity.event_date <= scope.as_of_date
    where activity.is_activity
    group by
        activity.user_id,
        activity.account_id,
        {{ product_signals.week_start('activity.event_date') }},
        {{ product_signals.month_start('activity.event_date') }}

),

{% for period in ['week', 'month'] -%}
active_{{ period }}s as (

    select
        'user' as entity,
        user_id as entity_id,
        '{{ period }}' as period,
        {{ period }} as period_start,
        min(first_active_on) as first_active_on
    from activity
    group by user_id, {{ period }}

    union all

    select
        'account' as entity,
        account_id as entity_id,
        '{{ period }}' as period,
        {{ period }} as period_start,
        min(first_active_on) as first_active_on
    from activity
    where account_id is not null
    group by account_id, {{ period }}

),

{% endfor -%}
active_periods as (

    select * from active_weeks

    union all

    select * from active_months

)

select
    *,
    lag(period_start) over (
        partition by entity, entity_id, period order by period_start
    ) as previous_start
from active_periods
