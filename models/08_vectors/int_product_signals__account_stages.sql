{#
    The lifecycle stage of an account on every day, the stage it would be in
    by time alone, and how many stages it is behind that.
#}
{{ product_signals.restated_by(['accounts'], 'date_day') }}
{% set partial = product_signals.is_partial('account') %}

with activation as (

    select * from {{ ref('int_product_signals__account_activation') }}

),

account_days as (

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
    {{ product_signals.join_restated(
        partial, 'account', 'account_days.account_id'
    ) }}
    where {{ product_signals.is_restated(partial, 'account_days.date_day') }}

),

dated as (

    select
        account_days.account_id,
        account_days.date_day,
        account_days.cancelled_on,
        account_days.contract_ends_on,
        account_days.date_day >= account_days.trial_from
        and account_days.date_day
        < coalesce(account_days.converted_on, {{ product_signals.last_day() }})
            as is_on_trial,
        activation.steps_met < activation.steps_total as is_incomplete,
        {# By time alone a trial lasts until trial_ends_at, or, where nobody
           set an end, as long as it did. #}
        case
            when account_days.trial_from is null then account_days.begins_on
            else coalesce(
                account_days.trial_ends_on,
                account_days.converted_on,
                {{ product_signals.last_day() }}
            )
        end as onboarding_from
    from account_days
    left join activation
        on
            account_days.account_id = activation.account_id
            and account_days.date_day = activation.date_day

),

staged as (

    select
        account_id,
        date_day,
        case
            when date_day >= cancelled_on then 'churned'
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
    end as stage_gap
from staged
