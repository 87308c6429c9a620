{#
    Whether a row's day is restated, next to join_restated(); true where the
    model is built in full.

    partial   is_partial() of the model
    day       the row's day
    reach     days before the first restated one that are read, too
    days      'days' or 'scored_days': those of everybody count as well
#}
{% macro is_restated(partial, day, reach=0, days=none) -%}
    {%- if not partial -%}
    1 = 1
    {%- elif days -%}
    (
        {{ day }} >= restated.first_day - {{ reach }}
        or {{ day }} in (
            {{ product_signals.restated_days(scored=days == 'scored_days') }}
        )
    )
    {%- else -%}
    {{ day }} >= restated.first_day - {{ reach }}
    {%- endif -%}
{%- endmacro %}
