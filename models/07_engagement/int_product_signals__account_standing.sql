{#
    Where an account is on every day, leaving scores aside: its lifecycle
    stage, the stage it would be in by time alone and how many stages it is
    behind that, its checklist, users, adoption, and last activity.

    One table of what single tables have, since a join of all of them at once
    is more than the memory of small machines holds.
#}
{{ product_signals.incremental_by_day('date_day') }}

with account_days as (

    select
        account_days.*,
        {# A conversion without a trial date: on trial until then. #}
        case
            when account_days.trial_started_on is not null
                then account_days.trial_started_on
            when account_days.converted_on is not null
                then account_days.begins_on
        end as trial_from
    from {{ ref('int_product_signals__account_days') }} as account_days
    where {{ product_signals.in_rebuild('account_days.date_day') }}

),

{# Each filtered by itself, so that a run of one day joins one day. #}
{% for name in ['activation', 'users', 'adoption', 'last_active'] %}
{{ name }} as (

    select days.*
    from {{ ref('int_product_signals__account_' ~ name) }} as days
    where {{ product_signals.in_rebuild('days.date_day') }}

),

{% endfor %}
dated as (

    select
        account_days.account_id,
        account_days.date_day,
        account_days.begins_on,
        account_days.is_live,
        account_days.contract_ends_on,
        account_days.date_day >= account_days.trial_from
        and account_days.date_day
        < coalesce(account_days.converted_on, {{ product_signals.last_day() }})
            as is_on_trial,
        {# By time alone a trial lasts until trial_ends_at, or, where nobody
           set an end, as long as it did. #}
        case
            when account_days.trial_from is null then account_days.begins_on
            else coalesce(
                account_days.trial_ends_on,
                account_days.converted_on,
                {{ product_signals.last_day() }}
            )
        end as onboarding_from,
        activation.checklist,
        activation.activation_rate,
        activation.is_incomplete,
        activation.last_met_on,
        {# Before it began nothing was met, so that what is met on its first
           day crosses a threshold, too. #}
        case
            when account_days.date_day > account_days.begins_on
                then activation.activation_rate_day_before
            when activation.checklist is not null then 0
        end as activation_rate_day_before,
        users.known_users,
        coalesce(account_days.seats, users.licensed_users) as licensed_users,
        users.users_left_30d,
        adoption.key_features,
        adoption.key_features_used,
        adoption.key_features_ever_used,
        adoption.features_adopted_30d,
        adoption.settings_used,
        last_active.last_active_on,
        last_active.last_active_at
    from account_days
    inner join users
        on
            account_days.account_id = users.account_id
            and account_days.date_day = users.date_day
    inner join adoption
        on
            account_days.account_id = adoption.account_id
            and account_days.date_day = adoption.date_day
    inner join last_active
        on
            account_days.account_id = last_active.account_id
            and account_days.date_day = last_active.date_day
    left join activation
        on
            account_days.account_id = activation.account_id
            and account_days.date_day = activation.date_day

),

staged as (

    select
        *,
        case
            when not is_live and date_day >= begins_on then 'churned'
            when is_on_trial then 'trial'
            when is_incomplete then 'onboarding'
            when
                contract_ends_on >= date_day
                and contract_ends_on
                <= date_day + {{ var('renewal_window_days') }}
                then 'renewal'
            else 'adopted'
        end as lifecycle_stage,
        case
            when date_day < onboarding_from then 'trial'
            when date_day < onboarding_from + {{ var('onboarding_days') }}
                then 'onboarding'
            else 'adopted'
        end as expected_stage
    from dated

)

select
    account_id,
    date_day,
    lifecycle_stage,
    expected_stage,
    case
        when lifecycle_stage <> 'churned' then {{ product_signals.stage_number(
            'expected_stage'
        ) }} - {{ product_signals.stage_number('lifecycle_stage') }}
    end as stage_gap,
    checklist,
    activation_rate,
    activation_rate_day_before,
    last_met_on,
    known_users,
    licensed_users,
    users_left_30d,
    key_features,
    key_features_used,
    key_features_ever_used,
    features_adopted_30d,
    settings_used,
    last_active_on,
    last_active_at
from staged
