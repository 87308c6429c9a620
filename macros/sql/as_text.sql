{# A column of an input as text: a whole number without decimals, the same in
   every warehouse. #}
{% macro as_text(column_name, type) %}
    {% if type == 'number' %}
        {% do return(
            'case when ' ~ column_name ~ ' = floor(' ~ column_name
            ~ ') then cast(cast(' ~ column_name ~ ' as bigint) as text)'
            ~ ' else cast(' ~ column_name ~ ' as text) end'
        ) %}
    {% endif %}
    {% do return('cast(' ~ column_name ~ ' as text)') %}
{% endmacro %}
