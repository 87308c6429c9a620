{# A metric as people write it: 27 rather than 27.00, 0.5 rather than 0.50. #}
{% macro plain_text(column, value_type) %}
    {% if value_type == 'number' %}
        {% do return(
            "replace(replace(replace(cast(cast(" ~ column
            ~ " as numeric(28, 2)) as text) || '|', '.00|', ''), '0|', ''),"
            ~ " '|', '')"
        ) %}
    {% elif value_type == 'date' %}
        {% do return('cast(cast(' ~ column ~ ' as date) as text)') %}
    {% endif %}
    {% do return('cast(' ~ column ~ ' as text)') %}
{% endmacro %}
