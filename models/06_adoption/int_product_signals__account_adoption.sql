{#
    Key features of an account on every day: how many it may use, uses, has
    ever used and took up in the last 30 days; and the settings in use.
#}
{% set recent_days = 30 %}

with feature_days as (

    select
        feature_days.*,
        features.is_key,
        features.is_setting
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    inner join {{ ref('stg_product_signals__features') }} as features
        on feature_days.feature = features.feature

),

key_days as (

    select * from feature_days
    where is_key

),

setting_days as (

    select * from feature_days
    where is_setting

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

used_periods as (

    {{ product_signals.presence(
        'key_days', 'account_id, feature', var('adoption_window_days')
    ) }}

),

setting_periods as (

    {{ product_signals.presence(
        'setting_days', 'account_id, feature', var('adoption_window_days')
    ) }}

),

first_uses as (

    select
        account_id,
        feature,
        min(event_date) as first_used_on
    from key_days
    group by account_id, feature

),

{# What an account uses counts while it is entitled to it. #}
changes as (

    select
        account_id,
        valid_from as changed_on,
        1 as key_features,
        0 as key_features_used,
        0 as key_features_ever_used,
        0 as features_adopted_30d,
        0 as settings_used
    from entitled_periods

    union all

    select account_id, valid_to, -1, 0, 0, 0, 0
    from entitled_periods

    union all

    select account_id, valid_from, 0, 0, 0, 0, 1
    from setting_periods

    union all

    select account_id, valid_to, 0, 0, 0, 0, -1
    from setting_periods

    {% for sign, bound in [('1', 'greatest'), ('-1', 'least')] %}
    {% set day = 'valid_from' if sign == '1' else 'valid_to' %}
    union all

    select
        used.account_id,
        {{ bound }}(used.{{ day }}, entitled.{{ day }}),
        0,
        {{ sign }},
        0,
        0,
        0
    from used_periods as used
    inner join entitled_periods as entitled
        on
            used.account_id = entitled.account_id
            and used.feature = entitled.feature
            and used.valid_from < entitled.valid_to
            and used.valid_to > entitled.valid_from
    {% endfor %}

    union all

    select
        first_uses.account_id,
        greatest(first_uses.first_used_on, entitled.valid_from),
        0,
        0,
        1,
        0,
        0
    from first_uses
    inner join entitled_periods as entitled
        on
            first_uses.account_id = entitled.account_id
            and first_uses.feature = entitled.feature
            and first_uses.first_used_on < entitled.valid_to

    union all

    select
        first_uses.account_id,
        entitled.valid_to,
        0,
        0,
        -1,
        0,
        0
    from first_uses
    inner join entitled_periods as entitled
        on
            first_uses.account_id = entitled.account_id
            and first_uses.feature = entitled.feature
            and first_uses.first_used_on < entitled.valid_to

    union all

    select account_id, first_used_on, 0, 0, 0, 1, 0
    from first_uses

    union all

    select account_id, first_used_on + {{ recent_days }}, 0, 0, 0, -1, 0
    from first_uses

),

account_adoption as (

    {{ product_signals.running_account_days('changes', [
        'key_features',
        'key_features_used',
        'key_features_ever_used',
        'features_adopted_30d',
        'settings_used',
    ]) }}

)

select * from account_adoption
