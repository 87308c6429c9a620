{#
    One row per step of each checklist that an account or user has or ever had:
    its events since the day it was created and within the step's days, by
    whom, and when the step was met.
#}
{{ product_signals.public() }}

with activation_steps as (

    {{ product_signals.seed('activation_steps') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{# Checklists are kept for good, so that a rate never falls. #}
listed as (

    select distinct
        checklist_periods.checklist,
        checklist_periods.entity,
        checklist_periods.entity_id,
        entities.begins_on
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as checklist_periods
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            checklist_periods.entity = entities.entity
            and checklist_periods.entity_id = entities.entity_id
    inner join scope
        on
            entities.begins_on <= scope.as_of_date
            and checklist_periods.valid_from <= scope.as_of_date
    where
        checklist_periods.checklist is not null
        and checklist_periods.valid_to > entities.begins_on

),

{# Numbers are grouped and sorted several times faster than names. #}
steps as (

    select
        row_number() over (
            order by
                listed.checklist, listed.entity_id, activation_steps.step
        ) as step_number,
        listed.checklist,
        listed.entity,
        listed.entity_id,
        listed.begins_on,
        activation_steps.step,
        activation_steps.step_order,
        activation_steps.step_name,
        activation_steps.event_name,
        activation_steps.min_count,
        activation_steps.min_users,
        listed.begins_on + activation_steps.within_days as ends_on
    from listed
    inner join activation_steps
        on listed.checklist = activation_steps.checklist

),

contributions as (

    {# One branch each, because Postgres joins faster on bare columns. #}
    {% for entity in ['account', 'user'] %}
    select
        steps.step_number,
        steps.min_users,
        daily_activity.user_id,
        daily_activity.event_date,
        daily_activity.event_count,
        daily_activity.first_occurred_at
    from steps
    inner join {{ ref('int_product_signals__daily_activity') }}
        as daily_activity
        on
            steps.entity_id = daily_activity.{{ entity }}_id
            and steps.event_name = daily_activity.event_name
            and daily_activity.event_date >= steps.begins_on
            and (
                steps.ends_on is null
                or daily_activity.event_date < steps.ends_on
            )
    where steps.entity = '{{ entity }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

contributors as (

    select
        step_number,
        min_users,
        user_id,
        cast(sum(event_count) as double precision) as event_count,
        min(event_date) as first_date,
        min(first_occurred_at) as first_occurred_at,
        row_number() over (
            partition by step_number
            order by min(first_occurred_at), user_id
        ) as arrival,
        row_number() over (
            partition by step_number
            order by sum(event_count) desc, user_id
        ) as contribution_rank
    from contributions
    group by step_number, min_users, user_id

),

users_met as (

    select
        step_number,
        sum(event_count) as current_count,
        count(*) as contributing_users,
        max(case when contribution_rank = 1 then user_id end)
            as top_contributor_id,
        max(case when arrival = min_users then first_date end) as met_on,
        max(case when arrival = min_users then first_occurred_at end) as met_at
    from contributors
    group by step_number

)

{# A step needs min_users as well as min_count. #}
select
    steps.checklist,
    steps.entity,
    steps.entity_id,
    steps.step,
    steps.step_order,
    steps.step_name,
    steps.event_name,
    steps.begins_on,
    cast(coalesce(users_met.current_count, 0) as bigint) as current_count,
    steps.min_count,
    steps.min_users,
    counts.reached_on is not null as is_met,
    case
        when counts.reached_on is not null
            then greatest(counts.reached_on, users_met.met_on)
    end as met_on,
    case
        when counts.reached_on is not null
            then greatest(counts.reached_at, users_met.met_at)
    end as met_at,
    cast(coalesce(users_met.contributing_users, 0) as integer)
        as contributing_users,
    users_met.top_contributor_id
from steps
left join users_met
    on steps.step_number = users_met.step_number
left join {{ ref('int_product_signals__step_counts') }} as counts
    on
        users_met.met_on is not null
        and steps.entity = counts.entity
        and steps.entity_id = counts.entity_id
        and steps.event_name = counts.event_name
        and steps.min_count = counts.min_count
        and (steps.ends_on is null or counts.reached_on < steps.ends_on)
