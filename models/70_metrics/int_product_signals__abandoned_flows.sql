{#
    Flows that a user abandoned, and help that led to nothing, on the day on
    which the time for it ran out: the band abandoned of flow_days.

    A user who has completed a flow knows it and can't abandon it any more.
    Help is needed each time it is opened.
#}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}
{% set abandoned_after = product_signals.band_begins(
    'flow_days', 'abandoned'
) %}

with event_catalog as (

    {{ product_signals.seed('event_catalog') }}

),

{# A flow's step 0 is its help page, the highest one its end. #}
flow_ends as (

    select
        flow,
        max(flow_step) as last_step
    from event_catalog
    where flow is not null
    group by flow
    having max(flow_step) > 0

),

flow_days as (

    select
        daily_activity.user_id,
        flow_ends.flow,
        daily_activity.event_date,
        event_catalog.flow_step = 0 as is_help,
        event_catalog.flow_step = flow_ends.last_step as is_end
    from {{ ref('int_product_signals__daily_activity') }}
        as daily_activity
    inner join event_catalog
        on daily_activity.event_name = event_catalog.event_name
    inner join flow_ends
        on event_catalog.flow = flow_ends.flow
    where event_catalog.flow_step is not null

),

flow_user_days as (

    select
        user_id,
        flow,
        event_date,
        is_help,
        lead(event_date) over (
            partition by user_id, flow, is_help order by event_date
        ) as next_date
    from flow_days
    group by user_id, flow, event_date, is_help

),

first_ends as (

    select
        user_id,
        flow,
        min(event_date) as ended_on
    from flow_days
    where is_end
    group by user_id, flow

)

select
    flow_user_days.user_id,
    flow_user_days.flow,
    flow_user_days.is_help,
    flow_user_days.event_date + {{ abandoned_after }} as date_day
from flow_user_days
left join first_ends
    on
        flow_user_days.user_id = first_ends.user_id
        and flow_user_days.flow = first_ends.flow
left join flow_days as later_ends
    on
        flow_user_days.is_help
        and later_ends.is_end
        and flow_user_days.user_id = later_ends.user_id
        and flow_user_days.flow = later_ends.flow
        and later_ends.event_date >= flow_user_days.event_date
        and later_ends.event_date
        <= flow_user_days.event_date + {{ abandoned_after }}
where
    (
        flow_user_days.next_date is null
        or flow_user_days.next_date
        > flow_user_days.event_date + {{ abandoned_after }}
    )
    and later_ends.user_id is null
    and (
        flow_user_days.is_help
        or first_ends.ended_on is null
        or first_ends.ended_on
        > flow_user_days.event_date + {{ abandoned_after }}
    )
