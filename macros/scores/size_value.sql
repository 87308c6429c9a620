{# The column that the variable size_column names, as a number. #}
{% macro size_value(relation) %}
    {% set column = var('size_column') | lower %}
    {% set name = relation ~ '.'
        ~ product_signals.remembered_as('account', column) %}
    {% if column in product_signals.extra_attributes('account') %}
        {% do return(product_signals.config_value(name, 'number')) %}
    {% endif %}
    {% do return(name) %}
{% endmacro %}
