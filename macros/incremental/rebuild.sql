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
    The first day that this run builds again, as a literal; none where the
    model is built in full, as it is from the first scored day on.
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
    Whether a row's day is built again in this run; true in a full build.

    day           the row's day
    days_before   days that a window reaches back from the first of those
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
    Whether a row's day is built again, or one on which it leaves a window; true
    in a full build.

    day       the row's day
    windows   how many days they have
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
    Whether the events input is read from its beginning, rather than only what
    arrived since the last complete run.

    reread   so it is with the variable rebuild_from, for a model whose rows
             have no day to read again from
#}
{% macro reads_all_events(reread=false) %}
    {% set run = product_signals.this_run() %}
    {% if not is_incremental() or run.get('reads_all_events', true) %}
        {% do return(true) %}
    {% endif %}
    {% do return(reread and run['reread_from'] is not none) %}
{% endmacro %}

{#
    Whether a row may have arrived since the last complete run: by its time of
    arrival, or because nobody knows that. Rows may be seen a little after
    others that arrived after them, hence the hour.

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
    The earliest day in a column, as a literal, so that a warehouse need not
    look into older parts of a table.

    relation   a table or view
    column     the column, or another expression
    rows       SQL: which of its rows
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

{# One line in dbt's log: from which day the run builds again, and why. #}
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
