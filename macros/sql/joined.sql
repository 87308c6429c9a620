{#
    Columns as one text, to compare rows by. Cells hold lists such as a|b.

    columns    names, or other expressions
    relation   what the columns are of, where names alone would not tell
#}
{% macro joined(columns, relation=none) %}
    {%- for column in columns -%}
    coalesce(cast({{ relation ~ '.' if relation }}{{ column }} as text), '')
    || '<|>'{{ ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
