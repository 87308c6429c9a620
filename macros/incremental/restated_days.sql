{#
    Selects the days on which everybody's rows are restated.

    scored   only those on which scores can change, without the days after
             them that a slope of scores still looks back on
#}
{% macro restated_days(scored=false) -%}
    select date_day
    from {{ ref('int_product_signals__restated_days') }}
    {{- ' where is_scored' if scored }}
{%- endmacro %}
