{#
    How far an account's main checklist was on every day. Steps stay met, and
    so the rate of a checklist never falls.
#}
{{ product_signals.restated_by(['accounts'], 'date_day') }}
{% set partial = product_signals.is_partial('account') %}

with checklists as (

    select
        activation_steps.checklist,
        count(*) as steps_total
    from {{ ref('stg_product_signals__activation_steps') }} as activation_steps
    inner join {{ ref('stg_product_signals__activation_checklists') }}
        as activation_checklists
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
    from {{ ref('int_product_signals__step_progress') }}
    where entity = 'account' and met_on is not null

),

running as (

    {{ product_signals.running_account_days(
        partial, 'met_steps', ['steps_met'], key='checklist',
        keys='checklists'
    ) }}

),

{# Steps met before an account's first day here show on that day. #}
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

)

select
    last_met.account_id,
    last_met.date_day,
    last_met.checklist,
    last_met.steps_met,
    checklists.steps_total,
    last_met.last_met_on
from last_met
inner join checklists
    on last_met.checklist = checklists.checklist
inner join {{ ref('int_product_signals__checklist_periods') }}
    as checklist_periods
    on
        checklist_periods.entity = 'account'
        and checklist_periods.is_main_checklist
        and last_met.checklist = checklist_periods.checklist
        and last_met.account_id = checklist_periods.entity_id
        and last_met.date_day >= checklist_periods.valid_from
        and last_met.date_day < checklist_periods.valid_to
