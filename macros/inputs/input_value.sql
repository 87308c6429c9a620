{#
    A column of an input as the type that the package works with; a typed null
    where the input lacks it or the value is no such thing.

    column_name  the column
    type         text, number, boolean, timestamp (UTC) or date (the calendar
                 day in the variable timezone)
    types        the input's columns and data types, from column_types()
#}
{% macro input_value(column_name, type, types) %}
    {% if types is not none and column_name not in types %}
        {% do return(product_signals.typed_null(type)) %}
    {% endif %}
    {% set kind = product_signals.kind_of((types or {}).get(column_name, '')) %}
    {% set text = 'trim(cast(' ~ column_name ~ ' as text))' %}
    {% if type == 'text' %}
        {# Only a blank is no value: an id keeps the spaces it came with. #}
        {% if kind == 'text' %}
            {% do return(
                'case when ' ~ text ~ " <> '' then "
                ~ 'cast(' ~ column_name ~ ' as text) end'
            ) %}
        {% endif %}
        {% do return('cast(' ~ column_name ~ ' as text)') %}
    {% elif type == 'number' %}
        {% if kind == 'text' %}
            {% do return(product_signals.config_value(column_name, 'number')) %}
        {% endif %}
        {# Neither infinity nor NaN is an amount. #}
        {% do return(
            'case when abs(cast(' ~ column_name
            ~ ' as double precision)) < 1e15 then cast(' ~ column_name
            ~ ' as double precision) end'
        ) %}
    {% elif type == 'boolean' %}
        {% do return(
            'case when lower(' ~ text ~ ") in ('true', 't', 'yes', 'y', 'on', '1')"
            ~ ' then true when lower(' ~ text
            ~ ") in ('false', 'f', 'no', 'n', 'off', '0') then false end"
        ) %}
    {% elif type == 'timestamp' %}
        {% do return(product_signals.to_utc(column_name, kind)) %}
    {% elif type == 'date' %}
        {% do return(product_signals.to_day(column_name, kind)) %}
    {% endif %}
{% endmacro %}
