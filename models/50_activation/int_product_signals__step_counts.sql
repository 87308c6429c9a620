{#
    When each account and user reached a count of events that some step needs,
    since it was created and whatever its checklists: the time of the event
    that completed the count.

    Facts are daily. Where they leave open which event of a day it was, the
    events of those users on that day are read again: in a daily run, those of
    a day or two, and never of a day that is not rebuilt.
#}
{{ product_signals.incremental_by_day('reached_on') }}

with activation_checklists as (

    {{ product_signals.seed('activation_checklists') }}

),

activation_steps as (

    {{ product_signals.seed('activation_steps') }}

),

step_counts as (

    select distinct
        activation_checklists.entity,
        activation_steps.event_name,
        activation_steps.min_count
    from activation_steps
    inner join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist

),

{# Who counts what, without those who had enough before the rebuilt days.
   Numbers are grouped and sorted several times faster than names. #}
tallies as (

    select
        entities.entity,
        entities.entity_id,
        entities.begins_on,
        step_counts.event_name,
        step_counts.min_count,
        row_number() over (
            order by
                entities.entity,
                entities.entity_id,
                step_counts.event_name,
                step_counts.min_count
        ) as tally_number
    from {{ ref('int_product_signals__entities') }} as entities
    inner join step_counts
        on entities.entity = step_counts.entity
    where
        entities.is_known
        {%- if product_signals.rebuild_from() %}
        and not exists (
            select earlier.reached_on
            from {{ this }} as earlier
            where
                earlier.entity = entities.entity
                and earlier.entity_id = entities.entity_id
                and earlier.event_name = step_counts.event_name
                and earlier.min_count = step_counts.min_count
                and not {{ product_signals.in_rebuild('earlier.reached_on') }}
        )
        {%- endif %}

),

daily_counts as (

    {# One branch each, because Postgres joins faster on bare columns. #}
    {% for entity in ['account', 'user'] %}
    select
        tallies.tally_number,
        daily_activity.event_date,
        cast(sum(daily_activity.event_count) as double precision)
            as event_count,
        min(daily_activity.first_occurred_at) as first_occurred_at,
        max(daily_activity.last_occurred_at) as last_occurred_at
    from tallies
    inner join {{ ref('int_product_signals__daily_activity') }}
        as daily_activity
        on
            tallies.entity_id = daily_activity.{{ entity }}_id
            and tallies.event_name = daily_activity.event_name
            and tallies.begins_on <= daily_activity.event_date
    where tallies.entity = '{{ entity }}'
    group by tallies.tally_number, daily_activity.event_date
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

running as (

    select
        *,
        sum(event_count) over (
            partition by tally_number
            order by event_date
            rows unbounded preceding
        ) as count_so_far
    from daily_counts

),

reached as (

    select
        tallies.tally_number,
        tallies.entity,
        tallies.entity_id,
        tallies.event_name,
        tallies.min_count,
        running.event_date,
        running.event_count,
        running.first_occurred_at,
        running.last_occurred_at,
        tallies.min_count - (running.count_so_far - running.event_count)
            as missing_count
    from running
    inner join tallies
        on running.tally_number = tallies.tally_number
    where
        running.count_so_far >= tallies.min_count
        and running.count_so_far - running.event_count < tallies.min_count
        and {{ product_signals.in_rebuild('running.event_date') }}

),

{# Neither the first nor the last event of the day. #}
unclear as (

    select * from reached
    where
        missing_count > 1
        and missing_count < event_count
        and first_occurred_at < last_occurred_at

),

unclear_users as (

    select
        entity_id as user_id,
        event_name,
        event_date
    from unclear
    where entity = 'user'

    union distinct

    select
        daily_activity.user_id,
        daily_activity.event_name,
        daily_activity.event_date
    from {{ ref('int_product_signals__daily_activity') }} as daily_activity
    inner join unclear
        on
            daily_activity.account_id = unclear.entity_id
            and daily_activity.event_name = unclear.event_name
            and daily_activity.event_date = unclear.event_date
    where unclear.entity = 'account'

),

{# Redelivered events count once, as in the daily roll-up. Days are in the
   variable timezone, times in UTC. #}
events as (

    select
        events.event_id,
        events.user_id,
        events.account_id,
        events.event_name,
        events.actor_type,
        events.event_date,
        max(events.event_count) as event_count,
        min(events.occurred_at) as occurred_at
    from {{ ref('stg_product_signals__events') }} as events
    inner join unclear_users
        on
            events.user_id = unclear_users.user_id
            and events.event_name = unclear_users.event_name
            and events.event_date = unclear_users.event_date
    where
        events.reject_reason is null
        and {{ product_signals.in_rebuild('events.occurred_at', 1) }}
    group by
        events.event_id,
        events.user_id,
        events.account_id,
        events.event_name,
        events.actor_type,
        events.event_date

),

counted as (

    select
        {{ product_signals.event_account('events') }} as account_id,
        events.user_id,
        events.event_name,
        events.event_date,
        events.event_count,
        events.occurred_at
    from events
    {{ product_signals.only_counted('events') }}

),

events_so_far as (

    {% for entity in ['account', 'user'] %}
    select
        unclear.tally_number,
        unclear.missing_count,
        counted.occurred_at,
        sum(counted.event_count) over (
            partition by unclear.tally_number
            order by counted.occurred_at
            rows unbounded preceding
        ) as count_so_far
    from unclear
    inner join counted
        on
            unclear.entity_id = counted.{{ entity }}_id
            and unclear.event_name = counted.event_name
            and unclear.event_date = counted.event_date
    where unclear.entity = '{{ entity }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cleared as (

    select
        tally_number,
        min(occurred_at) as occurred_at
    from events_so_far
    where count_so_far >= missing_count
    group by tally_number

)

select
    reached.entity,
    reached.entity_id,
    reached.event_name,
    reached.min_count,
    reached.event_date as reached_on,
    case
        when reached.missing_count <= 1 then reached.first_occurred_at
        {# The input may have lost the event since the day was read. #}
        else coalesce(cleared.occurred_at, reached.last_occurred_at)
    end as reached_at
from reached
left join cleared
    on reached.tally_number = cleared.tally_number
