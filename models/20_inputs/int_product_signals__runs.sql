{#
    One row per run that began: what it found of earlier runs, and from which
    day it rebuilds for reasons other than events. Each run adds its own.

    run_number       the order in which runs began, because clocks of several
                     machines may disagree; the same for two that began at once
    reads_all_events no run is complete yet, or the version, the variables, or
                     the input models or their columns have changed
    rebuild_from     the first day on which anything but events may differ from
                     what the last complete run knew, or from what any run since
                     has written
    reread_from      the first day whose events are all read again, because the
                     variable rebuild_from says so, or did in a run since the
                     last complete one
    is_whole         it builds every model, from all rows (not --empty)
    is_alone         no other run was at work when this one began: a run counts
                     as at work until it ends, for up to six hours; one of only
                     some models, which never ends, for half an hour. Starts up
                     to six hours ahead count, because clocks may disagree
    The others describe the last complete run: what had arrived by then, and
    the last day of its events. Runs since then may have scored fewer or more
    days, so the earliest_ and latest_ columns cover all of them.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'needs': product_signals.log_needs()},
) }}
-- depends_on: {{ ref('int_product_signals__current_inputs') }}
{% set has_loaded_at = product_signals.has_column('events', 'loaded_at') %}
{% set started_at = "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f')
    ~ "' as timestamp)" %}
{% set first_day = product_signals.first_day() %}
{% set completed = product_signals.completed_runs() %}
{% set goes_on = is_incremental() and completed and product_signals.is_real() %}
{% set scope = product_signals.left_behind('scope') %}
{% set reread_from = "cast('" ~ var('rebuild_from') ~ "' as date)"
    if var('rebuild_from') else 'cast(null as date)' %}
{% set missed = product_signals.missed_models() %}
{% do product_signals.warn_of_clock() %}
{% if missed and flags.WHICH in ('run', 'build') %}
    {% do exceptions.warn(
        'product_signals: ' ~ (
            'left out of this run: ' ~ missed | join(', ')
            if selected_resources
            else 'dbt retry may leave out models'
        ) ~ '; until a run builds every model, each builds again all since the'
        ~ ' last one that did'
    ) %}
{% endif %}

with this_run as (

    select
        '{{ invocation_id }}' as run_id,
        {{ started_at }} as started_at,
        {% if has_loaded_at -%}
        (
            {# A row from the future would hide all that follow. #}
            select max(loaded_at)
            from {{ ref('stg_product_signals__events') }}
            where loaded_at <= {{ started_at }}
        )
        {%- else -%}
        cast(null as timestamp)
        {%- endif %} as loaded_through

),

{% if goes_on -%}
last_complete as (

    {# One before any event counted is none. #}
    select * from {{ completed }}
    where is_complete and last_event_date is not null
    order by run_number desc
    limit 1

),

begun_since as (

    select runs.*
    from {{ this }} as runs
    inner join last_complete
        on runs.run_number > last_complete.run_number

),

scopes as (

    select
        as_of_date,
        history_start
    from last_complete

    {% for which in ['earliest', 'latest'] %}
    union all

    select
        earliest_as_of_date as as_of_date,
        {{ which }}_history_start as history_start
    from begun_since

    {% endfor %}
    {% if scope -%}
    union all

    select
        as_of_date,
        history_start
    from {{ scope }}
    {%- endif %}

),

unfinished as (

    select begun_since.run_id
    from begun_since
    left join {{ completed }} as ended
        on begun_since.run_id = ended.run_id
    where
        ended.run_id is null
        and {{ started_at }} >= begun_since.started_at - interval '6 hours'
        and {{ started_at }} <= case
            when begun_since.is_whole
                then begun_since.started_at + interval '6 hours'
            else begun_since.started_at + interval '30 minutes'
        end

),

changed_inputs as (

    {{ product_signals.changed_inputs() }}

),

rereads as (

    select {{ reread_from }} as reread_from

    union all

    select reread_from from begun_since

),

{# The earliest day and its reason. #}
reasons as (

    select
        day,
        reason,
        row_number() over (order by day, place, reason) as choice,
        count(*) over () as reasons
    from (
        select
            min(day) as day,
            reason,
            {# The version explains seeds and columns that came with it. #}
            min(case when kind = 'version' then 0 else 1 end) as place
        from changed_inputs
        group by reason

        union all

        select
            rebuild_from as day,
            'run ' || cast(run_number as text) || ' was not complete' as reason,
            2 as place
        from begun_since

        union all

        select
            {{ reread_from }} as day,
            'the variable rebuild_from' as reason,
            0 as place

        union all

        select
            min(as_of_date) as day,
            'the last day again' as reason,
            3 as place
        from scopes
    ) as days
    where day is not null

),

{% endif -%}
runs as (

    select
        this_run.run_id,
        {{ product_signals.next_run_number() }} as run_number,
        this_run.started_at,
        this_run.loaded_through,
        {{ 'true' if product_signals.is_real() and not missed else 'false' }}
            as is_whole,
        {% if goes_on -%}
        last_complete.run_id is null
        or (
            select count(*) from begun_since where reads_all_events
        ) > 0
        or (
            select count(*)
            from changed_inputs
            where kind in ('version', 'variable', 'input', 'column')
        ) > 0 as reads_all_events,
        case
            when last_complete.run_id is null then {{ first_day }}
            else reasons.day
        end as rebuild_from,
        case
            when last_complete.run_id is null then 'no run was complete yet'
            when reasons.reasons > 2
                then reasons.reason || ', and '
                || cast(reasons.reasons - 2 as text) || ' more'
            else reasons.reason
        end as rebuild_reason,
        (select min(reread_from) from rereads) as reread_from,
        (select count(*) from unfinished) = 0 as is_alone,
        last_complete.run_id as previous_run_id,
        last_complete.loaded_through as loaded_before,
        last_complete.last_event_date as previous_event_date,
        (select min(as_of_date) from scopes) as earliest_as_of_date,
        (select min(history_start) from scopes) as earliest_history_start,
        (select max(history_start) from scopes) as latest_history_start
        {%- else -%}
        true as reads_all_events,
        {{ first_day }} as rebuild_from,
        'no run was complete yet' as rebuild_reason,
        {{ reread_from }} as reread_from,
        true as is_alone,
        cast(null as text) as previous_run_id,
        cast(null as timestamp) as loaded_before,
        cast(null as date) as previous_event_date,
        cast(null as date) as earliest_as_of_date,
        cast(null as date) as earliest_history_start,
        cast(null as date) as latest_history_start
        {%- endif %}
    from this_run
    {%- if goes_on %}
    left join last_complete
        on true
    left join reasons
        on reasons.choice = 1
    {%- endif %}

)

select * from runs
