{#
    The six vectors and every metric of an account, for each day it lives, on
    the day it leaves and the next, and on the last day for all that left.

    Scores are those of the account's main profile: zero where it did nothing,
    null where no profile fits it.
#}
{{ product_signals.restated_by(['days', 'accounts'], 'as_of_date') }}
{% set partial = product_signals.is_partial('account') %}
{% set slope_days = product_signals.slope_days() %}
{% set has_surveys = product_signals.input_relation('surveys') %}
{% set happenings = [
    'new_users',
    'key_features_first_used',
    'risk_events',
    'champions_lost',
    'negative_surveys',
] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    select * from {{ ref('stg_product_signals__score_profiles') }}

),

account_profiles as (

    select
        periods.entity_id as account_id,
        periods.profile,
        periods.is_main_profile,
        periods.valid_from,
        periods.valid_to,
        profiles.period_days
    from {{ ref('int_product_signals__profile_periods') }} as periods
    inner join profiles
        on periods.profile = profiles.profile
    where periods.entity = 'account'

),

{# Where it lives; on the last day, where it has left, too. #}
account_days as (

    select account_days.*
    from {{ ref('int_product_signals__account_days') }} as account_days
    cross join scope
    where
        (
            account_days.is_live
            or (
                account_days.is_known
                and account_days.date_day >= account_days.begins_on
                and account_days.date_day in (
                    account_days.cancelled_on,
                    account_days.cancelled_on + 1,
                    scope.as_of_date
                )
            )
        )
        {%- if partial %}
        and account_days.date_day >= {{ partial['since'] }} - {{ slope_days }}
        {%- endif %}

),

profile_days as (

    select
        account_days.account_id,
        account_days.date_day,
        account_days.begins_on,
        account_days.seats,
        account_days.size_value,
        account_days.date_day - account_days.converted_on
            as days_since_converted,
        account_days.date_day - account_days.cancelled_on
            as days_since_cancelled,
        account_days.contract_ends_on - account_days.date_day
            as days_to_contract_end,
        main_profiles.profile,
        main_profiles.period_days
    from account_days
    left join account_profiles as main_profiles
        on
            main_profiles.is_main_profile
            and account_days.account_id = main_profiles.account_id
            and account_days.date_day >= main_profiles.valid_from
            and account_days.date_day < main_profiles.valid_to

),

listed as (

    select
        profile_days.*,
        profile_days.date_day
        < greatest(profile_days.begins_on, scope.history_start)
        + 2 * profile_days.period_days - 1 as begins_late,
        profile_days.profile is not null
        and previous_profiles.profile is null as enters_late
    from profile_days
    cross join scope
    {# Who came into the profile since has no past in it. #}
    left join account_profiles as previous_profiles
        on
            profile_days.account_id = previous_profiles.account_id
            and profile_days.profile = previous_profiles.profile
            and profile_days.date_day - profile_days.period_days
            >= previous_profiles.valid_from
            and profile_days.date_day - profile_days.period_days
            < previous_profiles.valid_to
    {{ product_signals.join_restated(
        partial, 'account', 'profile_days.account_id'
    ) }}
    where {{ product_signals.is_restated(
        partial, 'profile_days.date_day', days='days'
    ) }}

),

{# Each filtered by itself, so that a run of one day joins one day. #}
{% for name, (model, day) in {
    'standing': ('int_product_signals__account_standing', 'date_day'),
    'top_features': ('int_product_signals__account_top_features', 'date_day'),
    'capacity': ('int_product_signals__account_capacity', 'date_day'),
    'windows': ('int_product_signals__account_windows', 'date_day'),
    'scores': ('product_signals__account_scores', 'as_of_date'),
}.items() %}
{{ name }} as (

    select days.*
    from {{ ref(model) }} as days
    {{ product_signals.join_restated(partial, 'account', 'days.account_id') }}
    where {{ product_signals.is_restated(
        partial, 'days.' ~ day, days='days'
    ) }}

),

{% endfor %}
{# What happened on the day, a column for each metric. #}
happenings as (

    select
        entity_id as account_id,
        date_day,
        {%- for metric in happenings %}
        sum(case when metric = '{{ metric }}' then happenings end)
            as {{ metric }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__happenings') }}
    where entity = 'account'
    group by entity_id, date_day

),

measured as (

    select
        listed.*,
        listed.date_day - listed.begins_on as tenure_days,
        standing.lifecycle_stage,
        standing.expected_stage,
        standing.stage_gap,
        standing.checklist,
        standing.activation_rate,
        standing.activation_rate_day_before,
        listed.date_day - standing.last_met_on as days_since_last_step,
        case
            when listed.profile is not null
                then coalesce(scores.raw_score, 0)
        end as raw_score,
        case
            when listed.profile is not null
                then coalesce(scores.score, 0)
        end as score,
        case
            when scores.account_id is not null then scores.score_change
            when not listed.begins_late and not listed.enters_late
                then 0
        end as score_change,
        case
            when scores.account_id is not null then scores.behavior_change
            when not listed.begins_late and not listed.enters_late
                then 0
        end as behavior_change,
        case
            when scores.account_id is not null then scores.trend
            when listed.begins_late or listed.enters_late
                then 'new'
            when listed.profile is not null then 'flat'
        end as trend,
        scores.benchmark_source,
        windows.active_users,
        windows.seen_users,
        windows.event_count,
        case when windows.valued_days > 0 then windows.event_value end
            as event_value,
        windows.active_days,
        windows.features_used,
        standing.settings_used,
        case
            when not listed.begins_late
                then windows.active_users - windows.previous_active_users
        end as active_users_change,
        standing.known_users,
        standing.licensed_users,
        standing.users_left_30d,
        {%- for metric in happenings %}
        {%- if metric == 'negative_surveys' and not has_surveys %}
        cast(null as integer) as negative_surveys,
        {%- else %}
        coalesce(happenings.{{ metric }}, 0) as {{ metric }},
        {%- endif %}
        {%- endfor %}
        scores.top_user_share,
        capacity.capacity_used_rate,
        standing.last_active_at,
        listed.date_day - standing.last_active_on
            as days_since_last_active,
        standing.key_features,
        standing.key_features_used,
        standing.key_features - standing.key_features_used
            as missing_key_features,
        standing.features_adopted_30d,
        {{ product_signals.percent(
            'standing.key_features_used', 'standing.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'standing.key_features_ever_used', 'standing.key_features'
        ) }} as lifetime_adoption_rate,
        {{ product_signals.percent(
            'top_features.top_feature_events', 'top_features.feature_events'
        ) }} as top_feature_share
    from listed
    inner join standing
        on
            listed.account_id = standing.account_id
            and listed.date_day = standing.date_day
    left join happenings
        on
            listed.account_id = happenings.account_id
            and listed.date_day = happenings.date_day
    left join top_features
        on
            listed.account_id = top_features.account_id
            and listed.date_day = top_features.date_day
    left join capacity
        on
            listed.account_id = capacity.account_id
            and listed.date_day = capacity.date_day
    left join windows
        on
            listed.profile = windows.profile
            and listed.account_id = windows.account_id
            and listed.date_day = windows.date_day
    left join scores
        on
            listed.profile = scores.profile
            and listed.account_id = scores.account_id
            and listed.date_day = scores.as_of_date

),

{# Least squares over the last twelve weeks, from sums: days since the first
   scored day against scores in hundredths, which are whole, so that sums of
   them are exact. #}
scored as (

    select
        profile_days.account_id,
        profile_days.date_day,
        profile_days.date_day - scope.history_start as day_number,
        cast(
            round(100 * case
                when profile_days.profile is not null
                    then coalesce(scores.score, 0)
            end) as double precision
        ) as exact_score
    from profile_days
    cross join scope
    left join {{ ref('product_signals__account_scores') }} as scores
        on
            profile_days.profile = scores.profile
            and profile_days.account_id = scores.account_id
            and profile_days.date_day = scores.as_of_date
    {%- if partial %}
    {{ product_signals.join_restated(
        partial, 'account', 'profile_days.account_id'
    ) }}
    where
        profile_days.date_day >= least(
            restated.first_day,
            {{ product_signals.first_restated_day() }}
        ) - {{ slope_days }}
    {%- endif %}

),

running_sums as (

    {% set so_far %}over (
            partition by account_id
            order by date_day
            rows unbounded preceding
        ){% endset %}
    select
        account_id,
        date_day,
        day_number,
        exact_score,
        count(exact_score) {{ so_far }} as scored_days,
        sum(exact_score) {{ so_far }} as score_sum,
        sum(exact_score * day_number) {{ so_far }} as weighted_sum
    from scored

),

sums as (

    {% set before %}over (
            partition by account_id order by date_day
        ){% endset %}
    select
        account_id,
        date_day,
        day_number,
        day_number - lag(day_number, {{ slope_days - 1 }}) {{ before }}
            as days_back,
        case
            when day_number - lag(day_number) {{ before }} = 1
                then lag(exact_score) {{ before }} / 100
        end as score_day_before,
        {%- for column in ['scored_days', 'score_sum', 'weighted_sum'] %}
        {{ column }} - lag({{ column }}, {{ slope_days }}, 0) {{ before }}
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from running_sums

),

{# The days are evenly spaced: their mean is the middle, and their squared
   distances from it add up to n (n² - 1) / 12. Seven days of hundredths are
   points a week. #}
slopes as (

    select
        account_id,
        date_day,
        score_day_before,
        case
            when
                scored_days = {{ slope_days }}
                and days_back = {{ slope_days - 1 }}
                then 0.07 * (
                    weighted_sum
                    - (day_number - {{ (slope_days - 1) / 2 }}) * score_sum
                ) / {{ slope_days * (slope_days * slope_days - 1) / 12 }}
        end as score_slope
    from sums

),

sloped as (

    select
        measured.*,
        slopes.score_slope,
        slopes.score_day_before
    from measured
    left join slopes
        on
            measured.account_id = slopes.account_id
            and measured.date_day = slopes.date_day

)

select
    sloped.account_id,
    sloped.date_day as as_of_date,
    sloped.profile,
    sloped.checklist,
    account_days.attributes_as_of,
    sloped.lifecycle_stage,
    sloped.expected_stage,
    cast(sloped.stage_gap as integer) as stage_gap,
    cast(sloped.tenure_days as integer) as tenure_days,
    {{ product_signals.band('tenure_days', 'sloped.tenure_days') }}
        as tenure_band,
    sloped.size_value,
    {{ product_signals.band('size_value', 'sloped.size_value') }}
        as size_band,
    sloped.activation_rate,
    {{ product_signals.band('activation_rate', 'sloped.activation_rate') }}
        as activation_band,
    cast(sloped.days_since_last_step as integer) as days_since_last_step,
    sloped.raw_score,
    cast(sloped.score as numeric(12, 2)) as score,
    {{ product_signals.band('score', 'sloped.score') }}
        as score_band,
    cast(sloped.score_change as numeric(12, 2)) as score_change,
    cast(sloped.behavior_change as numeric(12, 2)) as behavior_change,
    sloped.trend,
    {{ product_signals.rounded('sloped.score_slope') }} as score_slope,
    sloped.benchmark_source,
    cast(sloped.active_users as integer) as active_users,
    cast(sloped.active_users_change as integer) as active_users_change,
    cast(sloped.seen_users as integer) as seen_users,
    cast(sloped.known_users as integer) as known_users,
    cast(sloped.licensed_users as bigint) as licensed_users,
    {{ product_signals.percent('sloped.active_users', 'sloped.seen_users') }}
        as active_user_rate,
    {{ product_signals.percent('sloped.known_users', 'sloped.seats') }}
        as seats_used_rate,
    sloped.capacity_used_rate,
    sloped.top_user_share,
    sloped.adoption_rate,
    sloped.lifetime_adoption_rate,
    {{ product_signals.band('adoption_rate', 'sloped.adoption_rate') }}
        as adoption_band,
    cast(sloped.key_features as integer) as key_features,
    cast(sloped.key_features_used as integer) as key_features_used,
    cast(sloped.missing_key_features as integer) as missing_key_features,
    cast(sloped.features_adopted_30d as integer) as features_adopted_30d,
    sloped.top_feature_share,
    cast(sloped.event_count as bigint) as event_count,
    cast(sloped.event_value as double precision) as event_value,
    cast(sloped.active_days as integer) as active_days,
    cast(sloped.features_used as integer) as features_used,
    cast(sloped.settings_used as integer) as settings_used,
    sloped.last_active_at,
    cast(sloped.days_since_last_active as integer) as days_since_last_active,
    cast(
        floor(sloped.days_since_last_active / sloped.period_days) as integer
    ) as periods_since_last_active,
    cast(sloped.score - sloped.score_change as numeric(12, 2))
        as previous_score,
    cast(sloped.score_day_before as numeric(12, 2)) as score_day_before,
    cast(sloped.activation_rate_day_before as numeric(12, 2))
        as activation_rate_day_before,
    case
        when sloped.days_since_converted >= 0
            then cast(sloped.days_since_converted as integer)
    end as days_since_converted,
    case
        when sloped.days_since_cancelled >= 0
            then cast(sloped.days_since_cancelled as integer)
    end as days_since_cancelled,
    cast(sloped.days_to_contract_end as integer) as days_to_contract_end,
    cast(sloped.users_left_30d as integer) as users_left_30d,
    {{ product_signals.percent(
        'sloped.users_left_30d', '(sloped.known_users + sloped.users_left_30d)'
    ) }} as user_turnover_rate,
    {%- for metric in happenings %}
    cast(sloped.{{ metric }} as {{
        'bigint' if metric == 'risk_events' else 'integer'
    }}) as {{ metric }},
    {%- endfor %}
    {{ product_signals.null_reasons([
        ('sloped.profile is null', 'score', 'no profile fits'),
        ('sloped.checklist is null', 'activation_rate', 'no checklist fits'),
        ('sloped.seen_users = 0', 'active_user_rate', 'no user was seen'),
        ('sloped.key_features = 0', 'adoption_rate', 'no key feature to use'),
        ('sloped.last_active_at is null', 'days_since_last_active',
            'never active'),
    ]) }} as null_reasons,
    account_days.created_at,
    {%- for column in product_signals.account_columns() %}
    account_days.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from sloped
inner join account_days
    on
        sloped.account_id = account_days.account_id
        and sloped.date_day = account_days.date_day
