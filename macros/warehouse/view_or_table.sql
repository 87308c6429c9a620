{#
    How to materialize what only looks up today's names. Postgres drops a view
    together with a view that it reads, and dbt replaces those of the inputs in
    each run: so it would be missing until it was built again.
#}
{% macro view_or_table() %}
    {% do return(adapter.dispatch('view_or_table', 'product_signals')()) %}
{% endmacro %}

{% macro default__view_or_table() %}
    {% do return('view') %}
{% endmacro %}

{% macro postgres__view_or_table() %}
    {% do return('table') %}
{% endmacro %}
