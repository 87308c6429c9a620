{#
    What an account did in a profile's period, on every day: events, active days
    and features; users active and seen lately, those that an average is over,
    and active ones who are known; and users and events in the prior window. If
    a profile filters users, only users who pass on that day count.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set period = product_signals.longest_period() %}
{% set reach = period + product_signals.longest_change() %}
{# Users, the days on which they count, and for how long one lasts. #}
{% set users = {
    'active_users': ('active_days', 'active_window_days'),
    'seen_users': ('seen_days', 'seen_window_days'),
    'averaged_users': ('seen_days', 'averaged_window_days'),
} %}
{% set measures = users.keys() | list + ['known_active_users'] %}
{% set columns = measures + [
    'previous_active_users', 'previous_averaged_users',
    'event_count', 'previous_event_count', 'agent_event_count',
    'event_value', 'valued_days', 'active_days', 'features_used',
] %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

profiles as (

    select
        *,
        least(period_days, {{ var('active_window_days') }})
            as active_window_days,
        greatest(
            least(period_days, {{ var('active_window_days') }}),
            {{ var('seen_days') }}
        ) as seen_window_days,
        greatest(period_days, {{ var('seen_days') }}) as averaged_window_days
    from score_profiles

),

{# Profiles that don't filter users. #}
open_profiles as (

    select *
    from profiles
    where coalesce(filter_entity, 'account') = 'account'

),

{# One weight set is enough: all of them have the same days. #}
user_days as (

    select
        user_days.user_id,
        user_days.account_id,
        user_days.event_date,
        user_days.event_count,
        user_days.active_days
    from {{ ref('int_product_signals__user_days') }} as user_days
    where
        user_days.account_id is not null
        and user_days.weight_set = (
            select min(weight_set)
            from score_profiles
        )
        and {{ product_signals.in_rebuild('user_days.event_date', reach) }}

),

seen_days as (

    select
        *,
        {{ product_signals.days_beside('account_id, user_id') }}
    from user_days

),

active_days as (

    select
        *,
        {{ product_signals.days_beside('account_id, user_id') }}
    from user_days
    where active_days > 0

),

{% for measure, (days, window) in users.items() -%}
{{ measure }}_periods as (

    {{ product_signals.presence(
        '(select * from ' ~ days ~ ' cross join profiles) as days',
        'profile, change_days, account_id, user_id, ' ~ window,
        window
    ) }}

),

{% endfor -%}
known_users as (

    {{ product_signals.known_users() }}

),

known_active_users_periods as (

    {{ product_signals.periods_within(
        'active_users_periods', 'known_users', ['account_id', 'user_id'],
        ['profile', 'change_days']
    ) }}

),

present as (

    {% for measure in measures %}
    select
        profile,
        change_days,
        account_id,
        user_id,
        valid_from,
        valid_to,
        {{- product_signals.amounts(measures, {measure: '1'}) }}
    from {{ measure }}_periods
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# A user counts while they pass the profile's user filter, if any. #}
counted as (

    select
        present.profile,
        present.change_days,
        present.account_id,
        greatest(
            present.valid_from,
            coalesce(periods.valid_from, present.valid_from)
        ) as valid_from,
        least(
            present.valid_to,
            coalesce(periods.valid_to, present.valid_to)
        ) as valid_to,
        {%- for measure in measures %}
        present.{{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from present
    inner join profiles
        on present.profile = profiles.profile
    left join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
        on
            profiles.filter_entity = 'user'
            and periods.entity = 'user'
            and present.profile = periods.profile
            and present.user_id = periods.entity_id
            and present.valid_from < periods.valid_to
            and present.valid_to > periods.valid_from
    where
        coalesce(profiles.filter_entity, 'account') = 'account'
        or periods.profile is not null

),

account_days as (

    select
        account_id,
        event_date,
        sum(event_count) as event_count,
        max(active_days) as active_days
    from user_days
    group by account_id, event_date

),

{# Few events have these. #}
account_amounts as (

    select
        activity.account_id,
        activity.event_date,
        sum(activity.agent_event_count) as agent_event_count,
        sum(activity.event_value) as event_value,
        count(activity.event_value) as valued_days
    from {{ ref('int_product_signals__daily_activity') }} as activity
    where
        activity.account_id is not null
        and (
            activity.agent_event_count > 0
            or activity.event_value is not null
        )
        and {{ product_signals.in_rebuild('activity.event_date', reach) }}
    group by activity.account_id, activity.event_date

),

feature_days as (

    select
        feature_days.account_id,
        feature_days.feature,
        feature_days.event_date,
        {{ product_signals.days_beside(
            'feature_days.account_id, feature_days.feature'
        ) }}
    from {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
    where {{ product_signals.in_rebuild('feature_days.event_date', period) }}

),

{{ product_signals.passing_activity(reach) }},

changes as (

    {# The same for the prior window, change_days later. #}
    {% for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    {% for prior, shift in [('', ''), ('previous_', ' + change_days')] %}
    select
        profile,
        account_id,
        {{ day }}{{ shift }} as changed_on,
        {{- product_signals.amounts(columns, {
            prior ~ 'active_users': sign ~ 'active_users',
            prior ~ 'seen_users': sign ~ 'seen_users',
            prior ~ 'averaged_users': sign ~ 'averaged_users',
            prior ~ 'known_active_users': sign ~ 'known_active_users',
        }) }}
    from counted

    union all

    {% endfor %}
    {% endfor %}
    {{ product_signals.features_in_use(columns) }}

    union all

    {% for days, amounts_of, sign in [
        ('0', '', ''),
        ('open_profiles.period_days', '', '-'),
        ('open_profiles.change_days', 'previous_', ''),
        ('open_profiles.period_days + open_profiles.change_days',
            'previous_', '-'),
    ] %}
    select
        open_profiles.profile,
        account_days.account_id,
        account_days.event_date + {{ days }} as changed_on,
        {{- product_signals.amounts(columns, {
            'previous_event_count': sign ~ 'account_days.event_count',
        } if amounts_of else {
            'event_count': sign ~ 'account_days.event_count',
            'active_days': sign ~ 'account_days.active_days',
        }) }}
    from account_days
    cross join open_profiles

    union all

    {% endfor %}
    {% for days, sign in [('0', ''), ('open_profiles.period_days', '-')] %}
    select
        open_profiles.profile,
        account_amounts.account_id,
        account_amounts.event_date + {{ days }} as changed_on,
        {{- product_signals.amounts(columns, {
            'agent_event_count': sign ~ 'account_amounts.agent_event_count',
            'event_value': sign ~ 'coalesce(account_amounts.event_value, 0)',
            'valued_days': sign ~ 'account_amounts.valued_days',
        }) }}
    from account_amounts
    cross join open_profiles

    union all

    {% endfor %}
    {{ product_signals.passing_changes(columns) }}

)

{{ product_signals.running_account_days(
    'changes', columns, key='profile', keys='profiles',
    decimals=['event_value']
) }}
