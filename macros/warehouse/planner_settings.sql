{#
    Settings for the transaction that builds the model. Postgres expects a
    single row from a join by entity and day. So it would compare each row with
    every other, or sort both sides and compare all rows of a day. Only hash
    joins are quick then. What is left looks so dear to Postgres that it would
    also compile every query.
#}
{% macro planner_settings() %}
    {{ adapter.dispatch('planner_settings', 'product_signals')() }}
{% endmacro %}

{% macro default__planner_settings() %}
{% endmacro %}

{% macro postgres__planner_settings() %}
    {{ config(
        sql_header='set local enable_nestloop = off;'
            ~ ' set local enable_mergejoin = off; set local jit = off;',
    ) }}
{% endmacro %}
