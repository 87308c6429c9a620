{#
    One row per profile, day and raw score of accounts: its rank, the percentage
    of accounts with points that have no more, and the day's benchmark. That is
    the 90th percentile of the profile's accounts with points or, if they are
    too few for a percentile, their maximum. The raw score 0 has a row on every
    day with such accounts.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with profiles as (

    {{ product_signals.seed('score_profiles') }}

),

{# Of accounts that are in the profile on that day. #}
points as (

    select
        points.profile,
        points.as_of_date,
        points.exact_points
    from {{ ref('int_product_signals__account_points') }} as points
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
        on
            periods.entity = 'account'
            and points.profile = periods.profile
            and points.account_id = periods.entity_id
            and points.as_of_date >= periods.valid_from
            and points.as_of_date < periods.valid_to
    where
        points.exact_points > 0
        and {{ product_signals.in_rebuild('points.as_of_date') }}

),

benchmarks as (

    select
        points.profile,
        points.as_of_date,
        case
            when count(*) >= profiles.min_population
                then {{ product_signals.from_exact(
                    'percentile_cont(0.9) within group'
                    ~ ' (order by points.exact_points)'
                ) }}
            else {{ product_signals.from_exact('max(points.exact_points)') }}
        end as benchmark,
        case
            when count(*) >= profiles.min_population then 'live'
            else 'fallback'
        end as benchmark_source
    from points
    inner join profiles
        on points.profile = profiles.profile
    group by points.profile, points.as_of_date, profiles.min_population

),

counted as (

    select
        profile,
        as_of_date,
        {{ product_signals.ranked('exact_points') }} as exact_points,
        count(*) as amount
    from points
    where {{ product_signals.ranked('exact_points') }} > 0
    group by
        profile, as_of_date, {{ product_signals.ranked('exact_points') }}

),

{{ product_signals.score_scale() }}
