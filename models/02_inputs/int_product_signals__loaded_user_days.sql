{#
    Users and days of which events arrived since the last complete run, by
    loaded_at, whatever their age. Rows without it are read again for as many
    days as the variable lookback_days says, from the last day that was scored
    and had events.

    Of the hour before that run, most rows were there in time; but for them, a
    few late ones among them would restate weeks in every run. A user's day
    with no newer row is left alone where it has as many as it had.
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
{% set run = product_signals.latest_run() %}
{% set events = ref('stg_product_signals__events') %}
{% set runs = ref('int_product_signals__runs') %}
{% set daily_events = product_signals.left_behind('daily_events') %}
{% set arrived %}
reject_reason is null
        and {{ product_signals.loaded_since(run, 'loaded_at') }}
{%- endset %}
{% set arrived_before -%}
loaded_at <= cast('{{ run["loaded_before"] }}' as timestamp)
{%- endset %}
{% set has_hour = run['is_partial'] and run['run_id'] == invocation_id
    and run['loaded_before'] and daily_events %}

with arrived as (

    select
        user_id,
        event_date,
        {% if has_hour -%}
        min(case when {{ arrived_before }} then 1 else 0 end) as was_there
        {%- else -%}
        0 as was_there
        {%- endif %}
    from {{ events }}
    where
        {% if not run['is_partial'] -%}
        1 = 0
        {%- else -%}
        {{ arrived }}
        and (
            loaded_at is not null
            or event_date > least(
                cast('{{ run["earliest_as_of_date"] }}' as date),
                cast('{{ run["previous_event_date"] }}' as date)
            ) - {{ var('lookback_days') }}
        )
        {%- endif %}
    group by user_id, event_date

)

{%- if has_hour %},

received as (

    select
        events.user_id,
        events.event_date,
        count(*) as received_rows
    from {{ events }} as events
    inner join arrived
        on
            events.user_id = arrived.user_id
            and events.event_date = arrived.event_date
            and arrived.was_there = 1
    where
        events.reject_reason is null
        {# Days are cut in the variable timezone, times are in UTC. #}
        and events.occurred_at >= {{ product_signals.first_day_of(
            events, 'event_date', arrived ~ ' and ' ~ arrived_before
        ) }} - 1
    group by events.user_id, events.event_date

),

{# Nobody can tell where another run has been at work since. #}
unchanged as (

    select
        received.user_id,
        received.event_date
    from received
    inner join {{ daily_events }} as daily_events
        on
            received.user_id = daily_events.user_id
            and received.event_date = daily_events.event_date
    where not exists (
        select runs.run_id
        from {{ runs }} as runs
        cross join {{ runs }} as last_complete
        where
            last_complete.run_id = '{{ run["previous_run_id"] }}'
            and runs.run_id <> '{{ run["run_id"] }}'
            and runs.run_number > last_complete.run_number
    )
    group by received.user_id, received.event_date, received.received_rows
    having sum(daily_events.received_rows) = received.received_rows

)
{%- endif %}

select
    arrived.user_id,
    arrived.event_date
from arrived
{%- if has_hour %}
left join unchanged
    on
        arrived.user_id = unchanged.user_id
        and arrived.event_date = unchanged.event_date
where unchanged.user_id is null
{%- endif %}
