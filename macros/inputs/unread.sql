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

{#
    What of an input may be unreadable: column -> its condition (unread()) and
    its text. At last the columns that a row is left out without, as one name,
    with a condition and no text.
#}
{% macro unread_columns(input) %}
    {% set spec = product_signals.input_spec()[input] %}
    {% set columns = product_signals.input_columns(
        product_signals.input_relation(input)
    ) %}
    {% set types = {} %}
    {% do types.update(spec['required']) %}
    {% do types.update(spec['optional']) %}
    {% if input == 'accounts' and var('size_column') | lower not in types %}
        {% do types.update({var('size_column') | lower: 'number'}) %}
    {% endif %}
    {% set found = {} %}
    {% for column, type in types.items() %}
        {% set condition = product_signals.unread(column, type, columns) %}
        {% if condition %}
            {% do found.update({column: {
                'condition': condition,
                'text': product_signals.input_text(column, columns),
            }}) %}
        {% endif %}
    {% endfor %}
    {% if spec['needed'] %}
        {% set parts = [] %}
        {% for column in spec['needed'] %}
            {% do parts.append('(' ~ product_signals.input_value(
                column, types[column], columns
            ) ~ ') is null') %}
        {% endfor %}
        {% for column in spec['needed_if_given'] or []
                if column in found %}
            {% do parts.append(found[column]['condition']) %}
        {% endfor %}
        {% do found.update({spec['needed'] | join(', '): {
            'condition': parts | join(' or '), 'text': none
        }}) %}
    {% endif %}
    {% do return(found) %}
{% endmacro %}

{# The optional columns of the events input that may hold what can't be read
   and are null then: column -> where that is so. #}
{% macro unreadable_of_events() %}
    {% set columns = product_signals.input_columns(
        product_signals.input_relation('events')
    ) %}
    {% set found = {} %}
    {% for column, type in [
        ('event_value', 'number'), ('loaded_at', 'timestamp')
    ] %}
        {% set unread = product_signals.unread(column, type, columns) %}
        {% if unread %}
            {% do found.update({column: unread}) %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
