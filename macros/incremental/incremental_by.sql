{#
    Makes the model incremental, by the package's strategy.

    by       which rows a run deletes: of 'day', those from rebuild_from on; of
             'loaded_days', those of days that received rows; of 'loaded_rows',
             those that arrived since the last complete run; of 'nothing', none
    column   the column with the day, or with the time of arrival
#}
{% macro incremental_by(by, column) %}
    {% do product_signals.refuse_unlogged() %}
    {% do ref('int_product_signals__runs') %}
    {% set needs = {
        'materialized': ['incremental'],
        'incremental_strategy': ['product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
    } %}
    {{ config(
        materialized='incremental',
        incremental_strategy='product_signals_by_day',
        on_schema_change='append_new_columns',
        cluster_by=[column] if by in ['day', 'loaded_days'] else none,
        meta={'deletes_by': by, 'deletes_on': column, 'needs': needs},
    ) }}
{% endmacro %}
