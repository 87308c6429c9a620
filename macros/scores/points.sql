{#
    Points as a whole number of hundred-millionths, still in double precision.

    Sums of fractions depend on the order in which they are added; sums of
    whole numbers don't (up to 2^53, here 90 million points). So points are
    added up as whole numbers: the same rows give the same score in any order,
    from any warehouse, in a full refresh and in an incremental run.
    from_exact() turns them back.
#}
{% macro exact(points) %}
    {% do return('floor((' ~ points ~ ') * 1e8 + 0.5)') %}
{% endmacro %}

{# A sum of exact() points as the points it stands for. #}
{% macro from_exact(points) %}
    {% do return('((' ~ points ~ ') / 1e8)') %}
{% endmacro %}

{# exact() points rounded to six decimals: what ranks and percentiles go by, so
   that decay doesn't split ties. #}
{% macro ranked(exact_points) %}
    {% do return('(floor(' ~ exact_points ~ ' / 100 + 0.5) * 100)') %}
{% endmacro %}

{# An event's count of a day, no more than its daily cap; an empty cap is
   none. #}
{% macro capped(event_count, daily_cap) %}
    {% do return(
        'case when ' ~ event_count ~ ' > ' ~ daily_cap ~ ' then ' ~ daily_cap
        ~ ' else ' ~ event_count ~ ' end'
    ) %}
{% endmacro %}

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
