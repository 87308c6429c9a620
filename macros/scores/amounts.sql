{#
    The columns of one part of a union of changes: those given, 0 for the rest.

    columns   all columns, in order
    given     column -> SQL
#}
{% macro amounts(columns, given) %}
    {%- for column in columns %}
        {{ given.get(column, 0) }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
