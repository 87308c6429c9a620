{#
    A column of an input as the type that the package works with; a typed null
    where the input lacks it or the value is not of that type (unread() counts
    those).

    column_name  the column
    type         text, number (an amount: 0, or from a millionth to 10^15, or
                 as much below), boolean, timestamp (UTC, from 1900 to 2199),
                 date (the calendar day in the variable timezone), or the words
                 that it may be, a|b, in any case
    columns      input_columns()
#}
{% macro input_value(column_name, type, columns) %}
    {% if columns is not none and column_name not in columns %}
        {% do return(product_signals.typed_null(type)) %}
    {% endif %}
    {% set column = product_signals.input_column(column_name, columns) %}
    {% set name = column['name'] %}
    {% set kind = column['kind'] %}
    {% set text = 'trim(cast(' ~ name ~ ' as text))' %}
    {% if type == 'text' %}
        {# Only a blank is no value: an id keeps the spaces it came with. #}
        {% if kind == 'text' %}
            {% do return(
                'case when ' ~ text ~ " <> '' then "
                ~ 'cast(' ~ name ~ ' as text) end'
            ) %}
        {% elif kind == 'number' and not column['is_whole'] %}
            {# 7 is the same id in every type; NaN, infinity are none. #}
            {% do return(
                'case when ' ~ name ~ ' > -1e15 and ' ~ name ~ ' < 1e15 and '
                ~ name ~ ' = floor(' ~ name ~ ') then cast(cast(' ~ name
                ~ ' as bigint) as text) when lower(cast(' ~ name
                ~ " as text)) not in ('nan', 'inf', '-inf', 'infinity',"
                ~ " '-infinity') then cast(" ~ name ~ ' as text) end'
            ) %}
        {% endif %}
        {% do return('cast(' ~ name ~ ' as text)') %}
    {% elif type == 'number' %}
        {% if kind == 'number' %}
            {# Neither infinity nor NaN is an amount. #}
            {% do return(
                'case when ' ~ name ~ ' = 0 or (' ~ name ~ ' >= 1e-6 and '
                ~ name ~ ' < 1e15) or (' ~ name ~ ' <= -1e-6 and ' ~ name
                ~ ' > -1e15) then cast(' ~ name ~ ' as double precision) end'
            ) %}
        {% endif %}
        {% do return(
            'case when not ' ~ product_signals.full_match(
                text, '-?0*[.]0{6}0*[1-9][0-9]*'
            ) ~ ' then ' ~ product_signals.config_value(name, 'number')
            ~ ' end'
        ) %}
    {% elif type == 'boolean' %}
        {% if kind == 'number' %}
            {% do return(
                'case when ' ~ name ~ ' = 1 then true when ' ~ name
                ~ ' = 0 then false end'
            ) %}
        {% endif %}
        {% do return(
            'case when lower(' ~ text ~ ") in ('true', 't', 'yes', 'y', 'on', '1')"
            ~ ' then true when lower(' ~ text
            ~ ") in ('false', 'f', 'no', 'n', 'off', '0') then false end"
        ) %}
    {% elif '|' in type %}
        {% do return(
            'case when lower(' ~ text ~ ") in ('"
            ~ type.split('|') | join("', '") ~ "') then lower(" ~ text
            ~ ') end'
        ) %}
    {% elif type == 'timestamp' %}
        {% do return(product_signals.to_utc(name, kind)) %}
    {% elif type == 'date' %}
        {% do return(product_signals.to_day(name, kind)) %}
    {% endif %}
{% endmacro %}

{# A column of an input word for word as text; null where the input lacks it. #}
{% macro input_text(column_name, columns) %}
    {% if columns is not none and column_name not in columns %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% set column = product_signals.input_column(column_name, columns) %}
    {% do return('cast(' ~ column['name'] ~ ' as text)') %}
{% endmacro %}

{#
    What a data type is, as far as reading a column goes: date, instant (a
    timestamp with a time zone), timestamp, text, number, boolean or other.
#}
{% macro kind_of(data_type) %}
    {% set type = data_type | lower %}
    {% if type in ('date', 'boolean') %}
        {% do return(type) %}
    {% elif modules.re.fullmatch(
        'timestamp(\\([0-9]+\\))? with time zone|timestamp_?l?tz[^\\[]*', type
    ) %}
        {% do return('instant') %}
    {% elif modules.re.fullmatch('(timestamp|datetime)[^\\[]*', type) %}
        {% do return('timestamp') %}
    {% elif modules.re.fullmatch(
        '(n?(var)?char2?|character( varying)?|bpchar|text|string)'
        ~ '( ?\\([0-9]+\\))?', type
    ) %}
        {% do return('text') %}
    {% elif modules.re.match(
        'u?(tiny|small|big|huge)?int(eger|[0-9]+)?$'
        ~ '|(numeric|decimal|number|double|float|real|decfloat)[^\\[]*$', type
    ) %}
        {% do return('number') %}
    {% else %}
        {% do return('other') %}
    {% endif %}
{% endmacro %}

{# True where an actor's events count, by the variable excluded_actor_types. #}
{% macro actor_counts(actor_type) %}
    {% set excluded = product_signals.listed('excluded_actor_types') %}
    {% if not excluded %}
        {% do return('1 = 1') %}
    {% endif %}
    {% do return(
        actor_type ~ " not in ('" ~ excluded | join("', '") ~ "')"
    ) %}
{% endmacro %}
