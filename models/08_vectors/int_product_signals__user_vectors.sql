{#
    Every metric of a user as of now: the users of the input that are not
    internal and were created by then.

    Scores are those of the user's main profile: zero where they did nothing,
    null where no profile fits them.
#}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

main_profiles as (

    select
        periods.entity_id as user_id,
        periods.account_id,
        periods.profile,
        profiles.period_days,
        {# Who came into the profile since has no past in it. #}
        previous_periods.profile is not null
        and scope.as_of_date
        >= greatest(entities.begins_on, scope.history_start)
        + 2 * profiles.period_days - 1 as has_past
    from {{ ref('int_product_signals__profile_periods') }} as periods
    inner join {{ ref('stg_product_signals__score_profiles') }} as profiles
        on periods.profile = profiles.profile
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            periods.entity = entities.entity
            and periods.entity_id = entities.entity_id
    inner join scope
        on
            scope.as_of_date >= periods.valid_from
            and scope.as_of_date < periods.valid_to
    left join {{ ref('int_product_signals__profile_periods') }}
        as previous_periods
        on
            periods.entity = previous_periods.entity
            and periods.entity_id = previous_periods.entity_id
            and periods.profile = previous_periods.profile
            and scope.as_of_date - profiles.period_days
            >= previous_periods.valid_from
            and scope.as_of_date - profiles.period_days
            < previous_periods.valid_to
    where periods.entity = 'user' and periods.is_main_profile

),

homes as (

    select
        user_accounts.user_id,
        user_accounts.account_id
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join scope
        on
            scope.as_of_date >= user_accounts.valid_from
            and scope.as_of_date < user_accounts.valid_to

),

roles as (

    select
        attribute_periods.entity_id as user_id,
        attribute_periods.value as role
    from {{ ref('int_product_signals__attribute_periods') }}
        as attribute_periods
    inner join scope
        on
            scope.as_of_date >= attribute_periods.valid_from
            and scope.as_of_date < attribute_periods.valid_to
    where
        attribute_periods.entity = 'user'
        and attribute_periods.attribute = 'role'

),

scores as (

    select user_scores.*
    from {{ ref('product_signals__user_scores') }} as user_scores
    inner join scope
        on user_scores.as_of_date = scope.as_of_date

),

last_active as (

    select
        user_id,
        max(event_date) as last_active_on,
        max(last_occurred_at) as last_active_at
    from {{ ref('int_product_signals__daily_activity') }}
    where is_activity
    group by user_id

),

amounts as (

    select
        activity.user_id,
        sum(
            case
                when
                    activity.event_date
                    > scope.as_of_date - main_profiles.period_days
                    then activity.event_value
            end
        ) as event_value,
        count(
            distinct case
                when
                    features.is_setting
                    and activity.event_date
                    > scope.as_of_date - {{ var('adoption_window_days') }}
                    then activity.feature
            end
        ) as settings_used
    from {{ ref('int_product_signals__daily_activity') }} as activity
    cross join scope
    left join main_profiles
        on activity.user_id = main_profiles.user_id
    left join {{ ref('stg_product_signals__features') }} as features
        on activity.feature = features.feature
    where activity.event_value is not null or features.is_setting
    group by activity.user_id

),

key_use as (

    select
        activity.user_id,
        activity.feature,
        max(activity.event_date) as last_used_on
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join {{ ref('stg_product_signals__features') }} as features
        on activity.feature = features.feature
    where features.is_key
    group by activity.user_id, activity.feature

),

adoption as (

    select
        homes.user_id,
        count(*) as key_features,
        count(
            case
                when
                    key_use.last_used_on
                    > scope.as_of_date - {{ var('adoption_window_days') }}
                    then 1
            end
        ) as key_features_used,
        count(key_use.feature) as key_features_ever_used
    from homes
    cross join scope
    inner join {{ ref('int_product_signals__entitlements') }} as entitlements
        on
            coalesce(homes.account_id, '') = entitlements.account_id
            and entitlements.is_key
            and scope.as_of_date >= entitlements.valid_from
            and scope.as_of_date < entitlements.valid_to
    left join key_use
        on
            homes.user_id = key_use.user_id
            and entitlements.feature = key_use.feature
    group by homes.user_id

),

measured as (

    select
        users.user_id,
        homes.account_id,
        scope.as_of_date,
        users.email,
        users.full_name,
        coalesce(roles.role, users.role) as role,
        users.crm_id,
        users.created_at,
        users.deactivated_at,
        users.licensed_at,
        main_profiles.profile,
        activation.checklist,
        scope.as_of_date - entities.begins_on as tenure_days,
        case
            when main_profiles.profile is not null
                then coalesce(scores.raw_score, 0)
        end as raw_score,
        case
            when main_profiles.profile is not null
                then coalesce(scores.score, 0)
        end as score,
        case
            when scores.user_id is not null then scores.score_change
            when main_profiles.has_past then 0
        end as score_change,
        case
            when scores.user_id is not null then scores.behavior_change
            when main_profiles.has_past then 0
        end as behavior_change,
        case
            when scores.user_id is not null then scores.trend
            when main_profiles.has_past then 'flat'
            when main_profiles.profile is not null then 'new'
        end as trend,
        scores.score_rank,
        scores.score_percentile,
        scores.rank_in_account,
        case
            when main_profiles.profile is not null
                then coalesce(scores.is_active, false)
        end as is_active,
        case
            when main_profiles.profile is not null
                then coalesce(scores.active_days, 0)
        end as active_days,
        case
            when main_profiles.profile is not null
                then coalesce(scores.event_count, 0)
        end as event_count,
        case
            when main_profiles.profile is not null
                then coalesce(scores.features_used, 0)
        end as features_used,
        cast(amounts.event_value as double precision) as event_value,
        coalesce(amounts.settings_used, 0) as settings_used,
        activation.activation_rate,
        activation.activation_band,
        activation.activated_at,
        activation.next_step,
        activation.days_since_last_step,
        adoption.key_features,
        adoption.key_features_used,
        {{ product_signals.percent(
            'adoption.key_features_used', 'adoption.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'adoption.key_features_ever_used', 'adoption.key_features'
        ) }} as lifetime_adoption_rate,
        last_active.last_active_at,
        scope.as_of_date - last_active.last_active_on
            as days_since_last_active,
        main_profiles.period_days
    from {{ ref('stg_product_signals__users') }} as users
    cross join scope
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'user'
            and users.user_id = entities.entity_id
            and entities.begins_on <= scope.as_of_date
    inner join homes
        on users.user_id = homes.user_id
    left join roles
        on users.user_id = roles.user_id
    left join main_profiles
        on users.user_id = main_profiles.user_id
    left join scores
        on
            main_profiles.profile = scores.profile
            and users.user_id = scores.user_id
    left join {{ ref('product_signals__activation') }} as activation
        on
            activation.entity = 'user'
            and activation.is_main_checklist
            and users.user_id = activation.entity_id
    left join adoption
        on users.user_id = adoption.user_id
    left join last_active
        on users.user_id = last_active.user_id
    left join amounts
        on users.user_id = amounts.user_id

)

select
    measured.*,
    {{ product_signals.band('tenure_days', 'measured.tenure_days') }}
        as tenure_band,
    {{ product_signals.band('score', 'measured.score') }} as score_band,
    {{ product_signals.band('adoption_rate', 'measured.adoption_rate') }}
        as adoption_band,
    case
        when measured.period_days is not null
            then floor(measured.days_since_last_active / measured.period_days)
    end as periods_since_last_active
from measured
