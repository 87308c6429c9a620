{#
    The setting indexes for a table that is looked up by ranges of a column:
    without one, Postgres would try all rows. None elsewhere: DuckDB can't
    replace a table with an index while it builds another model.
#}
{% macro index_on(column) %}
    {% do return(adapter.dispatch('index_on', 'product_signals')(column)) %}
{% endmacro %}

{% macro default__index_on(column) %}
    {% do return([]) %}
{% endmacro %}

{% macro postgres__index_on(column) %}
    {% do return([{'columns': [column]}]) %}
{% endmacro %}
