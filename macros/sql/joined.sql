{# Columns as one text, to compare rows by. Cells hold lists such as a|b. #}
{% macro joined(columns) %}
    {%- for column in columns -%}
    coalesce(cast({{ column }} as text), '') || '<|>'
    {{- ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
