{# Whether an input has an optional column. What it lacks need not be carried
   along: a sum of nulls costs as much as one of numbers. #}
{% macro has_column(input, column_name) %}
    {% set relation = product_signals.input_relation(input) %}
    {% if not relation %}
        {% do return(false) %}
    {% endif %}
    {% set types = product_signals.column_types(relation) %}
    {% do return(types is none or column_name in types) %}
{% endmacro %}
