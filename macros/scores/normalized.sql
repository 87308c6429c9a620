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

{#
    The end of a score scale: the rank of each raw score of a profile and day,
    and the percentage that has no more than it, beside the day's benchmark; and
    a row for the raw score 0. Equal raw scores share a row, so that few rows
    have to be sorted.

    Reads the relations benchmarks (profile, as_of_date, benchmark,
    benchmark_source) and counted (profile, as_of_date, exact_points, amount:
    how many have it).
#}
{% macro score_scale() -%}
score_ranks as (

    select
        profile,
        as_of_date,
        exact_points,
        sum(amount) over (
            partition by profile, as_of_date
            order by exact_points desc rows unbounded preceding
        ) - amount as with_more,
        sum(amount) over (partition by profile, as_of_date) as population
    from (
        select
            profile,
            as_of_date,
            exact_points,
            cast(amount as double precision) as amount
        from counted
    ) as amounts

)

select
    benchmarks.profile,
    benchmarks.as_of_date,
    score_ranks.exact_points,
    benchmarks.benchmark,
    benchmarks.benchmark_source,
    cast(score_ranks.with_more + 1 as integer) as score_rank,
    100.0 * (score_ranks.population - score_ranks.with_more)
    / nullif(score_ranks.population, 0) as percentile
from benchmarks
inner join score_ranks
    on
        benchmarks.profile = score_ranks.profile
        and benchmarks.as_of_date = score_ranks.as_of_date

union all

select
    profile,
    as_of_date,
    0 as exact_points,
    benchmark,
    benchmark_source,
    null as score_rank,
    null as percentile
from benchmarks
{%- endmacro %}
