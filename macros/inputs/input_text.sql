{# A column of an input word for word as text; null where the input lacks it. #}
{% macro input_text(column_name, columns) %}
    {% if columns is not none and column_name not in columns %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% set column = product_signals.input_column(column_name, columns) %}
    {% do return('cast(' ~ column['name'] ~ ' as text)') %}
{% endmacro %}
