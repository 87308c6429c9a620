{# The column of a staged input that has what a column of
   product_signals__attribute_history keeps. #}
{% macro staged_as(column) %}
    {% if column.startswith('attribute_') %}
        {% do return(product_signals.quoted(column[10:])) %}
    {% endif %}
    {% do return(column) %}
{% endmacro %}
