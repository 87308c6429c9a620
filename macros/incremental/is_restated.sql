{#
    Whether a row's day is restated, next to join_restated(); true where the
    model is built in full.

    partial   is_partial() of the model
    day       the row's day
    reach     days before the first restated one that are read, too
    periods   the same in periods of the profile with the longest
    days      'days' or 'scored_days': those of everybody count as well
#}
{% macro is_restated(partial, day, reach=0, periods=0, days=none) -%}
    {%- if not partial -%}
    1 = 1
    {%- else -%}
    {%- set reach = reach + periods * partial['period_days'] -%}
    {{ day }} >= {{ partial['since'] }} - {{ reach }}
    and (
        {{ day }} >= restated.first_day - {{ reach }}
        {%- if days %}
        or {{ day }} in (
            {{ product_signals.restated_days(scored=days == 'scored_days') }}
        )
        {%- endif %}
    )
    {%- endif -%}
{%- endmacro %}
