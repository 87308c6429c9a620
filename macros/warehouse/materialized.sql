{#
    Goes after "as" in a common table expression that must be calculated before
    others are joined to it. Otherwise, Postgres plans both together and guesses
    the relation's size.
#}
{% macro materialized() %}
    {% do return(adapter.dispatch('materialized', 'product_signals')()) %}
{% endmacro %}

{% macro default__materialized() %}
    {% do return('') %}
{% endmacro %}

{% macro postgres__materialized() %}
    {% do return('materialized') %}
{% endmacro %}
