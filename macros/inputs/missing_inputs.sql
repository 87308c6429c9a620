{#
    The names of inputs that a row lacks, a|b; null where it has all of them.

    inputs   name to list -> the column that is null without it
#}
{% macro missing_inputs(inputs) %}
    {%- set parts = [] %}
    {%- for name, column in inputs.items() %}
        {%- do parts.append(
            'case when ' ~ column ~ " is null then '|" ~ name
            ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 2), '')
{%- endmacro %}
