{#
    How far each account and user has come with each step of the checklists it
    has or ever had: events that count from the day it was created on, within
    the step's days, by whom, and when the step was met.
#}
{{ product_signals.public() }}
{# What counts towards which step. There is a lot of it: reading it twice takes
   less than keeping it. #}
{% set contributions %}
    inner join (
        {# One branch each, for some warehouses join on bare columns only. #}
        {% for entity in ['account', 'user'] %}
        select
            '{{ entity }}' as entity,
            {{ entity }}_id as entity_id,
            user_id,
            event_name,
            event_date,
            event_count,
            first_occurred_at,
            last_occurred_at
        from {{ ref('int_product_signals__daily_activity') }}
        where
            event_name in (
                select event_name
                from activation_steps
            )
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as step_events
        on
            steps.entity = step_events.entity
            and steps.entity_id = step_events.entity_id
            and steps.event_name = step_events.event_name
            and step_events.event_date >= steps.begins_on
            and (
                steps.ends_on is null
                or step_events.event_date < steps.ends_on
            )
{%- endset %}

with activation_steps as (

    {{ product_signals.seed('activation_steps') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

{# A checklist stays with an account for good: its rate never falls. #}
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

contributors as (

    select
        steps.step_number,
        steps.min_count,
        steps.min_users,
        step_events.user_id,
        cast(sum(step_events.event_count) as double precision) as event_count,
        min(step_events.event_date) as first_date,
        min(step_events.first_occurred_at) as first_occurred_at,
        row_number() over (
            partition by steps.step_number
            order by min(step_events.first_occurred_at), step_events.user_id
        ) as arrival,
        row_number() over (
            partition by steps.step_number
            order by sum(step_events.event_count) desc, step_events.user_id
        ) as contribution_rank
    from steps
    {{ contributions }}
    group by
        steps.step_number,
        steps.min_count,
        steps.min_users,
        step_events.user_id

),

users_met as (

    select
        step_number,
        sum(event_count) as current_count,
        count(*) as contributing_users,
        max(case when contribution_rank = 1 then user_id end)
            as top_contributor_id,
        max(case when arrival = min_users then first_date end) as met_on,
        max(case when arrival = min_users then first_occurred_at end)
            as met_at,
        {# So many users have done it so often between them. #}
        case
            when count(*) >= min_count
                then max(case when arrival <= min_count then first_date end)
        end as enough_on
    from contributors
    group by step_number, min_count

),

{# No day after that one says when a step was met. #}
counted_steps as (

    select
        steps.step_number,
        steps.entity,
        steps.entity_id,
        steps.event_name,
        steps.min_count,
        steps.begins_on,
        case
            when users_met.enough_on is null then steps.ends_on
            else users_met.enough_on + 1
        end as ends_on
    from steps
    inner join users_met
        on steps.step_number = users_met.step_number
    where users_met.current_count >= steps.min_count

),

counts_by_day as (

    select
        steps.step_number,
        steps.min_count,
        step_events.event_date,
        min(step_events.first_occurred_at) as first_occurred_at,
        max(step_events.last_occurred_at) as last_occurred_at,
        cast(sum(step_events.event_count) as double precision) as event_count,
        sum(cast(sum(step_events.event_count) as double precision)) over (
            partition by steps.step_number
            order by step_events.event_date
            rows unbounded preceding
        ) as count_so_far
    from counted_steps as steps
    {{ contributions }}
    group by steps.step_number, steps.min_count, step_events.event_date

),

{# Facts are daily, so the minute is known when the first event of the day
   was enough; otherwise it was met by the last one of that day. #}
count_met as (

    select
        step_number,
        min(case when count_so_far >= min_count then event_date end)
            as met_on,
        min(
            case
                when count_so_far < min_count then null
                when count_so_far - event_count = min_count - 1
                    then first_occurred_at
                else last_occurred_at
            end
        ) as met_at
    from counts_by_day
    group by step_number

),

met as (

    select
        users_met.step_number,
        greatest(count_met.met_on, users_met.met_on) as met_on,
        greatest(count_met.met_at, users_met.met_at) as met_at
    from users_met
    inner join count_met
        on users_met.step_number = count_met.step_number
    where count_met.met_on is not null and users_met.met_on is not null

)

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
    met.met_on is not null as is_met,
    met.met_on,
    met.met_at,
    cast(coalesce(users_met.contributing_users, 0) as integer)
        as contributing_users,
    users_met.top_contributor_id
from steps
left join users_met
    on steps.step_number = users_met.step_number
left join met
    on steps.step_number = met.step_number
