{# A column of an input word for word as text; null where the input lacks it. #}
{% macro input_text(column_name, types) %}
    {% if types is not none and column_name not in types %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% do return('cast(' ~ column_name ~ ' as text)') %}
{% endmacro %}
