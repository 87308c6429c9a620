{# Counted events by day, user, account, event. #}
{{ product_signals.incremental_by_day('event_date') }}
{% do product_signals.announce_rebuild() %}

with event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

daily_events as (

    select * from {{ ref('int_product_signals__daily_events') }}
    where {{ product_signals.in_rebuild('event_date') }}

),

counted as (

    select
        daily_events.event_date,
        daily_events.user_id,
        {{ product_signals.event_account('daily_events') }} as account_id,
        daily_events.event_name,
        daily_events.event_count,
        case
            when daily_events.actor_type = 'agent'
                then daily_events.event_count
            else 0
        end as agent_event_count,
        daily_events.event_value,
        daily_events.first_occurred_at,
        daily_events.last_occurred_at
    from daily_events
    {{ product_signals.only_counted('daily_events') }}

),

daily_activity as (

    select
        event_date,
        user_id,
        account_id,
        event_name,
        sum(event_count) as event_count,
        sum(agent_event_count) as agent_event_count,
        sum(event_value) as event_value,
        min(first_occurred_at) as first_occurred_at,
        max(last_occurred_at) as last_occurred_at
    from counted
    group by event_date, user_id, account_id, event_name

)

select
    daily_activity.event_date,
    daily_activity.user_id,
    daily_activity.account_id,
    daily_activity.event_name,
    event_catalog.feature,
    coalesce(event_catalog.counts_as_activity, false) as is_activity,
    daily_activity.event_count,
    daily_activity.agent_event_count,
    daily_activity.event_value,
    daily_activity.first_occurred_at,
    daily_activity.last_occurred_at
from daily_activity
left join event_catalog
    on daily_activity.event_name = event_catalog.event_name
