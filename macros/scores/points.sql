{#
    Points as a whole number of hundred-millionths, still in double precision.

    Sums of fractions depend on their order; sums of whole numbers don't (up to
    2^53, here 90 million points). So points are added as whole numbers, and the
    same rows give the same score in any order, from any warehouse, in a full
    refresh and in an incremental run. from_exact() converts them back.
#}
{% macro exact(points) %}
    {% do return('floor((' ~ points ~ ') * 1e8 + 0.5)') %}
{% endmacro %}

{# A sum of exact() points, converted back to points. #}
{% macro from_exact(points) %}
    {% do return('((' ~ points ~ ') / 1e8)') %}
{% endmacro %}

{# exact() points rounded to six decimals, for ranks and percentiles, so that
   decay doesn't split ties. What would be rounded to 0 comes last together. #}
{% macro ranked(exact_points) %}
    {% do return(
        'case when ' ~ exact_points ~ ' > 0 and ' ~ exact_points
        ~ ' < 50 then 1 else floor(' ~ exact_points ~ ' / 100 + 0.5) * 100 end'
    ) %}
{% endmacro %}

{# An event's count on a day, up to its daily cap; an empty cap is no limit. #}
{% macro capped(event_count, daily_cap) %}
    {% do return(
        'case when ' ~ event_count ~ ' > ' ~ daily_cap ~ ' then ' ~ daily_cap
        ~ ' else ' ~ event_count ~ ' end'
    ) %}
{% endmacro %}

{#
    The points for an event's count on a day, as exact().

    event_count   the column with the count
    weights       the relation with weight and daily_cap, joined on the event;
                  an event without a weight earns nothing
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

{#
    Points as a score from 0 to 100, unrounded.

    exact_points    points, as exact()
    benchmark       the raw score that makes 100, not exact()
    normalization   column with the profile's method
    percentile      the points' place among users, which the method percentile
                    publishes
#}
{% macro normalized(exact_points, benchmark, normalization, percentile) %}
    {%- set raw = product_signals.from_exact(exact_points) -%}
    case
        when coalesce({{ exact_points }}, 0) <= 0 then 0
        when {{ benchmark }} is null then null
        {#- A place among nobody: greatest() and least() would skip the null. #}
        when {{ normalization }} = 'percentile' and {{ percentile }} is null
            then null
        else greatest(1.0, least(100.0, case {{ normalization }}
            when 'percentile' then {{ percentile }}
            {#- Postgres refuses a power too small for double precision. #}
            when 'exponential'
                then 100.0 * (
                    1.0 - power(cast(0.1 as double precision),
                    least({{ raw }} / {{ benchmark }}, 100))
                )
            else 100.0 * {{ raw }} / {{ benchmark }}
        end))
    end
{%- endmacro %}

{#
    The last part of a score scale: each raw score of a profile and day, with
    its rank, the percentage that has no more, and the day's benchmark; plus a
    row for the raw score 0. Equal raw scores share a row, so that few rows are
    sorted.

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

{# The points of an active day, by its age in days: four times as many at first
   as in the last 60 of 180 days. #}
{% macro habit_points(age) -%}
    case
        when {{ age }} < 60 then 4
        when {{ age }} < 120 then 2
        when {{ age }} < 180 then 1
        else 0
    end
{%- endmacro %}

{#
    The habit of somebody active every Monday to Friday, which makes 100:
    date_day and points.

    days   a relation with date_day
#}
{% macro workday_habit(days) %}
    select
        days.date_day,
        sum({{ product_signals.habit_points('numbers.number') }}) as points
    from {{ days }} as days
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < 180
    where {{ product_signals.days_since_sunday(
        'days.date_day - numbers.number'
    ) }} between 1 and 5
    group by days.date_day
{%- endmacro %}
