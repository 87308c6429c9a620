{#
    What changes in the features a user uses, per profile and day: features of
    the catalogue in the profile's period, key features in the adoption
    window, and the key features the user's account may use at all.
#}

with feature_days as (

    select
        user_id,
        feature,
        event_date,
        {{ product_signals.days_beside('user_id, feature') }}
    from {{ ref('int_product_signals__daily_activity') }}
    where feature is not null

),

profiles as (

    select
        profile,
        period_days
    from {{ ref('stg_product_signals__score_profiles') }}

),

key_days as (

    select feature_days.*
    from feature_days
    inner join {{ ref('stg_product_signals__features') }} as features
        on feature_days.feature = features.feature
    where features.is_key

),

adopted_periods as (

    {{ product_signals.presence(
        'key_days', 'user_id, feature', var('adoption_window_days')
    ) }}

),

entitled_periods as (

    select
        user_accounts.user_id,
        entitlements.feature,
        greatest(user_accounts.valid_from, entitlements.valid_from)
            as valid_from,
        least(user_accounts.valid_to, entitlements.valid_to) as valid_to
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join {{ ref('int_product_signals__entitlements') }} as entitlements
        on
            coalesce(user_accounts.account_id, '') = entitlements.account_id
            and user_accounts.valid_from < entitlements.valid_to
            and user_accounts.valid_to > entitlements.valid_from
    where entitlements.is_key

),

entitled_use as (

    select
        used.user_id,
        greatest(used.valid_from, entitled.valid_from) as valid_from,
        least(used.valid_to, entitled.valid_to) as valid_to
    from adopted_periods as used
    inner join entitled_periods as entitled
        on
            used.user_id = entitled.user_id
            and used.feature = entitled.feature
            and used.valid_from < entitled.valid_to
            and used.valid_to > entitled.valid_from

),

changes as (

    {# A feature comes into use when it was not used within the period before,
       and goes out of use one period after it was used last. #}
    select
        profiles.profile,
        feature_days.user_id,
        feature_days.event_date as changed_on,
        1 as features_used,
        0 as key_features_used,
        0 as key_features
    from feature_days
    cross join profiles
    where
        feature_days.previous_date is null
        or feature_days.event_date - feature_days.previous_date
        >= profiles.period_days

    union all

    select
        profiles.profile,
        feature_days.user_id,
        feature_days.event_date + profiles.period_days,
        -1,
        0,
        0
    from feature_days
    cross join profiles
    where
        feature_days.next_date is null
        or feature_days.next_date - feature_days.event_date
        >= profiles.period_days

    union all

    select profiles.profile, entitled_use.user_id, valid_from, 0, 1, 0
    from entitled_use
    cross join profiles

    union all

    select profiles.profile, entitled_use.user_id, valid_to, 0, -1, 0
    from entitled_use
    cross join profiles

    union all

    select profiles.profile, entitled_periods.user_id, valid_from, 0, 0, 1
    from entitled_periods
    cross join profiles

    union all

    select profiles.profile, entitled_periods.user_id, valid_to, 0, 0, -1
    from entitled_periods
    cross join profiles

)

select
    changes.profile,
    changes.user_id,
    greatest(changes.changed_on, scope.history_start) as changed_on,
    sum(changes.features_used) as features_used,
    sum(changes.key_features_used) as key_features_used,
    sum(changes.key_features) as key_features
from changes
cross join {{ ref('int_product_signals__scope') }} as scope
where changes.changed_on <= scope.as_of_date
group by
    changes.profile,
    changes.user_id,
    greatest(changes.changed_on, scope.history_start)
