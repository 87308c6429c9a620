{#
    A row for every run that began: what it found of the runs before, and
    whether it has to build everything anew. Each run adds its own.

    is_full     nothing has been completed yet, there were no events, what all
                tables depend on (fingerprint) is not what it was, or a run
                that began to build everything anew was not complete
    is_whole    it is to build every model, from all rows (not --empty)
    is_alone    no other run was at work when this one began: one that began
                within six hours and has not ended may still be; one of some
                models, which never ends, within half an hour. After this one,
                too, should its clock be ahead
    run_number  in which order runs began: clocks of several machines may
                disagree. Two that began at once may have the same one
    The others come from the last complete run: what had arrived by then, and
    the last day of its events. Runs since then may have scored fewer days or
    more than it: hence the earliest and the latest first and last day of them
    all.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'needs': product_signals.log_needs()},
) }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set has_loaded_at = product_signals.has_column('events', 'loaded_at') %}
{% set started_at = "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f')
    ~ "' as timestamp)" %}
{% set completed = product_signals.completed_runs() %}
{% set goes_on = is_incremental() and completed and product_signals.is_real() %}
{% set scope = product_signals.left_behind('scope') %}
{% set missed = product_signals.missed_models() %}
{% do product_signals.warn_of_clock() %}
{% if missed and flags.WHICH in ('run', 'build') %}
    {% do exceptions.warn(
        'product_signals: left out of this run: ' ~ missed | join(', ')
        ~ '; until a run builds every model, each restates all since the last'
        ~ ' one that did'
    ) %}
{% endif %}

with seed_rows as (

    {% for name, spec in product_signals.config_spec().items() %}
    select
        '{{ name }}' as seed,
        {{ product_signals.joined(spec['columns']) }} as content
    from {{ ref('stg_product_signals__' ~ name) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# Hashes keep the list short, however long a seed is. #}
seeds as (

    select {{ dbt.listagg(
        measure='row_hash',
        delimiter_text="''",
        order_by_clause='order by row_hash'
    ) }} as content
    from (
        select {{ dbt.hash("seed || '|' || content") }} as row_hash
        from seed_rows
    ) as hashed

),

this_run as (

    select
        '{{ invocation_id }}' as run_id,
        {{ started_at }} as started_at,
        {{ dbt.hash(
            "'" ~ product_signals.fingerprint_of_project()
            ~ "' || coalesce(seeds.content, '')"
        ) }} as fingerprint,
        {% if has_loaded_at -%}
        (
            {# One row from the future would hide all that follow. #}
            select max(loaded_at)
            from {{ ref('stg_product_signals__events') }}
            where loaded_at <= {{ started_at }}
        )
        {%- else -%}
        cast(null as timestamp)
        {%- endif %} as loaded_through
    from seeds

),

{% if goes_on -%}
last_complete as (

    select * from {{ completed }}
    where is_complete
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
        {{ which }}_as_of_date as as_of_date,
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
        and {{ started_at }} between
        begun_since.started_at - interval '6 hours'
        and begun_since.started_at
        + case
            when begun_since.is_whole then interval '6 hours'
            else interval '30 minutes'
        end

),

{% endif -%}
runs as (

    select
        this_run.run_id,
        this_run.started_at,
        this_run.fingerprint,
        this_run.loaded_through,
        {{ 'true' if product_signals.is_real() and not missed else 'false' }}
            as is_whole,
        {{ product_signals.next_run_number() }} as run_number,
        {% if goes_on -%}
        coalesce(last_complete.fingerprint <> this_run.fingerprint, true)
        or (
            select count(*)
            from begun_since
            cross join this_run
            where
                begun_since.fingerprint <> this_run.fingerprint
                or begun_since.is_full
        ) > 0
        or last_complete.last_event_date is null as is_full,
        (select count(*) from unfinished) = 0 as is_alone,
        last_complete.run_id as previous_run_id,
        last_complete.loaded_through as loaded_before,
        last_complete.last_event_date as previous_event_date,
        (select min(as_of_date) from scopes) as earliest_as_of_date,
        (select max(as_of_date) from scopes) as latest_as_of_date,
        (select min(history_start) from scopes) as earliest_history_start,
        (select max(history_start) from scopes) as latest_history_start
        {%- else -%}
        true as is_full,
        true as is_alone,
        cast(null as text) as previous_run_id,
        cast(null as timestamp) as loaded_before,
        cast(null as date) as previous_event_date,
        cast(null as date) as earliest_as_of_date,
        cast(null as date) as latest_as_of_date,
        cast(null as date) as earliest_history_start,
        cast(null as date) as latest_history_start
        {%- endif %}
    from this_run
    {%- if goes_on %}
    left join last_complete
        on true
    {%- endif %}

)

select * from runs
