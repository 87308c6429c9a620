{#
    What changes in the features a user uses, per profile and day: features of
    the catalogue in the profile's period, key features in the adoption
    window, and the key features the user's account may use at all.
#}
{% set columns = ['features_used', 'key_features_used', 'key_features'] %}

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

    {{ product_signals.features_in_use('user_id', columns) }}

    union all

    {% for column, periods in {
        'key_features_used': 'entitled_use',
        'key_features': 'entitled_periods',
    }.items() %}
    {% for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        profiles.profile,
        {{ periods }}.user_id,
        {{ periods }}.{{ day }} as changed_on,
        {{- product_signals.amounts(columns, {column: sign ~ '1'}) }}
    from {{ periods }}
    cross join profiles
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

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
