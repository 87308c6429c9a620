{#
    What is counted for a user besides scores: one row per day on which any of
    it changes. A row holds until the next one.

    Key features that they may use, use and have ever used; settings and
    features in use; the value of their events; and when they were last active.
    Key features count while the account that the user has at the time is
    entitled to them.
#}
{{ product_signals.incremental_by_day('changed_on') }}
{% set since = product_signals.rebuild_from() %}
{% set last_day = product_signals.last_day() %}
{% set window = var('adoption_window_days') %}
{% set has_value = product_signals.has_column('events', 'event_value') %}
{% set periods = product_signals.profile_periods() %}
{% set windows = periods + [window] %}
{% set columns = [
    'key_features',
    'key_features_used',
    'key_features_ever_used',
    'settings_used',
] %}
{% set used_periods = {
    'key_features': 'entitled_periods',
    'key_features_used': 'entitled_use',
    'key_features_ever_used': 'entitled_first_uses',
    'settings_used': 'setting_periods',
} %}
{% for period_days in periods %}
{% do columns.append('features_used_' ~ period_days) %}
{% do used_periods.update({
    'features_used_' ~ period_days: 'feature_periods_' ~ period_days
}) %}
{% endfor %}
{% set valued = [] %}
{% for period_days in periods if has_value %}
{% do valued.append('event_value_' ~ period_days) %}
{% do valued.append('valued_days_' ~ period_days) %}
{% endfor %}

with features as (

    {{ product_signals.seed('features') }}

),

activity as (

    select activity.*
    from {{ ref('int_product_signals__daily_activity') }} as activity
    where {{ product_signals.in_rebuild('activity.event_date', windows | max) }}

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

{%- if since %}

{# On the rebuilt days, totals only change for features whose use enters or
   leaves a window, or whose entitlement begins or ends. #}
touched as (

    select
        user_id,
        feature
    from activity
    where {{ product_signals.moves_in_rebuild('event_date', windows) }}

    union distinct

    select
        user_id,
        feature
    from entitled_periods
    where
        {{ product_signals.moves_in_rebuild('valid_from') }}
        or {{ product_signals.moves_in_rebuild('valid_to') }}

),
{%- endif %}

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
    from activity
    left join features
        on activity.feature = features.feature
    where
        activity.feature is not null
        {%- if since %}
        and (activity.user_id, activity.feature) in (
            select
                user_id,
                feature
            from touched
        )
        {%- endif %}

),

first_uses as (

    select
        activity.user_id,
        activity.feature,
        min(activity.event_date) as valid_from,
        {{ last_day }} as valid_to
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join features
        on activity.feature = features.feature
    where features.is_key
    group by activity.user_id, activity.feature

),

{{ product_signals.adoption_periods('user_id') }},

{% for period_days in periods -%}
feature_periods_{{ period_days }} as (

    {{ product_signals.presence(
        'feature_days', 'user_id, feature', period_days
    ) }}

),

{% endfor -%}
changes as (

    select
        changes.*,
        {%- for column in valued %}
        0 as {{ column }},
        {%- endfor %}
        cast(null as date) as last_active_on,
        cast(null as timestamp) as last_active_at
    from (
        {{ product_signals.period_changes(
            'user_id', columns, used_periods
        ) }}
    ) as changes

    {% for period_days in periods if has_value %}
    {% for shift, sign in [('', ''), (' + ' ~ period_days, '-')] %}
    union all

    select
        user_id,
        event_date{{ shift }} as changed_on,
        {{- product_signals.amounts(columns + valued, {
            'event_value_' ~ period_days: sign ~ 'event_value',
            'valued_days_' ~ period_days: sign ~ '1',
        }) }},
        null as last_active_on,
        null as last_active_at
    from activity
    where event_value is not null

    {% endfor %}
    {% endfor %}
    union all

    select
        user_id,
        event_date as changed_on,
        {{- product_signals.amounts(columns + valued, {}) }},
        event_date as last_active_on,
        last_active_at
    from {{ ref('int_product_signals__user_days') }}
    where active_days > 0 and {{ product_signals.in_rebuild('event_date') }}

    union all

    {# Everybody who has begun has a total from the first day on. #}
    select
        entity_id as user_id,
        {{ product_signals.first_day() }} as changed_on,
        {{- product_signals.amounts(columns + valued, {}) }},
        null as last_active_on,
        null as last_active_at
    from {{ ref('int_product_signals__entities') }}
    where entity = 'user'

),

{# Changes from before a user began count on the day they began. A user without
   such a day yet has no changes: they would count a second time on that day. #}
begun as (

    select
        entities.entity_id as user_id,
        least(
            entities.begins_on,
            coalesce(entities.first_seen_on, entities.begins_on)
        ) as begun_on,
        scope.as_of_date
    from {{ ref('int_product_signals__entities') }} as entities
    cross join {{ ref('int_product_signals__scope') }} as scope
    where entities.entity = 'user' and entities.begins_on is not null

),

daily_changes as (

    select
        changes.user_id,
        greatest(changes.changed_on, begun.begun_on) as changed_on,
        {%- for column in columns %}
        cast(sum(changes.{{ column }}) as double precision) as {{ column }},
        {%- endfor %}
        {%- for column in valued %}
        sum(changes.{{ column }}) as {{ column }},
        {%- endfor %}
        max(changes.last_active_on) as last_active_on,
        max(changes.last_active_at) as last_active_at
    from changes
    inner join begun
        on changes.user_id = begun.user_id
    where
        greatest(changes.changed_on, begun.begun_on) <= begun.as_of_date
        and {{ product_signals.in_rebuild(
            'greatest(changes.changed_on, begun.begun_on)'
        ) }}
    group by
        changes.user_id,
        greatest(changes.changed_on, begun.begun_on)

    {%- if since %}

    union all

    {# The last total before the rebuilt days carries over. #}
    select
        user_id,
        changed_on,
        {%- for column in columns + valued %}
        {{ column }},
        {%- endfor %}
        last_active_on,
        last_active_at
    from (
        select
            *,
            row_number() over (
                partition by user_id order by changed_on desc
            ) as age
        from {{ this }}
        where changed_on < {{ since }}
    ) as before
    where age = 1
    {%- endif %}

),

totals as (

    {% set so_far %}over (
            partition by user_id
            order by changed_on rows unbounded preceding
        ){% endset %}
    select
        user_id,
        changed_on,
        {%- for column in columns + valued %}
        sum({{ column }}) {{ so_far }} as {{ column }},
        {%- endfor %}
        max(last_active_on) {{ so_far }} as last_active_on,
        max(last_active_at) {{ so_far }} as last_active_at
    from daily_changes

)

select * from totals
where {{ product_signals.in_rebuild('changed_on') }}
