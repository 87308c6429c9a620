{#
    One row: the first and the last day that is scored.

    The last day is the latest one with an event that counts and that is over
    in the variable timezone; a day still going on would look like a drop.
#}
{% set today = product_signals.run_date() %}

with counted as (

    select daily_events.event_date
    from {{ ref('int_product_signals__daily_events') }} as daily_events
    left join {{ ref('stg_product_signals__users') }} as users
        on daily_events.user_id = users.user_id
    where
        {{ product_signals.actor_counts('daily_events.actor_type') }}
        and daily_events.event_count > 0
        and not coalesce(users.is_internal, false)
        and daily_events.event_date < cast('{{ today }}' as date)

),

last_day as (

    select
        {% if var('as_of_date') -%}
        cast('{{ var("as_of_date") }}' as date) as as_of_date
        {%- else -%}
        coalesce(max(event_date), cast('{{ today }}' as date) - 1)
            as as_of_date
        from counted
        {%- endif %}

),

first_day as (

    select
        {% if var('history_start') -%}
        cast('{{ var("history_start") }}' as date) as history_start
        {%- else -%}
        min(event_date) as history_start
        from {{ ref('int_product_signals__daily_events') }}
        {%- endif %}

)

select
    last_day.as_of_date,
    least(
        coalesce(first_day.history_start, last_day.as_of_date),
        last_day.as_of_date
    ) as history_start
from last_day
cross join first_day
