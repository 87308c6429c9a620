{#
    Whether a row's day is restated where a table is by users or accounts and
    everybody's rows since the first restated day; next to join_restated(), and
    true where the model is built in full.

    partial   is_partial() of the model
    day       the row's day
    reach     days before that are read, too
    periods   the same in periods of the profile with the longest
#}
{% macro is_restated_since(partial, day, reach=0, periods=0) -%}
    {%- if not partial -%}
    1 = 1
    {%- else -%}
    {%- set reach = reach + periods * partial['period_days'] -%}
    {{ day }} >= {{ partial['since'] }} - {{ reach }}
    and {{ day }} >= {{ product_signals.restated_since(partial) }}
    {{- ' - ' ~ reach if reach }}
    {%- endif -%}
{%- endmacro %}
