{#
    True where a column of an input holds something that input_value() makes
    null; none where that cannot be.

    Open ends are read: a period that is valid from before 1900 on has always
    been, one to after 2199 still is.
#}
{% macro unread(column_name, type, columns) %}
    {% if not columns or column_name not in columns or type == 'text' %}
        {% do return(none) %}
    {% endif %}
    {% set name = columns[column_name]['name'] %}
    {% set kind = columns[column_name]['kind'] %}
    {% if kind == 'boolean' and type == 'boolean' %}
        {% do return(none) %}
    {% endif %}
    {% set parts = [
        name ~ ' is not null' if kind not in ['text', 'other']
            else 'trim(cast(' ~ name ~ " as text)) <> ''",
        '(' ~ product_signals.input_value(column_name, type, columns)
            ~ ') is null',
    ] %}
    {% if column_name in ['valid_from', 'valid_to'] %}
        {% do parts.append('not ' ~ product_signals.is_beyond(
            name, kind, after=column_name == 'valid_to'
        )) %}
    {% endif %}
    {% do return('(' ~ parts | join(' and ') ~ ')') %}
{% endmacro %}
