{#
    One row per account and day: progress on its main checklist, its lifecycle
    stage, the stage it would be in by time alone, and how many stages it is
    behind. Steps stay met, so the rate of a checklist never falls.
#}
{{ product_signals.incremental_by_day('date_day') }}

with activation_steps as (

    {{ product_signals.seed('activation_steps') }}

),

activation_checklists as (

    {{ product_signals.seed('activation_checklists') }}

),

checklists as (

    select
        activation_steps.checklist,
        count(*) as steps_total
    from activation_steps
    inner join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist
    where activation_checklists.entity = 'account'
    group by activation_steps.checklist

),

met_steps as (

    select
        checklist,
        entity_id as account_id,
        met_on as changed_on,
        1 as steps_met
    from {{ ref('product_signals__activation_steps') }}
    where entity = 'account' and met_on is not null

),

running as (

    {{ product_signals.running_account_days(
        'met_steps', ['steps_met'], key='checklist',
        keys='checklists', reach=1
    ) }}

),

{# Steps met before an account's first row here count in that row. #}
first_days as (

    select
        account_id,
        min(date_day) as first_day
    from running
    group by account_id

),

met_days as (

    select
        met_steps.account_id,
        met_steps.checklist,
        greatest(met_steps.changed_on, first_days.first_day) as date_day,
        max(met_steps.changed_on) as met_on
    from met_steps
    inner join first_days
        on met_steps.account_id = first_days.account_id
    group by
        met_steps.account_id,
        met_steps.checklist,
        greatest(met_steps.changed_on, first_days.first_day)

),

last_met as (

    select
        running.account_id,
        running.checklist,
        running.date_day,
        running.steps_met,
        max(met_days.met_on) over (
            partition by running.account_id, running.checklist
            order by running.date_day rows unbounded preceding
        ) as last_met_on
    from running
    left join met_days
        on
            running.account_id = met_days.account_id
            and running.checklist = met_days.checklist
            and running.date_day = met_days.date_day

),

rates as (

    select
        last_met.account_id,
        last_met.date_day,
        last_met.checklist,
        last_met.steps_met,
        checklists.steps_total,
        {{ product_signals.percent(
            'last_met.steps_met', 'checklists.steps_total'
        ) }} as activation_rate,
        last_met.last_met_on
    from last_met
    inner join checklists
        on last_met.checklist = checklists.checklist
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as checklist_periods
        on
            checklist_periods.entity = 'account'
            and checklist_periods.is_main
            and last_met.checklist = checklist_periods.checklist
            and last_met.account_id = checklist_periods.entity_id
            and last_met.date_day >= checklist_periods.valid_from
            and last_met.date_day < checklist_periods.valid_to

),

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
    where {{ product_signals.in_rebuild('account_days.date_day') }}

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
        {# By time alone, a trial lasts until trial_ends_at or, without one,
           until it converted. #}
        case
            when account_days.trial_from is null then account_days.begins_on
            else coalesce(
                account_days.trial_ends_on,
                account_days.converted_on,
                {{ product_signals.last_day() }}
            )
        end as onboarding_from,
        rates.checklist,
        rates.activation_rate,
        rates.steps_met < rates.steps_total as is_incomplete,
        rates.last_met_on,
        {# Before it began no step was met, so that steps met on its first
           day cross a threshold, too. #}
        case
            when account_days.date_day > account_days.begins_on
                then day_before.activation_rate
            when rates.checklist is not null then 0
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
