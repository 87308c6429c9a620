{#
    Key features of an account on every day: how many it may use, uses, has
    ever used and took up in the last 30 days; and the settings in use.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set recent_days = 30 %}
{% set columns = [
    'key_features',
    'key_features_used',
    'key_features_ever_used',
    'features_adopted_30d',
    'settings_used',
] %}

with features as (

    {{ product_signals.seed('features') }}

),

feature_days as (

    select
        feature_days.account_id,
        feature_days.feature,
        feature_days.event_date,
        features.is_key,
        features.is_setting,
        {{ product_signals.days_beside(
            'feature_days.account_id, feature_days.feature'
        ) }}
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    inner join features
        on feature_days.feature = features.feature
    where {{ product_signals.in_rebuild(
        'feature_days.event_date', var('adoption_window_days')
    ) }}

),

entitled_periods as (

    select
        account_id,
        feature,
        valid_from,
        valid_to
    from {{ ref('int_product_signals__entitlements') }}
    where is_key and account_id <> ''

),

first_uses as (

    select
        feature_days.account_id,
        feature_days.feature,
        min(feature_days.event_date) as valid_from,
        {{ product_signals.last_day() }} as valid_to
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    inner join features
        on feature_days.feature = features.feature
    where features.is_key
    group by feature_days.account_id, feature_days.feature

),

{{ product_signals.adoption_periods('account_id') }},

recent_uses as (

    select
        account_id,
        valid_from,
        valid_from + {{ recent_days }} as valid_to
    from first_uses

),

changes as (

    {{ product_signals.period_changes('account_id', columns, {
        'key_features': 'entitled_periods',
        'key_features_used': 'entitled_use',
        'key_features_ever_used': 'entitled_first_uses',
        'features_adopted_30d': 'recent_uses',
        'settings_used': 'setting_periods',
    }) }}

),

account_adoption as (

    {{ product_signals.running_account_days('changes', columns) }}

)

select * from account_adoption
