{#
    Days with events that arrived (loaded_at) since the last complete run, at
    most max_rebuild_days old if that is set. Without loaded_at, events of the
    lookback_days up to the last scored day with events, and later ones, are
    read again. The variable rebuild_from adds every day from then on.

    Events of the hour before that run are checked again. A day with nothing
    newer is left out if its number of rows is unchanged; otherwise every run
    would rebuild late events of that hour again.
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
{% set run = product_signals.this_run() %}
{% set events = ref('stg_product_signals__events') %}
{% set runs = ref('int_product_signals__runs') %}
{% set daily_events = product_signals.left_behind('daily_events') %}
{% set reads_all = run.get('reads_all_events', true) or not daily_events %}
{% set has_hour = not reads_all and run['run_id'] == invocation_id
    and run['loaded_before'] and not run['reread_from'] %}
{% set reread = "event_date >= cast('" ~ run['reread_from'] ~ "' as date)" %}
{% set was_there = "loaded_at <= cast('" ~ run['loaded_before']
    ~ "' as timestamp)" %}

with arrived as (

    select
        event_date,
        {{ 'min(case when ' ~ was_there ~ ' then 1 else 0 end)' if has_hour
            else '0' }} as was_there
    from {{ events }}
    where
        {% if reads_all -%}
        1 = 0
        {%- else -%}
        reject_reason is null
        and (
            {%- if run['reread_from'] %}
            {{ reread }}
            or
            {%- endif %}
            (
                loaded_at is not null
                or event_date > least(
                    cast('{{ run["earliest_as_of_date"] }}' as date),
                    cast('{{ run["previous_event_date"] }}' as date)
                ) - {{ var('lookback_days') }}
            )
            and {{ product_signals.loaded_since('loaded_at') }}
            {%- if var('max_rebuild_days') %}
            and event_date
            > cast('{{ run["earliest_as_of_date"] }}' as date)
            - {{ var('max_rebuild_days') }}
            {%- endif %}
        )
        {%- endif %}
    group by event_date

),

{% if has_hour -%}
received as (

    select
        events.event_date,
        count(*) as received_rows
    from {{ events }} as events
    inner join arrived
        on events.event_date = arrived.event_date and arrived.was_there = 1
    where
        events.reject_reason is null
        {# Days are in the variable timezone, times in UTC. #}
        and events.occurred_at >= {{ product_signals.first_day_of(
            events,
            'event_date',
            'reject_reason is null and '
            ~ product_signals.loaded_since('loaded_at') ~ ' and ' ~ was_there
        ) }} - 1
    group by events.event_date

),

{# If another run began since, nobody can tell. #}
unchanged as (

    select received.event_date
    from received
    inner join {{ daily_events }} as daily_events
        on received.event_date = daily_events.event_date
    where not exists (
        select runs.run_id
        from {{ runs }} as runs
        cross join {{ runs }} as last_complete
        where
            last_complete.run_id = '{{ run["previous_run_id"] }}'
            and runs.run_id <> '{{ run["run_id"] }}'
            and runs.run_number > last_complete.run_number
    )
    group by received.event_date, received.received_rows
    having sum(daily_events.received_rows) = received.received_rows

),

{% endif -%}
loaded_days as (

    select arrived.event_date
    from arrived
    {%- if has_hour %}
    left join unchanged
        on arrived.event_date = unchanged.event_date
    where unchanged.event_date is null
    {%- endif %}
    {%- if run['reread_from'] and not reads_all %}

    union distinct

    {# Days that have no events any more. #}
    select event_date
    from {{ daily_events }}
    where {{ reread }}
    {%- endif %}

)

select * from loaded_days
