{#
    What raw score makes 100 of an account's total, per profile and day: the
    90th percentile of its accounts with points, or, where those are too few
    for a percentile, the highest of them.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

)

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
from {{ ref('int_product_signals__account_points') }} as points
inner join score_profiles as profiles
    on points.profile = profiles.profile
{{ product_signals.join_account_profile('points') }}
where
    points.exact_points > 0
    and {{ product_signals.in_rebuild('points.as_of_date') }}
group by points.profile, points.as_of_date, profiles.min_population
