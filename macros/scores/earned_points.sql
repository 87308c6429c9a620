{#
    The points of an event's count of a day, as exact().

    event_count   the column of the count
    weights       the relation with weight and daily_cap, joined on the event;
                  one without a weight earns nothing
#}
{% macro earned_points(event_count, weights) -%}
    {%- set counted = product_signals.capped(
        event_count, weights ~ '.daily_cap'
    ) -%}
    case
        when {{ weights }}.weight is null then 0
        else {{ product_signals.exact(counted ~ ' * ' ~ weights ~ '.weight') }}
    end
{%- endmacro %}
