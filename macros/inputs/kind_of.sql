{#
    What a data type is, as far as reading a column goes: date, instant (a
    timestamp with a time zone), timestamp, text or other.
#}
{% macro kind_of(data_type) %}
    {% set type = data_type | lower %}
    {% if type == 'date' %}
        {% do return('date') %}
    {% elif 'with time zone' in type or type.startswith('timestamptz')
            or type.startswith('timestamp_tz')
            or type.startswith('timestamp_ltz') %}
        {% do return('instant') %}
    {% elif type.startswith('timestamp') or type.startswith('datetime') %}
        {% do return('timestamp') %}
    {% elif 'char' in type or type in ('text', 'string') %}
        {% do return('text') %}
    {% else %}
        {% do return('other') %}
    {% endif %}
{% endmacro %}
