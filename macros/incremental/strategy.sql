{# The incremental strategy that incremental_by() chooses; dbt looks for it
   under this name. With --empty, rows that are there stay, as dbt has it. #}
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
    Makes the model incremental: a run deletes its rows from one day on, the
    rebuild_from of int_product_signals__scope, and inserts what its query
    gives. The query selects those days with in_rebuild().

    day   the model's day column
#}
{% macro incremental_by_day(day) %}
    {% do ref('int_product_signals__scope') %}
    {% do product_signals.incremental_by('day', day) %}
{% endmacro %}

{#
    Makes the model incremental, by the package's strategy.

    by       which rows a run deletes: of 'day', those from rebuild_from on; of
             'loaded_days', those of days that received rows; of 'loaded_rows',
             those that arrived since the last complete run; of 'keys', those
             that it gives again, and a full refresh keeps all; of 'nothing',
             none
    column   the column with the day, or with the time of arrival; the keys
#}
{% macro incremental_by(by, column) %}
    {% do product_signals.refuse_unlogged() %}
    {% do ref('int_product_signals__runs') %}
    {% set needs = {
        'materialized': ['incremental'],
        'incremental_strategy': ['product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
    } %}
    {% if by == 'keys' %}
        {% do needs.update({'full_refresh': [false]}) %}
        {{ config(full_refresh=false) }}
    {% endif %}
    {{ config(
        materialized='incremental',
        incremental_strategy='product_signals_by_day',
        on_schema_change='append_new_columns',
        cluster_by=[column] if by in ['day', 'loaded_days'] else none,
        meta={'deletes_by': by, 'deletes_on': column, 'needs': needs},
    ) }}
{% endmacro %}

{#
    The statement that deletes what the model's query gives again, by
    incremental_by().

    target       the model's table
    source       what its query gives
    predicates   further conditions, from the setting incremental_predicates
#}
{% macro delete_rows(target, source, predicates) %}
    {%- set meta = config.get('meta') -%}
    {#- A log of runs may have been given this strategy: it only grows. -#}
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
            and product_signals.reads_all_events(by != 'loaded_days') -%}
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
