{#
    What a data type is, as far as reading a column goes: date, instant (a
    timestamp with a time zone), timestamp, text, number, boolean or other.
#}
{% macro kind_of(data_type) %}
    {% set type = data_type | lower %}
    {% if type in ('date', 'boolean') %}
        {% do return(type) %}
    {% elif 'with time zone' in type or type.startswith('timestamptz')
            or type.startswith('timestamp_tz')
            or type.startswith('timestamp_ltz') %}
        {% do return('instant') %}
    {% elif type.startswith('timestamp') or type.startswith('datetime') %}
        {% do return('timestamp') %}
    {% elif 'char' in type or type in ('text', 'string') %}
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
