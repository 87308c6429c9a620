{#
    Whether a row's day is built again in this run; true in a full build.

    day           the row's day
    days_before   days that a window reaches back from the first of those
#}
{% macro in_rebuild(day, days_before=0) -%}
    {%- set first_day = product_signals.rebuild_from() -%}
    {%- if first_day -%}
    {{ day }} >= {{ first_day }}{{ ' - ' ~ days_before if days_before }}
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
