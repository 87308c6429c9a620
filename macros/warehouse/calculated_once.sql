{#
    Goes at the end of a small query whose columns are dear to calculate.
    Otherwise, Postgres calculates them for each row that the query is joined to.
#}
{% macro calculated_once() %}
    {% do return(adapter.dispatch('calculated_once', 'product_signals')()) %}
{% endmacro %}

{% macro default__calculated_once() %}
    {% do return('') %}
{% endmacro %}

{% macro postgres__calculated_once() %}
    {% do return('offset 0') %}
{% endmacro %}
