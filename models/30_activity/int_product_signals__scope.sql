{#
    One row: the first and last scored days, the day from which this run
    rebuilds, and why.

    The last day is the latest one with events that count and that is over in
    the variable timezone; an unfinished day would look like a drop. Before any
    event counts it is yesterday, a guess that later runs must not depend on.

    is_delivered   whether CRMs, teams and lists learn of the day: not before
                   any event counts, nor from a run that tries out the models
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__known_inputs') }}
{% do product_signals.refuse_unlogged() %}
{% set today = product_signals.run_date() %}
{% set first_day = product_signals.first_day() %}

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

last_days as (

    select
        {% if var('as_of_date') -%}
        cast('{{ var("as_of_date") }}' as date) as as_of_date
        {%- else -%}
        coalesce(max(event_date), cast('{{ today }}' as date) - 1)
            as as_of_date
        from counted
        {%- endif %}

),

first_days as (

    select
        {% if var('history_start') -%}
        cast('{{ var("history_start") }}' as date) as history_start
        {%- else -%}
        min(event_date) as history_start
        from {{ ref('int_product_signals__daily_events') }}
        {%- endif %}

),

days as (

    select
        last_days.as_of_date,
        least(
            coalesce(first_days.history_start, last_days.as_of_date),
            last_days.as_of_date
        ) as history_start
    from last_days
    cross join first_days

),

loaded as (

    select min(event_date) as event_date
    from {{ ref('int_product_signals__loaded_days') }}

),

this_run as (

    select * from {{ ref('int_product_signals__runs') }}
    order by
        case when run_id = '{{ invocation_id }}' then 0 else 1 end,
        run_number desc
    limit 1

),

causes as (

    select
        {% if var('max_rebuild_days') -%}
        {# A change to all days is never limited. #}
        case
            when this_run.rebuild_from = {{ first_day }} then {{ first_day }}
            else greatest(
                this_run.rebuild_from,
                this_run.earliest_as_of_date - {{ var('max_rebuild_days') }}
            )
        end
        {%- else -%}
        this_run.rebuild_from
        {%- endif %} as rebuild_from,
        this_run.rebuild_reason as reason,
        2 as place
    from this_run

    union all

    select
        event_date as rebuild_from,
        {% if product_signals.has_column('events', 'loaded_at') -%}
        'events of ' || cast(event_date as text) as reason,
        {%- else -%}
        'the last {{ var("lookback_days") }} days again, since the events have'
        || ' no loaded_at' as reason,
        {%- endif %}
        3 as place
    from loaded
    where event_date is not null

    union all

    select
        as_of_date as rebuild_from,
        'as_of_date is ' || cast(as_of_date as text) as reason,
        4 as place
    from days

    union all

    select
        {{ first_day }} as rebuild_from,
        'history begins on ' || cast(days.history_start as text) as reason,
        1 as place
    from days
    cross join this_run
    where
        days.history_start <> this_run.earliest_history_start
        or days.history_start <> this_run.latest_history_start

),

first_cause as (

    select
        rebuild_from,
        reason
    from causes
    order by rebuild_from, place
    limit 1

)

select
    days.as_of_date,
    days.history_start,
    {{ 'true' if product_signals.is_real() else 'false' }}
    and coalesce(
        (select min(event_date) from counted) <= days.as_of_date, false
    ) as is_delivered,
    first_cause.rebuild_from,
    first_cause.reason as rebuild_reason
from days
cross join first_cause
