{#
    The score of an account's main profile on each day of its metrics, and its
    change against the prior window, the day before, and over twelve weeks.

    0 if the account did nothing, null if no profile fits.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set slope_days = product_signals.slope_days() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

account_profiles as (

    select
        periods.entity_id as account_id,
        periods.profile,
        profiles.period_days,
        profiles.change_days,
        profiles.normalization,
        periods.is_main as is_main_profile,
        periods.valid_from,
        periods.valid_to
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
    inner join profiles
        on periods.profile = profiles.profile
    where periods.entity = 'account'

),

all_days as (

    select
        account_days.*,
        {%- for days in [1, 2] %}
        coalesce(lag(is_live, {{ days }}) over (
            partition by account_id order by date_day
        ), false) as was_live_{{ days }}d_ago
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__account_days') }} as account_days
    where {{ product_signals.in_rebuild('date_day', slope_days + 2) }}

),

{# Days it lives, the day it leaves and the next; the last day for all. #}
account_days as (

    select all_days.*
    from all_days
    cross join scope
    where
        (
            all_days.is_live
            or (
                all_days.is_known
                and all_days.date_day >= all_days.begins_on
                and (
                    all_days.was_live_1d_ago
                    or all_days.was_live_2d_ago
                    or all_days.date_day = all_days.cancelled_on
                    or all_days.date_day = all_days.cancelled_on + 1
                    or all_days.date_day = scope.as_of_date
                )
            )
        )
        and {{ product_signals.in_rebuild('all_days.date_day', slope_days) }}

),

profile_days as (

    select
        account_days.account_id,
        account_days.date_day,
        main_profiles.profile,
        main_profiles.normalization,
        account_days.date_day
        < {{ product_signals.first_compared_day(
            'account_days.begins_on', 'main_profiles'
        ) }} as begins_late,
        {# An account new in the profile has no past in it. #}
        main_profiles.profile is not null
        and previous_profiles.profile is null as enters_late
    from account_days
    cross join scope
    left join account_profiles as main_profiles
        on
            main_profiles.is_main_profile
            and account_days.account_id = main_profiles.account_id
            and account_days.date_day >= main_profiles.valid_from
            and account_days.date_day < main_profiles.valid_to
    left join account_profiles as previous_profiles
        on
            main_profiles.account_id = previous_profiles.account_id
            and main_profiles.profile = previous_profiles.profile
            and account_days.date_day - main_profiles.change_days
            >= previous_profiles.valid_from
            and account_days.date_day - main_profiles.change_days
            < previous_profiles.valid_to

),

scored as (

    select
        profile_days.*,
        profile_days.date_day - scope.history_start as day_number,
        case
            when profile_days.profile is not null
                then coalesce(scores.raw_score, 0)
        end as raw_score,
        case
            when profile_days.profile is not null
                then coalesce(scores.score, 0)
        end as score,
        case
            when scores.account_id is not null then scores.score_change
            when not profile_days.begins_late and not profile_days.enters_late
                then 0
        end as score_change,
        case
            when scores.account_id is not null then scores.behavior_change
            when
                not profile_days.begins_late
                and not profile_days.enters_late
                and profile_days.normalization <> 'percentile'
                then 0
        end as behavior_change,
        case
            when scores.account_id is not null then scores.trend
            when profile_days.begins_late or profile_days.enters_late
                then 'new'
            when profile_days.profile is not null then 'flat'
        end as trend,
        scores.benchmark_source,
        scores.top_user_share
    from profile_days
    cross join scope
    left join {{ ref('product_signals__account_scores') }} as scores
        on
            profile_days.profile = scores.profile
            and profile_days.account_id = scores.account_id
            and profile_days.date_day = scores.as_of_date
            and {{ product_signals.in_rebuild(
                'scores.as_of_date', slope_days
            ) }}

),

exact_scores as (

    select
        *,
        cast(round(100 * score) as double precision) as exact_score
    from scored

),

{# Scores of another profile are no past of this one's. #}
running_sums as (

    {% set so_far %}over (
            partition by account_id, profile
            order by date_day
            rows unbounded preceding
        ){% endset %}
    select
        *,
        count(exact_score) {{ so_far }} as scored_days,
        sum(exact_score) {{ so_far }} as score_sum,
        sum(exact_score * day_number) {{ so_far }} as weighted_sum
    from exact_scores

),

sums as (

    {% set before %}over (
            partition by account_id, profile order by date_day
        ){% endset %}
    select
        *,
        day_number - lag(day_number, {{ slope_days - 1 }}) {{ before }}
            as days_back,
        case
            when day_number - lag(day_number) {{ before }} = 1
                then lag(exact_score) {{ before }} / 100
        end as score_day_before,
        {%- for column in ['scored_days', 'score_sum', 'weighted_sum'] %}
        {{ column }} - lag({{ column }}, {{ slope_days }}, 0) {{ before }}
            as recent_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from running_sums

)

select
    sums.account_id,
    sums.date_day,
    sums.profile,
    sums.begins_late,
    sums.raw_score,
    sums.score,
    sums.score_change,
    sums.behavior_change,
    sums.trend,
    sums.benchmark_source,
    sums.top_user_share,
    sums.score_day_before,
    {{ product_signals.slope(
        'sums.recent_scored_days',
        'sums.days_back',
        'sums.day_number',
        'sums.recent_score_sum',
        'sums.recent_weighted_sum',
    ) }} as score_slope
from sums
where {{ product_signals.in_rebuild('sums.date_day') }}
