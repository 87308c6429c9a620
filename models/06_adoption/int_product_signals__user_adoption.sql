{#
    A row per user and day on which one of four counts changes: key features
    that the user may use, uses, and has ever used, and settings in use. The
    sums up to a day are that day's counts.

    Features are those of the account that is the user's at the time, and what
    somebody uses counts while they are entitled to it.
#}
{{ product_signals.incremental_by_day('changed_on') }}
{% set columns = [
    'key_features',
    'key_features_used',
    'key_features_ever_used',
    'settings_used',
] %}

with features as (

    {{ product_signals.seed('features') }}

),

feature_days as (

    select
        activity.user_id,
        activity.feature,
        activity.event_date,
        features.is_key,
        features.is_setting,
        {{ product_signals.days_beside(
            'activity.user_id, activity.feature'
        ) }}
    from (
        select distinct
            user_id,
            feature,
            event_date
        from {{ ref('int_product_signals__daily_activity') }}
    ) as activity
    inner join features
        on activity.feature = features.feature
    where
        (features.is_key or features.is_setting)
        and {{ product_signals.in_rebuild(
            'activity.event_date', var('adoption_window_days')
        ) }}

),

first_uses as (

    select
        activity.user_id,
        activity.feature,
        min(activity.event_date) as valid_from,
        {{ product_signals.last_day() }} as valid_to
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join features
        on activity.feature = features.feature
    where features.is_key
    group by activity.user_id, activity.feature

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

{{ product_signals.adoption_periods('user_id') }},

changes as (

    {{ product_signals.period_changes('user_id', columns, {
        'key_features': 'entitled_periods',
        'key_features_used': 'entitled_use',
        'key_features_ever_used': 'entitled_first_uses',
        'settings_used': 'setting_periods',
    }) }}

),

{# What is known of a user from before they began shows on that day. #}
begun as (

    select
        entity_id as user_id,
        least(begins_on, coalesce(first_seen_on, begins_on)) as begun_on
    from {{ ref('int_product_signals__entities') }}
    where entity = 'user'

)

select
    changes.user_id,
    greatest(changes.changed_on, begun.begun_on) as changed_on,
    {%- for column in columns %}
    cast(sum(changes.{{ column }}) as integer) as {{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from changes
cross join {{ ref('int_product_signals__scope') }} as scope
inner join begun
    on changes.user_id = begun.user_id
where
    changes.changed_on <= scope.as_of_date
    and begun.begun_on <= scope.as_of_date
    and {{ product_signals.in_rebuild(
        'greatest(changes.changed_on, begun.begun_on)'
    ) }}
group by
    changes.user_id,
    greatest(changes.changed_on, begun.begun_on)
