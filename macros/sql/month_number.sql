{# The number of the thirty days that a day belongs to: something to join on
   where one side has spans of days. #}
{% macro month_number(day) -%}
    cast(floor(({{ day }} - cast('2023-01-01' as date)) / 30) as integer)
{%- endmacro %}
