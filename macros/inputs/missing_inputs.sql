{#
    The names of inputs that a row lacks, a|b; null where it has all of them.

    inputs   column -> the name to list where the column is null
#}
{% macro missing_inputs(inputs) %}
    {%- set parts = [] %}
    {%- for column, name in inputs.items() %}
        {%- do parts.append(
            'case when ' ~ column ~ " is null then '|" ~ name
            ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 2), '')
{%- endmacro %}
