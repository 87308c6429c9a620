{#
    How far an account's main checklist was on every day. Steps stay met, and
    so the rate of a checklist never falls.
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
    from {{ ref('int_product_signals__step_progress') }}
    where entity = 'account' and met_on is not null

),

running as (

    {{ product_signals.running_account_days(
        'met_steps', ['steps_met'], key='checklist',
        keys='checklists', reach=1
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
    inner join {{ ref('int_product_signals__checklist_periods') }}
        as checklist_periods
        on
            checklist_periods.entity = 'account'
            and checklist_periods.is_main_checklist
            and last_met.checklist = checklist_periods.checklist
            and last_met.account_id = checklist_periods.entity_id
            and last_met.date_day >= checklist_periods.valid_from
            and last_met.date_day < checklist_periods.valid_to

),

compared as (

    {% set so_far %}over (
            partition by account_id order by date_day
        ){% endset %}
    select
        *,
        case
            when lag(date_day) {{ so_far }} = date_day - 1
                then lag(activation_rate) {{ so_far }}
        end as activation_rate_day_before
    from rates

)

select
    compared.account_id,
    compared.date_day,
    compared.checklist,
    compared.activation_rate,
    compared.activation_rate_day_before,
    compared.steps_met < compared.steps_total as is_incomplete,
    compared.last_met_on
from compared
where {{ product_signals.in_rebuild('compared.date_day') }}
