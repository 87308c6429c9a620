{#
    Scores of users: by their main profile on every day, by the others on
    published days. Columns that follow from others are left out.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set reach = product_signals.longest_change() %}
{# All users of an account have one main profile, unless a profile filters
   users. Then they are ranked before other profiles' rows are left out. #}
{% set filters_users = product_signals.filters_users() %}
{% set users_of = 'is_main_profile' if filters_users else 'profile' %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

scale as (

    select * from {{ ref('int_product_signals__user_score_scale') }}
    where {{ product_signals.in_rebuild('as_of_date', reach) }}

),

{# Only the method percentile needs the percentile back then. #}
percentiles as (

    select
        scale.profile,
        scale.as_of_date,
        scale.exact_points,
        scale.percentile
    from scale
    inner join profiles
        on scale.profile = profiles.profile
    where profiles.normalization = 'percentile'

),

windows as (

    select
        windows.*,
        {{ product_signals.ranked('windows.exact_points') }} as ranked_points,
        case
            when
                windows.was_in_profile
                and windows.as_of_date
                >= {{ product_signals.first_compared_day(
                    'entities.begins_on', 'profiles'
                ) }}
                then coalesce(windows.previous_exact_points, 0)
        end as compared_exact_points,
        profiles.change_days,
        profiles.normalization,
        coalesce(entities.deactivated_on <= windows.as_of_date, false)
        or (entities.is_known and not user_accounts.is_there) as has_left
    from {{ ref('int_product_signals__user_windows') }} as windows
    cross join scope
    inner join profiles
        on windows.profile = profiles.profile
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'user'
            and windows.user_id = entities.entity_id
    inner join {{ ref('int_product_signals__user_accounts') }} as user_accounts
        on
            windows.user_id = user_accounts.user_id
            and windows.as_of_date >= user_accounts.valid_from
            and windows.as_of_date < user_accounts.valid_to
    where
        windows.is_user
        and {{ product_signals.in_rebuild('windows.as_of_date') }}
        {%- if not filters_users %}
        and (
            windows.is_main_profile
            or {{ product_signals.is_published('windows.as_of_date') }}
        )
        {%- endif %}
        and windows.is_in_profile
        and (
            windows.exact_points > 0
            or windows.previous_exact_points > 0
            or windows.active_days > 0
        )

),

ranked as (

    select
        windows.*,
        case
            when
                windows.exact_points > 0
                and windows.user_account_id is not null
                and not windows.has_left
                then rank() over (
                    partition by
                        windows.profile,
                        windows.user_account_id,
                        windows.as_of_date
                    order by windows.has_left, windows.ranked_points desc
                )
        end as rank_in_account,
        {# Of all users by their main profiles; ties go to the first id. #}
        row_number() over (
            partition by
                windows.{{ users_of }},
                windows.user_account_id,
                windows.as_of_date
            order by
                windows.has_left, windows.ranked_points desc, windows.user_id
        ) = 1 as is_first_in_account
    from windows

),

normalized as (

    select
        ranked.*,
        scale.benchmark,
        scale.score_rank,
        scale.percentile,
        {{ product_signals.normalized(
            'ranked.exact_points',
            'scale.benchmark',
            'ranked.normalization',
            'scale.percentile'
        ) }} as score,
        case
            when ranked.compared_exact_points is not null
                then {{ product_signals.normalized(
                    'ranked.compared_exact_points',
                    'previous_scale.benchmark',
                    'ranked.normalization',
                    'previous_ranks.percentile'
                ) }}
        end as previous_score,
        case
            when ranked.compared_exact_points is not null
                then {{ product_signals.normalized(
                    'ranked.compared_exact_points',
                    'scale.benchmark',
                    'ranked.normalization',
                    'cast(null as double precision)'
                ) }}
        end as previous_score_at_benchmark
    from ranked
    inner join scale
        on
            ranked.profile = scale.profile
            and ranked.as_of_date = scale.as_of_date
            and ranked.ranked_points = scale.exact_points
    left join scale as previous_scale
        on
            previous_scale.exact_points = 0
            and ranked.profile = previous_scale.profile
            and ranked.as_of_date - ranked.change_days
            = previous_scale.as_of_date
    left join percentiles as previous_ranks
        on
            ranked.profile = previous_ranks.profile
            and ranked.as_of_date - ranked.change_days
            = previous_ranks.as_of_date
            and {{ product_signals.ranked('ranked.compared_exact_points') }}
            = previous_ranks.exact_points
    {%- if filters_users %}
    cross join scope
    where
        ranked.is_main_profile
        or {{ product_signals.is_published('ranked.as_of_date') }}
    {%- endif %}

),

published as (

    select
        *,
        {{ product_signals.rounded('score') }} as published_score,
        {{ product_signals.rounded('previous_score') }}
            as published_previous_score,
        {{ product_signals.rounded('previous_score_at_benchmark') }}
            as published_previous_at_benchmark
    from normalized

),

changes as (

    select
        *,
        published_score - published_previous_score as score_change,
        {{ product_signals.behavior_change() }} as behavior_change
    from published

)

select
    changes.profile,
    changes.user_id,
    changes.as_of_date,
    changes.user_account_id as account_id,
    changes.is_main_profile,
    {{ product_signals.from_exact('changes.exact_points') }} as raw_score,
    changes.published_score as score,
    {{ product_signals.from_exact('changes.compared_exact_points') }}
        as previous_raw_score,
    cast(changes.score_change as numeric(12, 2)) as score_change,
    cast(changes.behavior_change as numeric(12, 2)) as behavior_change,
    changes.score_rank,
    {{ product_signals.rounded('changes.percentile') }} as score_percentile,
    cast(changes.rank_in_account as integer) as rank_in_account,
    changes.is_main_profile
    and changes.rank_in_account is not null
    and changes.is_first_in_account as leads_account,
    changes.active_days,
    changes.event_count,
    changes.previous_event_count
from changes
