{#
    Follows "as" where a relation in a "with" is to be worked out before others
    are joined to it. Postgres otherwise plans both together, by what it guesses
    of the relation's size.
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
