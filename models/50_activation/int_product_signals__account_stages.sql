{#
    One row per account and day: progress on its main checklist, its lifecycle
    stage, the stage it would be in by time alone, and how many stages it is
    behind. Steps stay met, so the rate of a checklist never falls.
#}
{{ product_signals.incremental_by_day('date_day') }}

with steps as (

    select
        entity_id as account_id,
        checklist,
        met_on
    from {{ ref('product_signals__activation_steps') }}
    where entity = 'account'

),

{# And the day before, whose rate is compared with. #}
account_days as (

    select
        account_days.*,
        {# With only a conversion date, it was on trial until then. #}
        case
            when account_days.trial_started_on is not null
                then account_days.trial_started_on
            when account_days.converted_on is not null
                then account_days.begins_on
        end as trial_from
    from {{ ref('int_product_signals__account_days') }} as account_days
    where {{ product_signals.in_rebuild('account_days.date_day', 1) }}

),

rates as (

    select
        account_days.account_id,
        account_days.date_day,
        steps.checklist,
        {{ product_signals.percent(
            'count(case when steps.met_on <= account_days.date_day then 1 end)',
            'count(*)'
        ) }} as activation_rate,
        {{ product_signals.percent(
            'count(case when steps.met_on < account_days.date_day then 1 end)',
            'count(*)'
        ) }} as rate_before,
        count(case when steps.met_on <= account_days.date_day then 1 end)
        < count(*) as is_incomplete,
        max(
            case
                when steps.met_on <= account_days.date_day then steps.met_on
            end
        ) as last_met_on
    from account_days
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as checklist_periods
        on
            checklist_periods.entity = 'account'
            and checklist_periods.is_main
            and account_days.account_id = checklist_periods.entity_id
            and account_days.date_day >= checklist_periods.valid_from
            and account_days.date_day < checklist_periods.valid_to
    inner join steps
        on
            account_days.account_id = steps.account_id
            and checklist_periods.checklist = steps.checklist
    where account_days.date_day >= account_days.begins_on
    group by account_days.account_id, account_days.date_day, steps.checklist

),

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
        {# By time alone, a trial lasts to the end of the day of trial_ends_at
           or, without one, until it converted. #}
        case
            when account_days.trial_from is null then account_days.begins_on
            else coalesce(
                account_days.trial_ends_on + 1,
                account_days.converted_on,
                {{ product_signals.last_day() }}
            )
        end as onboarding_from,
        rates.checklist,
        rates.activation_rate,
        rates.is_incomplete,
        rates.last_met_on,
        {# By the checklist of the day, as another one is no step met. Before
           it began there was none, so that steps met on its first day cross a
           threshold, too. #}
        case
            when day_before.checklist is not null
                then coalesce(rates.rate_before, day_before.activation_rate)
            when
                account_days.date_day = account_days.begins_on
                and rates.checklist is not null
                then 0
        end as activation_rate_day_before
    from account_days
    left join rates
        on
            account_days.account_id = rates.account_id
            and account_days.date_day = rates.date_day
    left join rates as day_before
        on
            account_days.account_id = day_before.account_id
            and account_days.date_day - 1 = day_before.date_day
    where {{ product_signals.in_rebuild('account_days.date_day') }}

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
    last_met_on
from staged
