{# Counted from a Sunday before any event that is accepted. #}
{% macro days_since_sunday(day) -%}
    ({{ day }} - cast('1989-12-31' as date)) % 7
{%- endmacro %}
