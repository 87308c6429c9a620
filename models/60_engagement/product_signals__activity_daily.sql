{# Daily, weekly and monthly active users and accounts of the product. #}
{{ product_signals.incremental_by_day('activity_date') }}
{{ product_signals.public() }}
{% set windows = [1, 7, 30] %}
{# The day that is compared with has its own window. #}
{% set reach = 2 * windows[-1] %}
{% set periods = {
    'active_1d': 'periods_1d',
    'active_7d': 'periods_7d',
    'active_30d': 'periods_30d',
} %}

with dates as (

    {{ product_signals.scored_days() }}

),

scored_days as (

    select date_day
    from dates
    where {{ product_signals.in_rebuild('date_day', windows[-1]) }}

),

first_day as (

    select min(date_day) as date_day from scored_days

),

active_days as (

    select distinct
        'user' as entity,
        user_id as entity_id,
        event_date
    from {{ ref('int_product_signals__daily_activity') }}
    where
        is_activity
        and {{ product_signals.in_rebuild('event_date', reach) }}

    union all

    select distinct
        'account' as entity,
        account_id as entity_id,
        event_date
    from {{ ref('int_product_signals__daily_activity') }}
    where
        is_activity
        and account_id is not null
        and {{ product_signals.in_rebuild('event_date', reach) }}

),

spaced_days as (

    select
        *,
        {{ product_signals.days_beside('entity, entity_id') }}
    from active_days

),

{% for days in windows %}
periods_{{ days }}d as (

    {{ product_signals.presence('spaced_days', 'entity, entity_id', days) }}

),

{% endfor %}
changes as (

    {{ product_signals.period_changes('entity', periods.keys() | list, periods)
    }}

),

{# Changes before the first day here count on that day. #}
daily_changes as (

    select
        changes.entity,
        greatest(changes.changed_on, first_day.date_day) as changed_on,
        {%- for column in periods %}
        sum(changes.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    cross join first_day
    group by
        changes.entity,
        greatest(changes.changed_on, first_day.date_day)

),

entity_days as (

    select
        entities.entity,
        scored_days.date_day as activity_date
    from scored_days
    cross join (
        select 'user' as entity
        union all
        select 'account' as entity
    ) as entities

),

running as (

    select
        entity_days.entity,
        entity_days.activity_date,
        {%- for column in periods %}
        cast(sum(coalesce(daily_changes.{{ column }}, 0)) over (
            partition by entity_days.entity
            order by entity_days.activity_date
            rows unbounded preceding
        ) as integer) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from entity_days
    left join daily_changes
        on
            entity_days.entity = daily_changes.entity
            and entity_days.activity_date = daily_changes.changed_on

),

compared as (

    select
        running.entity,
        running.activity_date,
        running.active_1d,
        running.active_7d,
        running.active_30d,
        {# A window that began before the data is not compared with. #}
        case
            when running.activity_date >= scope.history_start + {{ reach - 1 }}
                then lag(running.active_30d, {{ windows[-1] }}) over (
                    partition by running.entity order by running.activity_date
                )
        end as active_30d_previous,
        {{ product_signals.percent('running.active_1d', 'running.active_30d') }}
            as stickiness
    from running
    cross join {{ ref('int_product_signals__scope') }} as scope

)

select * from compared
where {{ product_signals.in_rebuild('activity_date') }}
