{#
    Whether everybody's rows of a day are restated; true where the model is
    built in full.

    partial   is_partial() of the model
    day       the row's day
    scored    only days on which scores can change
#}
{% macro is_restated_day(partial, day, scored=true) -%}
    {%- set days = product_signals.restated_days(scored) -%}
    {%- if partial -%}
    {{ day }} >= {{ partial['since'] }}
    and {{ day }} in ({{ days }})
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
