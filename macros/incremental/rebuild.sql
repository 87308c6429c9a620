{#
    Makes the model incremental: a run deletes its rows from rebuild_from in
    int_product_signals__scope on, and inserts what its query returns. The query
    selects those days with in_rebuild().

    day   the model's day column
#}
{% macro incremental_by_day(day) %}
    {% do ref('int_product_signals__scope') %}
    {% do product_signals.incremental_by('day', day) %}
{% endmacro %}

{#
    Makes the model incremental, with the package's strategy.

    by       which rows a run deletes: 'day', those from rebuild_from on;
             'loaded_days', those of days that received rows; 'loaded_rows',
             those that arrived since the last complete run; 'keys', those it
             returns again, and a full refresh keeps all; 'nothing', none
    column   the column with the day or the time of arrival, or the keys
#}
{% macro incremental_by(by, column) %}
    {% do product_signals.refuse_unlogged() %}
    {% do ref('int_product_signals__runs') %}
    {% set needs = {
        'materialized': ['incremental'],
        'incremental_strategy': ['product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
        'tmp_relation_type': ['table'],
    } %}
    {% if by == 'keys' %}
        {% do needs.update({'full_refresh': [false]}) %}
        {{ config(full_refresh=false) }}
    {% endif %}
    {{ config(
        materialized='incremental',
        incremental_strategy='product_signals_by_day',
        on_schema_change='append_new_columns',
        tmp_relation_type='table',
        cluster_by=[column] if by in ['day', 'loaded_days'] else none,
        meta={'deletes_by': by, 'deletes_on': column, 'needs': needs},
    ) }}
    {{ product_signals.planner_settings() }}
{% endmacro %}

{#
    The delete statement for what the model's query returns again, by
    incremental_by().

    target       the model's table
    source       what its query returns
    predicates   further conditions, from the setting incremental_predicates
#}
{% macro delete_rows(target, source, predicates) %}
    {%- set meta = config.get('meta') -%}
    {#- A log of runs may also use this strategy: it only grows. -#}
    {%- set by = meta.get('deletes_by', 'nothing') -%}
    {%- set column = 'stale.' ~ meta['deletes_on'] -%}
    {%- set conditions = predicates or [] -%}
    {%- if by == 'day' -%}
        {%- set conditions = conditions + [
            product_signals.in_rebuild(column)
        ] -%}
    {%- elif by == 'keys' -%}
        {%- set keys = meta['deletes_on'] -%}
        {%- set conditions = conditions + [
            '(stale.' ~ keys | join(', stale.') ~ ') in (select '
            ~ keys | join(', ') ~ ' from ' ~ source ~ ')'
        ] -%}
    {%- elif 'deletes_by' in meta
            and product_signals.reads_all_events(by != 'loaded_days')
            or by == 'loaded_rows' and product_signals.rejected_again(target) -%}
        {%- set conditions = conditions -%}
    {%- elif by == 'loaded_days' -%}
        {%- set conditions = conditions + [
            column ~ ' in (select event_date from '
            ~ ref('int_product_signals__loaded_days') ~ ')'
        ] -%}
    {%- elif by == 'loaded_rows' -%}
        {%- set conditions = conditions + [
            product_signals.loaded_since(product_signals.text_to_utc(column))
        ] -%}
    {%- else -%}
        {%- set conditions = ['1 = 0'] -%}
    {%- endif %}
    delete from {{ target }} as stale
    where {{ (conditions or ['1 = 1']) | join(' and ') }};
{% endmacro %}

{# The incremental strategy of incremental_by(), under the name that dbt looks
   for. Like dbt, it keeps existing rows with --empty. #}
{% macro get_incremental_product_signals_by_day_sql(arguments) %}
    {% if flags.EMPTY %}
        {% do return(
            'delete from ' ~ arguments['target_relation'] ~ ' where 1 = 0'
        ) %}
    {% endif %}
    {% do return(adapter.dispatch('replace_rows', 'product_signals')(
        arguments['target_relation'],
        arguments['temp_relation'],
        arguments['dest_columns'],
        arguments['incremental_predicates'],
    )) %}
{% endmacro %}

{#
    The first day that this run rebuilds, as a literal; none in a full build, or
    if it is no later than the first scored day.
#}
{% macro rebuild_from() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if not is_incremental() or not load_relation(scope) %}
        {% do return(none) %}
    {% endif %}
    {% set known = product_signals.known_in_run() %}
    {% if 'scope' not in known %}
        {% do known.update({'scope': run_query(
            'select rebuild_from, history_start, as_of_date from ' ~ scope
        ).rows[0].values() | map('string') | list}) %}
    {% endif %}
    {% set days = known['scope'] %}
    {% if days[0] <= days[1] %}
        {% do return(none) %}
    {% endif %}
    {% do return("cast('" ~ days[0][:10] ~ "' as date)") %}
{% endmacro %}

{#
    Whether this run rebuilds a row's day; true in a full build.

    day           the row's day
    days_before   how many days a window reaches back from the first one
#}
{% macro in_rebuild(day, days_before=0) -%}
    {%- set first_day = product_signals.rebuild_from() -%}
    {%- if first_day -%}
    {{ day }} >= {{ first_day }}{{ ' - ' ~ days_before if days_before }}
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Whether this run rebuilds a row's day, or a day on which it leaves a window;
    true in a full build.

    day       the row's day
    windows   their lengths in days
#}
{% macro moves_in_rebuild(day, windows=[]) -%}
    {%- set first_day = product_signals.rebuild_from() -%}
    {%- if first_day -%}
    (
        {%- set last_day = product_signals.known_in_run()['scope'][2] %}
        {%- for days in [0] + windows %}
        {{ 'or ' if not loop.first }}{{ day }}
        between {{ first_day }} - {{ days }}
        and cast('{{ last_day[:10] }}' as date) - {{ days }}
        {%- endfor %}
    )
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#
    Whether the events input is read from its beginning, instead of only what
    arrived since the last complete run.

    reread   also true with the variable rebuild_from, for a model whose rows
             have no day to reread from
#}
{% macro reads_all_events(reread=false) %}
    {% set run = product_signals.this_run() %}
    {% if not is_incremental() or run.get('reads_all_events', true) %}
        {% do return(true) %}
    {% endif %}
    {% do return(reread and run['reread_from'] is not none) %}
{% endmacro %}

{#
    Whether an event that was rejected before arrived again. A load that sends
    all rows anew gives it another loaded_at, and may have mended it; all
    rejected events are then read again.

    rejected   product_signals__rejected_events, as the last run left it
#}
{% macro rejected_again(rejected) %}
    {% set known = product_signals.known_in_run() %}
    {% if 'rejected_again' not in known %}
        {% set event = "coalesce({0}.event_id, {0}.user_id || ' ' || {1})" %}
        {% do known.update({'rejected_again': run_query(
            'select 1 from ' ~ rejected ~ ' as known where not '
            ~ product_signals.loaded_since(
                product_signals.text_to_utc('known.loaded_at')
            ) ~ ' and ' ~ event.format('known', 'known.occurred_at')
            ~ ' in (select '
            ~ event.format('events', 'events.occurred_at_text') ~ ' from '
            ~ ref('stg_product_signals__events') ~ ' as events where '
            ~ product_signals.loaded_since('events.loaded_at') ~ ') limit 1'
        ).rows | length > 0}) %}
    {% endif %}
    {% do return(known['rejected_again']) %}
{% endmacro %}

{#
    Whether a row may have arrived since the last complete run: by its time of
    arrival, or because that is unknown. The hour is for rows that become
    visible a little after rows that arrived later.

    loaded_at   the row's time of arrival, UTC
#}
{% macro loaded_since(loaded_at) %}
    {% set loaded_before = product_signals.this_run().get('loaded_before') %}
    {% if not loaded_before %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        'coalesce(' ~ loaded_at ~ " >= cast('" ~ loaded_before
        ~ "' as timestamp) - interval '1 hour', true)"
    ) %}
{% endmacro %}

{#
    The earliest day in a column, as a literal, so that a warehouse can skip
    older parts of a table.

    relation   a table or view
    column     the column, or another expression
    rows       an SQL condition on its rows
#}
{% macro first_day_of(relation, column, rows='1 = 1') %}
    {% set day = none %}
    {% if execute and load_relation(relation) %}
        {% set day = run_query(
            'select min(' ~ column ~ ') from ' ~ relation ~ ' where ' ~ rows
        ).rows[0][0] %}
    {% endif %}
    {% if day is none %}
        {% do return(product_signals.last_day()) %}
    {% endif %}
    {% do return("cast('" ~ (day | string)[:10] ~ "' as date)") %}
{% endmacro %}

{# Logs from which day the run rebuilds, and why. #}
{% macro announce_rebuild() %}
    {% set scope = ref('int_product_signals__scope') %}
    {% if execute and is_incremental() and load_relation(scope)
            and flags.WHICH in ('run', 'build') %}
        {% set row = run_query(
            'select cast(rebuild_from as text), rebuild_reason,'
            ~ ' cast(history_start as text) from ' ~ scope
        ).rows[0] %}
        {% do log(
            'product_signals: builds again from ' ~ [row[0], row[2]] | max
            ~ ' (' ~ row[1] ~ ')', info=true
        ) %}
    {% endif %}
{% endmacro %}
