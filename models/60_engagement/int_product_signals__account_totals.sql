{#
    One row per account and day, with what does not depend on profiles: its
    users in the users input, its key features and settings, how concentrated
    its use is, and when it was last active.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set since = product_signals.rebuild_from() %}
{% set first_day = since or 'scope.history_start' %}
{% set last_day = product_signals.last_day() %}
{% set window = var('adoption_window_days') %}
{% set recent_days = 30 %}
{% set periods = {
    'known_users': 'known_periods',
    'licensed_users': 'licensed_periods',
    'users_left_30d': 'left_periods',
    'key_features': 'entitled_keys',
    'key_features_used': 'entitled_use',
    'key_features_ever_used': 'entitled_first_uses',
    'features_adopted_30d': 'recent_uses',
    'settings': 'entitled_setups',
    'settings_in_use': 'entitled_settings',
    'settings_used': 'setting_periods',
} %}
{% set columns = periods.keys() | list %}

with features as (

    {{ product_signals.seed('features') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{# -- Users: known, licensed, and known ones who left recently -- #}

known_periods as (

    {{ product_signals.known_users() }}

),

licensed_periods as (

    {{ product_signals.known_users(since='licensed_on') }}

),

{# A membership may repeat what already held: a user who is back on the same day
   has not left. Nor has one who became internal, or who was gone before the
   account began. #}
left_periods as (

    select
        periods.account_id,
        periods.valid_to as valid_from,
        least(periods.valid_to + {{ recent_days }}, periods.back_on)
            as valid_to
    from (
        select
            *,
            lead(valid_from, 1, {{ last_day }}) over (
                partition by user_id, account_id order by valid_from
            ) as back_on
        from known_periods
    ) as periods
    {{ product_signals.users_on('periods', 'valid_to') }}
    inner join {{ ref('int_product_signals__entities') }} as accounts
        on
            accounts.entity = 'account'
            and periods.account_id = accounts.entity_id
            and periods.valid_to > accounts.begins_on
    where
        periods.valid_to < {{ last_day }}
        and not coalesce(users.is_internal, false)

),

{# -- Features -- #}

feature_days as (

    select
        feature_days.account_id,
        feature_days.feature,
        feature_days.event_date,
        feature_days.event_count,
        features.is_key,
        features.is_setting,
        {{ product_signals.days_beside(
            'feature_days.account_id, feature_days.feature'
        ) }}
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    left join features
        on feature_days.feature = features.feature
    where {{ product_signals.in_rebuild('feature_days.event_date', window) }}

),

entitled_periods as (

    select *
    from {{ ref('int_product_signals__entitlements') }}
    where (is_key or is_setting) and account_id <> ''

),

{% for name, condition in {
    'entitled_keys': 'is_key', 'entitled_setups': 'is_setting',
}.items() %}
{{ name }} as (

    select * from entitled_periods
    where {{ condition }}

),

{% endfor %}

first_uses as (

    select
        feature_days.account_id,
        feature_days.feature,
        min(feature_days.event_date) as valid_from,
        {{ last_day }} as valid_to
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    inner join features
        on feature_days.feature = features.feature
    where features.is_key
    group by feature_days.account_id, feature_days.feature

),

{{ product_signals.adoption_periods('account_id', settings=true) }},

recent_uses as (

    select
        first_uses.account_id,
        first_uses.valid_from,
        first_uses.valid_from + {{ recent_days }} as valid_to
    from first_uses
    cross join scope
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and first_uses.account_id = entities.entity_id
    where {{ product_signals.is_first_use(
        'entities.begins_on', 'first_uses.valid_from'
    ) }}

),

changes as (

    {{ product_signals.period_changes('account_id', columns, periods) }}

),

counted as (

    {{ product_signals.running_account_days('changes', columns) }}

),

{# A feature's events in the adoption window: what enters less what leaves. #}
feature_totals as (

    select
        account_id,
        feature,
        changed_on,
        lead(changed_on) over (
            partition by account_id, feature order by changed_on
        ) as next_changed_on,
        sum(cast(sum(event_count) as double precision)) over (
            partition by account_id, feature
            order by changed_on rows unbounded preceding
        ) as event_count
    from (
        {% for shift, sign in [('', ''), (' + ' ~ window, '-')] %}
        select
            account_id,
            feature,
            event_date{{ shift }} as changed_on,
            {{ sign }}event_count as event_count
        from feature_days
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as feature_changes
    group by account_id, feature, changed_on

),

top_features as (

    select
        feature_totals.account_id,
        feature_totals.changed_on + numbers.number as date_day,
        max(feature_totals.event_count) as top_feature_events,
        sum(feature_totals.event_count) as feature_events
    from feature_totals
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            < feature_totals.next_changed_on - feature_totals.changed_on
    where
        feature_totals.event_count > 0
        and {{ product_signals.in_rebuild(
            'feature_totals.changed_on + numbers.number'
        ) }}
    group by
        feature_totals.account_id,
        feature_totals.changed_on + numbers.number

),

{# -- Activity -- #}

active_days as (

    select
        account_id,
        event_date,
        last_active_at
    from {{ ref('int_product_signals__user_days') }}
    where
        account_id is not null
        and active_days > 0
        and {{ product_signals.in_rebuild('event_date') }}

    {%- if since %}

    union all

    {# The last activity before the rebuilt days carries over. #}
    select
        account_id,
        last_active_on as event_date,
        last_active_at
    from {{ this }}
    where date_day = {{ since }} - 1 and last_active_on is not null
    {%- endif %}

),

activity as (

    select
        active_days.account_id,
        greatest(active_days.event_date, {{ first_day }}) as date_day,
        max(active_days.event_date) as active_on,
        max(active_days.last_active_at) as active_at
    from active_days
    cross join scope
    group by
        active_days.account_id,
        greatest(active_days.event_date, {{ first_day }})

)

{% set so_far %}over (
        partition by counted.account_id
        order by counted.date_day rows unbounded preceding
    ){% endset %}
select
    counted.*,
    top_features.top_feature_events,
    top_features.feature_events,
    max(activity.active_on) {{ so_far }} as last_active_on,
    max(activity.active_at) {{ so_far }} as last_active_at
from counted
left join top_features
    on
        counted.account_id = top_features.account_id
        and counted.date_day = top_features.date_day
left join activity
    on
        counted.account_id = activity.account_id
        and counted.date_day = activity.date_day
