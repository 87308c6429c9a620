{{ product_signals.public() }}

with features as (

    {{ product_signals.seed('features') }}

),

progress as (

    select * from {{ ref('product_signals__activation_steps') }}

),

next_steps as (

    select
        checklist,
        entity,
        entity_id,
        step,
        row_number() over (
            partition by checklist, entity, entity_id
            order by step_order, step
        ) as place
    from progress
    where met_on is null

),

checklists as (

    select
        checklist,
        entity,
        entity_id,
        begins_on,
        count(met_on) as steps_met,
        count(*) as steps_total,
        max(met_on) as last_met_on,
        max(met_at) as last_met_at
    from progress
    group by checklist, entity, entity_id, begins_on

),

key_activity as (

    select
        activity.user_id,
        activity.account_id,
        activity.event_date,
        activity.first_occurred_at
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join features
        on activity.feature = features.feature
    where features.is_key

),

first_values as (

    select
        'account' as entity,
        accounts.account_id as entity_id,
        accounts.created_at,
        min(key_activity.first_occurred_at) as first_value_at
    from {{ ref('stg_product_signals__accounts') }} as accounts
    inner join key_activity
        on
            accounts.account_id = key_activity.account_id
            and key_activity.event_date >= accounts.created_on
    group by accounts.account_id, accounts.created_at

    union all

    select
        'user' as entity,
        users.user_id as entity_id,
        users.created_at,
        min(key_activity.first_occurred_at) as first_value_at
    from {{ ref('stg_product_signals__users') }} as users
    inner join key_activity
        on
            users.user_id = key_activity.user_id
            and key_activity.event_date >= users.created_on
    group by users.user_id, users.created_at

),

main_checklists as (

    select
        checklist_periods.checklist,
        checklist_periods.entity,
        checklist_periods.entity_id
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as checklist_periods
    inner join {{ ref('int_product_signals__scope') }} as scope
        on
            scope.as_of_date >= checklist_periods.valid_from
            and scope.as_of_date < checklist_periods.valid_to
    where
        checklist_periods.checklist is not null
        and checklist_periods.is_main

),

rated as (

    select
        checklists.checklist,
        checklists.entity,
        checklists.entity_id,
        main_checklists.checklist is not null as is_main_checklist,
        cast(checklists.steps_met as integer) as steps_met,
        cast(checklists.steps_total as integer) as steps_total,
        {{ product_signals.percent(
            'checklists.steps_met', 'checklists.steps_total'
        ) }} as activation_rate,
        case
            when checklists.steps_met = checklists.steps_total
                then checklists.last_met_at
        end as activated_at,
        {# Unknown for those who began before the events did. #}
        case
            when
                checklists.steps_met = checklists.steps_total
                and checklists.begins_on >= scope.history_start
                then cast(
                    checklists.last_met_on - checklists.begins_on as integer
                )
        end as days_to_activation,
        {# The whole day counts, so the first use can be earlier than
           created_at: that is 0. #}
        case
            when checklists.begins_on < scope.history_start then null
            when first_values.first_value_at < first_values.created_at then 0
            else cast({{ dbt.datediff(
                'first_values.created_at',
                'first_values.first_value_at',
                'minute'
            ) }} as integer)
        end as minutes_to_first_value,
        next_steps.step as next_step,
        cast(scope.as_of_date - checklists.last_met_on as integer)
            as days_since_last_step
    from checklists
    cross join {{ ref('int_product_signals__scope') }} as scope
    left join next_steps
        on
            checklists.checklist = next_steps.checklist
            and checklists.entity = next_steps.entity
            and checklists.entity_id = next_steps.entity_id
            and next_steps.place = 1
    left join first_values
        on
            checklists.entity = first_values.entity
            and checklists.entity_id = first_values.entity_id
    left join main_checklists
        on
            checklists.checklist = main_checklists.checklist
            and checklists.entity = main_checklists.entity
            and checklists.entity_id = main_checklists.entity_id

)

select
    rated.checklist,
    rated.entity,
    rated.entity_id,
    rated.is_main_checklist,
    rated.steps_met,
    rated.steps_total,
    rated.activation_rate,
    {{ product_signals.band('activation_rate', 'rated.activation_rate') }}
        as activation_band,
    {{ product_signals.band('activation_rate', 'rated.activation_rate', true) }}
        as activation_band_order,
    rated.activated_at,
    rated.days_to_activation,
    rated.minutes_to_first_value,
    rated.next_step,
    rated.days_since_last_step
from rated
