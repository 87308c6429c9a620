{#
    Known users in periods in which only what they do changes: not their account
    and its subscription, profile, role, or progress with their main checklist.

    Every metric of a user is fixed in such a period, comes from events, or
    counts days. So users need no row for a day on which nothing happens.
#}
{{ config(materialized='table') }}
{% set first_day = product_signals.first_day() %}
{% set last_day = product_signals.last_day() %}
{% set own = product_signals.own_attributes('user') %}
{% set changing = ['attribute_role', 'user_accounts', 'checklists'] + own %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

users as (

    select
        entities.entity_id as user_id,
        entities.licensed_on,
        entities.deactivated_on,
        entities.begins_on
    from {{ ref('int_product_signals__entities') }} as entities
    inner join scope
        on entities.begins_on <= scope.as_of_date
    where entities.entity = 'user' and entities.is_known

),

user_accounts as (

    select * from {{ ref('int_product_signals__user_accounts') }}

),

{% for attribute in ['attribute_role'] + own -%}
{{ attribute }} as (

    select
        entity_id as user_id,
        value,
        valid_from,
        valid_to
    from {{ ref('int_product_signals__attribute_periods') }}
    where entity = 'user' and attribute = '{{ attribute[10:] }}'

),

{% endfor -%}

subscriptions as (

    select
        entity_id as account_id,
        value as account_status,
        valid_from,
        valid_to
    from {{ ref('int_product_signals__attribute_periods') }}
    where entity = 'account' and attribute = 'subscription_status'

),

user_profiles as (

    select
        periods.entity_id as user_id,
        periods.profile,
        profiles.period_days,
        profiles.change_days,
        profiles.normalization,
        periods.is_main as is_main_profile,
        periods.valid_from,
        periods.valid_to
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
    inner join score_profiles as profiles
        on periods.profile = profiles.profile
    where periods.entity = 'user'

),

checklists as (

    select
        entity_id as user_id,
        checklist,
        valid_from,
        valid_to
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
    where entity = 'user' and checklist is not null and is_main

),

steps as (

    select
        entity_id as user_id,
        checklist,
        met_on
    from {{ ref('product_signals__activation_steps') }}
    where entity = 'user'

),

all_bounds as (

    {% for bound in [
        first_day, last_day, 'begins_on', 'licensed_on', 'deactivated_on',
    ] %}
    select
        user_id,
        {{ bound }} as bound
    from users
    where {{ bound }} is not null

    union all

    {% endfor %}
    {% for relation in changing %}
    select
        user_id,
        valid_from as bound
    from {{ relation }}

    union all

    select
        user_id,
        valid_to as bound
    from {{ relation }}

    union all

    {% endfor %}
    {# A user new in a profile has no past in it for change_days; a new user has
       none until the prior window is whole. #}
    {% for bound in [
        'valid_from', 'valid_to',
        'valid_from + change_days', 'valid_to + change_days',
    ] %}
    select
        user_id,
        {{ bound }} as bound
    from user_profiles
    where {{ bound.split(' ')[0] }} < {{ last_day }}

    union all

    {% endfor %}
    select
        users.user_id,
        {{ product_signals.first_compared_day(
            'users.begins_on', 'profiles'
        ) }} as bound
    from users
    cross join scope
    cross join score_profiles as profiles

    union all

    select
        user_accounts.user_id,
        subscriptions.valid_from as bound
    from user_accounts
    inner join subscriptions
        on user_accounts.account_id = subscriptions.account_id

    union all

    select
        user_id,
        met_on as bound
    from steps
    where met_on is not null

),

bounds as (

    select all_bounds.*
    from all_bounds
    inner join users
        on all_bounds.user_id = users.user_id

),

cut as (

    {{ product_signals.cut('bounds', 'user_id') }}

),

{# Few columns, as grouping by all takes memory. #}
progress as (

    select
        cut.user_id,
        cut.valid_from,
        count(*) as steps_total,
        count(case when steps.met_on <= cut.valid_from then 1 end)
            as steps_met,
        max(case when steps.met_on <= cut.valid_from then steps.met_on end)
            as last_met_on
    from cut
    inner join checklists
        on
            cut.user_id = checklists.user_id
            and cut.valid_from >= checklists.valid_from
            and cut.valid_from < checklists.valid_to
    inner join steps
        on
            cut.user_id = steps.user_id
            and checklists.checklist = steps.checklist
    group by cut.user_id, cut.valid_from

),

placed as (

    select
        cut.user_id,
        cut.valid_from,
        cut.valid_to,
        users.begins_on,
        users.licensed_on,
        cut.valid_from < coalesce(users.deactivated_on, {{ last_day }})
        and coalesce(subscriptions.account_status, '') <> 'cancelled'
        and user_accounts.is_there as is_live,
        user_accounts.account_id,
        attribute_role.value as role,
        {%- for attribute in own %}
        {{ attribute }}.value as {{ attribute }},
        {%- endfor %}
        subscriptions.account_status,
        user_profiles.profile,
        user_profiles.period_days,
        user_profiles.normalization,
        previous_profiles.profile is not null
        and cut.valid_from
        >= {{ product_signals.first_compared_day(
            'users.begins_on', 'user_profiles'
        ) }} as has_past,
        checklists.checklist,
        coalesce(progress.steps_total, 0) as steps_total,
        coalesce(progress.steps_met, 0) as steps_met,
        progress.last_met_on
    from cut
    cross join scope
    inner join users
        on cut.user_id = users.user_id
    {%- for relation in changing + ['user_profiles'] %}
    left join {{ relation }}
        on
            cut.user_id = {{ relation }}.user_id
            and cut.valid_from >= {{ relation }}.valid_from
            and cut.valid_from < {{ relation }}.valid_to
            {{ 'and is_main_profile' if relation == 'user_profiles' }}
    {%- endfor %}
    left join progress
        on
            cut.user_id = progress.user_id
            and cut.valid_from = progress.valid_from
    left join subscriptions
        on
            user_accounts.account_id = subscriptions.account_id
            and cut.valid_from >= subscriptions.valid_from
            and cut.valid_from < subscriptions.valid_to
    left join user_profiles as previous_profiles
        on
            cut.user_id = previous_profiles.user_id
            and user_profiles.profile = previous_profiles.profile
            and cut.valid_from - user_profiles.change_days
            >= previous_profiles.valid_from
            and cut.valid_from - user_profiles.change_days
            < previous_profiles.valid_to
    where
        cut.valid_to > users.begins_on
        and cut.valid_to > scope.history_start
        and cut.valid_from <= scope.as_of_date

)

select * from placed
