{#
    Sums over an account's users: of their points, which is its raw score, and
    of their normalised scores, which gives its averages. Both windows use
    today's benchmark.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

{# Only the method percentile needs percentiles. #}
percentiles as (

    select
        scale.profile,
        scale.as_of_date,
        scale.exact_points,
        scale.percentile
    from {{ ref('int_product_signals__user_score_scale') }} as scale
    inner join score_profiles as profiles
        on scale.profile = profiles.profile
    where
        profiles.normalization = 'percentile'
        and {{ product_signals.in_rebuild('scale.as_of_date') }}

),

parts as (

    select
        windows.profile,
        windows.account_id,
        windows.as_of_date,
        windows.exact_points,
        windows.previous_exact_points,
        {{ product_signals.exact(product_signals.normalized(
            'windows.exact_points',
            'scale.benchmark',
            'profiles.normalization',
            'ranks.percentile'
        )) }} as exact_score,
        {{ product_signals.exact(product_signals.normalized(
            'windows.previous_exact_points',
            'scale.benchmark',
            'profiles.normalization',
            'cast(null as double precision)'
        )) }} as previous_exact_score
    from {{ ref('int_product_signals__user_windows') }} as windows
    inner join score_profiles as profiles
        on windows.profile = profiles.profile
    inner join {{ ref('int_product_signals__user_score_scale') }} as scale
        on
            scale.exact_points = 0
            and windows.profile = scale.profile
            and windows.as_of_date = scale.as_of_date
    left join percentiles as ranks
        on
            windows.profile = ranks.profile
            and windows.as_of_date = ranks.as_of_date
            and {{ product_signals.ranked('windows.exact_points') }}
            = ranks.exact_points
    where
        windows.account_id is not null
        and {{ product_signals.in_rebuild('windows.as_of_date') }}

)

select
    profile,
    account_id,
    as_of_date,
    coalesce(sum(exact_points), 0) as exact_points,
    coalesce(sum(previous_exact_points), 0) as previous_exact_points,
    max(exact_points) as top_user_exact_points,
    {# If nobody in the profile has points, there is no benchmark. Users with
       another profile may still have points here: their score is unknown,
       not 0. #}
    case when count(exact_score) = count(*) then sum(exact_score) end
        as exact_score_sum,
    coalesce(sum(previous_exact_score), 0) as previous_exact_score_sum,
    count(case when exact_points > 0 then 1 end) as scored_users,
    count(case when previous_exact_points > 0 then 1 end)
        as previous_scored_users
from parts
group by profile, account_id, as_of_date
