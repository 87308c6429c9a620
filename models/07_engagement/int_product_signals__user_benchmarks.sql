{#
    What raw score makes 100, per profile and day: a number fixed in the
    profile, else the 90th percentile of its users with points, else, where
    those are too few for a percentile, the highest of them.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

users_with_points as (

    select
        profile,
        as_of_date,
        count(*) as population,
        percentile_cont(0.9) within group (order by exact_points) as exact_p90,
        max(exact_points) as exact_maximum
    from {{ ref('int_product_signals__score_windows') }}
    where
        is_user
        and exact_points > 0
        and {{ product_signals.in_rebuild('as_of_date') }}
    group by profile, as_of_date

)

select
    profiles.profile,
    dates.date_day as as_of_date,
    case
        when profiles.benchmark is not null then profiles.benchmark
        when users_with_points.population >= profiles.min_population
            then {{ product_signals.from_exact('users_with_points.exact_p90') }}
        else {{ product_signals.from_exact('users_with_points.exact_maximum') }}
    end as benchmark,
    case
        when profiles.benchmark is not null then 'fixed'
        when users_with_points.population >= profiles.min_population
            then 'live'
        else 'fallback'
    end as benchmark_source
from {{ ref('int_product_signals__dates') }} as dates
cross join score_profiles as profiles
left join users_with_points
    on
        profiles.profile = users_with_points.profile
        and dates.date_day = users_with_points.as_of_date
where {{ product_signals.in_rebuild('dates.date_day') }}
