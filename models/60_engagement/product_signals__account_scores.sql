{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{# Changes also need the day they compare with. #}
{% set reach = product_signals.longest_change() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

account_profiles as (

    select
        profile,
        entity_id as account_id,
        valid_from,
        valid_to,
        is_main as is_main_profile
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
    where entity = 'account' and profile is not null

),

windows as (

    select
        windows.profile,
        windows.account_id,
        windows.date_day as as_of_date,
        profiles.change_days,
        profiles.normalization,
        profiles.account_method,
        account_days.seats,
        account_profiles.is_main_profile,
        windows.seen_users,
        windows.active_users,
        windows.averaged_users,
        windows.previous_averaged_users,
        windows.event_count,
        windows.active_days,
        windows.features_used,
        coalesce(points.exact_points, 0) as exact_points,
        coalesce(points.previous_exact_points, 0) as previous_exact_points,
        points.top_user_exact_points,
        case
            when points.account_id is null then 0
            else points.exact_score_sum
        end as exact_score_sum,
        coalesce(points.previous_exact_score_sum, 0)
            as previous_exact_score_sum,
        coalesce(points.scored_users, 0) as scored_users,
        coalesce(points.previous_scored_users, 0) as previous_scored_users,
        previous_profiles.profile is not null
        and windows.date_day
        >= {{ product_signals.first_compared_day(
            'account_days.begins_on', 'profiles'
        ) }} as has_previous
    from {{ ref('int_product_signals__account_windows') }} as windows
    cross join scope
    inner join profiles
        on windows.profile = profiles.profile
    inner join {{ ref('int_product_signals__account_days') }} as account_days
        on
            windows.account_id = account_days.account_id
            and windows.date_day = account_days.date_day
    inner join account_profiles
        on
            windows.profile = account_profiles.profile
            and windows.account_id = account_profiles.account_id
            and windows.date_day >= account_profiles.valid_from
            and windows.date_day < account_profiles.valid_to
    left join account_profiles as previous_profiles
        on
            windows.profile = previous_profiles.profile
            and windows.account_id = previous_profiles.account_id
            and windows.date_day - profiles.change_days
            >= previous_profiles.valid_from
            and windows.date_day - profiles.change_days
            < previous_profiles.valid_to
    left join {{ ref('int_product_signals__account_points') }} as points
        on
            windows.profile = points.profile
            and windows.account_id = points.account_id
            and windows.date_day = points.as_of_date
    where
        (
            points.exact_points > 0
            or points.previous_exact_points > 0
            or windows.active_users > 0
            or windows.active_days > 0
        )
        and {{ product_signals.in_rebuild('windows.date_day', reach) }}

),

measured as (

    select
        windows.*,
        account_scale.score_rank,
        account_scale.percentile,
        case
            when windows.account_method = 'total'
                then account_scale.benchmark
            else user_scale.benchmark
        end as benchmark,
        case
            when windows.account_method <> 'total'
                then user_scale.benchmark_source
            else coalesce(account_scale.benchmark_source, 'fallback')
        end as benchmark_source,
        {{ product_signals.from_exact('windows.exact_score_sum') }}
        / nullif(windows.scored_users, 0) as active_average,
        {{ product_signals.from_exact('windows.exact_score_sum') }}
        / nullif(windows.averaged_users, 0) as member_average,
        {{ product_signals.normalized(
            'windows.exact_points',
            'account_scale.benchmark',
            'windows.normalization',
            'account_scale.percentile'
        ) }} as total_score,
        case
            when windows.account_method = 'active_average'
                then {{ product_signals.from_exact(
                    'windows.previous_exact_score_sum'
                ) }} / nullif(windows.previous_scored_users, 0)
            when windows.account_method = 'member_average'
                then {{ product_signals.from_exact(
                    'windows.previous_exact_score_sum'
                ) }} / nullif(windows.previous_averaged_users, 0)
            else {{ product_signals.normalized(
                'windows.previous_exact_points',
                'account_scale.benchmark',
                'windows.normalization',
                'cast(null as double precision)'
            ) }}
        end as previous_score_at_benchmark
    from windows
    inner join {{ ref('int_product_signals__user_score_scale') }} as user_scale
        on
            user_scale.exact_points = 0
            and windows.profile = user_scale.profile
            and windows.as_of_date = user_scale.as_of_date
    left join {{ ref('int_product_signals__account_score_scale') }}
        as account_scale
        on
            windows.profile = account_scale.profile
            and windows.as_of_date = account_scale.as_of_date
            and {{ product_signals.ranked('windows.exact_points') }}
            = account_scale.exact_points

),

scored as (

    select
        *,
        {{ product_signals.rounded('coalesce(case account_method'
            ~ " when 'active_average' then active_average"
            ~ " when 'member_average' then member_average"
            ~ ' else total_score end, 0)'
        ) }} as published_score,
        {{ product_signals.rounded(
            'coalesce(previous_score_at_benchmark, 0)'
        ) }} as published_previous_at_benchmark
    from measured

),

published as (

    select
        scored.*,
        case
            when scored.has_previous
                then coalesce(previous_scores.published_score, 0)
        end as published_previous_score
    from scored
    left join scored as previous_scores
        on
            scored.profile = previous_scores.profile
            and scored.account_id = previous_scores.account_id
            and scored.as_of_date - scored.change_days
            = previous_scores.as_of_date

),

changes as (

    select
        *,
        published_score - published_previous_score as score_change,
        case
            when has_previous then {{ product_signals.behavior_change() }}
        end as behavior_change
    from published

)

select
    changes.profile,
    changes.account_id,
    changes.as_of_date,
    changes.is_main_profile,
    {{ product_signals.from_exact('changes.exact_points') }} as raw_score,
    changes.published_score as score,
    {{ product_signals.band('score', 'changes.published_score') }}
        as score_band,
    {{ product_signals.band('score', 'changes.published_score', true) }}
        as score_band_order,
    changes.benchmark,
    changes.benchmark_source,
    {{ product_signals.rounded('changes.active_average') }} as active_average,
    {{ product_signals.rounded('changes.member_average') }} as member_average,
    {{ product_signals.rounded('changes.total_score') }} as total_score,
    case
        when changes.has_previous
            then {{ product_signals.from_exact(
                'changes.previous_exact_points'
            ) }}
    end as previous_raw_score,
    cast(changes.published_previous_score as numeric(12, 2))
        as previous_score,
    cast(changes.score_change as numeric(12, 2)) as score_change,
    cast(changes.behavior_change as numeric(12, 2)) as behavior_change,
    cast(changes.score_change - changes.behavior_change as numeric(12, 2))
        as rescale_change,
    {{ product_signals.trend(
        'coalesce(changes.behavior_change, changes.score_change)'
    ) }} as trend,
    cast(changes.score_rank as integer) as score_rank,
    {{ product_signals.rounded('changes.percentile') }} as score_percentile,
    changes.active_users > 0 as is_active,
    cast(changes.active_days as integer) as active_days,
    cast(changes.event_count as bigint) as event_count,
    cast(changes.features_used as integer) as features_used,
    {{ product_signals.percent(
        'totals.key_features_used', 'totals.key_features'
    ) }} as adoption_rate,
    totals.last_active_at,
    cast(changes.active_users as integer) as active_users,
    cast(changes.seen_users as integer) as seen_users,
    cast(totals.known_users as integer) as known_users,
    cast(coalesce(changes.seats, totals.licensed_users) as bigint)
        as licensed_users,
    {{ product_signals.percent(
        'changes.active_users', 'changes.seen_users'
    ) }} as active_user_rate,
    {{ product_signals.percent(
        'changes.top_user_exact_points', 'changes.exact_points'
    ) }} as top_user_share
from changes
inner join {{ ref('int_product_signals__account_totals') }} as totals
    on
        changes.account_id = totals.account_id
        and changes.as_of_date = totals.date_day
where {{ product_signals.in_rebuild('changes.as_of_date') }}
