{#
    One row per profile, day and raw score: its rank, the percentage of users
    with points that have no more, and the day's benchmark.

    The benchmark is the number fixed in the profile, otherwise the 90th
    percentile of its users with points or, if they are too few for a
    percentile, their maximum. The raw score 0 has a row on every day.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with profiles as (

    {{ product_signals.seed('score_profiles') }}

),

dates as (

    {{ product_signals.scored_days() }}

),

windows as (

    select
        profile,
        as_of_date,
        exact_points,
        is_user
    from {{ ref('int_product_signals__user_windows') }}
    where
        exact_points > 0
        and {{ product_signals.in_rebuild('as_of_date') }}

),

users_with_points as (

    select
        profile,
        as_of_date,
        count(*) as population,
        percentile_cont(0.9) within group (order by exact_points) as exact_p90,
        max(exact_points) as exact_maximum
    from windows
    where is_user
    group by profile, as_of_date

),

benchmarks as (

    select
        profiles.profile,
        dates.date_day as as_of_date,
        case
            when profiles.benchmark is not null then profiles.benchmark
            when users_with_points.population >= profiles.min_population
                then {{ product_signals.from_exact(
                    'users_with_points.exact_p90'
                ) }}
            else {{ product_signals.from_exact(
                'users_with_points.exact_maximum'
            ) }}
        end as benchmark,
        case
            when profiles.benchmark is not null then 'fixed'
            when users_with_points.population >= profiles.min_population
                then 'live'
            else 'fallback'
        end as benchmark_source
    from dates
    cross join profiles
    left join users_with_points
        on
            profiles.profile = users_with_points.profile
            and dates.date_day = users_with_points.as_of_date
    where {{ product_signals.in_rebuild('dates.date_day') }}

),

{# If the percentile is the score, a user's part in an account is ranked among
   users, too. #}
counted as (

    select
        windows.profile,
        windows.as_of_date,
        {{ product_signals.ranked('windows.exact_points') }} as exact_points,
        count(case when windows.is_user then 1 end) as amount
    from windows
    inner join profiles
        on windows.profile = profiles.profile
    where
        (windows.is_user or profiles.normalization = 'percentile')
        and {{ product_signals.ranked('windows.exact_points') }} > 0
    group by
        windows.profile,
        windows.as_of_date,
        {{ product_signals.ranked('windows.exact_points') }}

),

{{ product_signals.score_scale() }}
