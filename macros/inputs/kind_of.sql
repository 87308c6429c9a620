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
