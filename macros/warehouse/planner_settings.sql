{#
    Settings for the transaction that builds the model. Postgres expects a
    single row from a join by entity and day, and would compare each row with
    every other. What is left then looks so dear to it that it would also
    compile every query.
#}
{% macro planner_settings() %}
    {{ adapter.dispatch('planner_settings', 'product_signals')() }}
{% endmacro %}

{% macro default__planner_settings() %}
{% endmacro %}

{% macro postgres__planner_settings() %}
    {{ config(
        sql_header='set local enable_nestloop = off; set local jit = off;',
    ) }}
{% endmacro %}
