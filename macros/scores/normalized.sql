{#
    Points as a score from 0 to 100, unrounded.

    exact_points    points, as exact()
    benchmark       the raw score that makes 100, not exact()
    normalization   column with the profile's method
    percentile      where the points stand among users; what the method
                    percentile publishes
#}
{% macro normalized(exact_points, benchmark, normalization, percentile) %}
    {%- set raw = product_signals.from_exact(exact_points) -%}
    case
        when coalesce({{ exact_points }}, 0) <= 0 then 0
        when {{ benchmark }} is null then null
        else greatest(1.0, least(100.0, case {{ normalization }}
            when 'percentile' then {{ percentile }}
            when 'exponential'
                then 100.0 * (
                    1.0 - power(cast(0.1 as double precision),
                    {{ raw }} / {{ benchmark }})
                )
            else 100.0 * {{ raw }} / {{ benchmark }}
        end))
    end
{%- endmacro %}
