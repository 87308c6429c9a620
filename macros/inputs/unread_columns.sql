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
