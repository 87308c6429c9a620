{#
    A seed's cell as its type; null where the cell is empty or no such value.

    Cells are read as text first: a seed without column_types has the types
    dbt guessed from the cells, and a column that is empty throughout has none.

    column_name  the cell
    type         text, integer, number, boolean or date
#}
{% macro config_value(column_name, type) %}
    {% set cell = 'trim(cast(' ~ column_name ~ ' as text))' %}
    {% if type == 'text' %}
        {% do return("nullif(" ~ cell ~ ", '')") %}
    {% elif type == 'integer' %}
        {% do return(
            'case when ' ~ product_signals.full_match(
                cell, '-?[0-9]{1,9}([.]0+)?'
            ) ~ ' then cast(cast(' ~ cell
            ~ ' as double precision) as integer) end'
        ) %}
    {% elif type == 'number' %}
        {% do return(
            'case when ' ~ product_signals.full_match(
                cell, '-?([0-9]{1,15}([.][0-9]{0,30})?|[.][0-9]{1,30})'
            ) ~ ' then cast(' ~ cell ~ ' as double precision) end'
        ) %}
    {% elif type == 'boolean' %}
        {% do return(
            'case lower(' ~ cell ~ ") when 'true' then true"
            ~ " when 'false' then false end"
        ) %}
    {% elif type == 'date' %}
        {% do return(
            'cast(' ~ product_signals.text_to_utc(cell) ~ ' as date)'
        ) %}
    {% endif %}
{% endmacro %}
