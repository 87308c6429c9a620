{#
    From which day on each account's rows are restated: the first one on which
    something about it or its users is new. For every account that is the day
    after the last one scored.
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

with entities as (

    select * from {{ ref('int_product_signals__entities') }}

),

changed_inputs as (

    select * from {{ ref('int_product_signals__changed_inputs') }}

),

changed_profiles as (

    select * from {{ ref('int_product_signals__changed_profiles') }}

),

user_days as (

    select * from {{ ref('int_product_signals__restated_user_days') }}

),

{# Where a user is, was by any run since the last complete one, or has ever
   had an event. #}
homes as (

    select
        user_id,
        account_id
    from {{ ref('int_product_signals__user_accounts') }}
    where account_id is not null

    union distinct

    select
        entity_id as user_id,
        account_id
    from {{ ref('int_product_signals__input_bounds') }}
    where entity = 'user' and account_id is not null

),

{# Nobody counts before they began, by what any of those runs knew. #}
begun as (

    select
        entity,
        entity_id,
        min(day) as begun_on
    from (
        select
            entity,
            entity_id,
            bound as day
        from {{ ref('int_product_signals__input_bounds') }}
        where kind in ('created', 'licence')

        union all

        select
            entity,
            entity_id,
            first_seen_on as day
        from entities
        where first_seen_on is not null
    ) as days
    group by entity, entity_id

),

changed_entities as (

    select
        changed.entity,
        changed.entity_id,
        greatest(changed.first_day, begun.begun_on) as first_day
    from (
        select
            entity,
            entity_id,
            first_day
        from changed_inputs

        union all

        select
            entity,
            entity_id,
            first_day
        from changed_profiles
    ) as changed
    inner join begun
        on
            changed.entity = begun.entity
            and changed.entity_id = begun.entity_id

),

changed_users as (

    select
        user_id,
        min(event_date) as first_day
    from user_days
    group by user_id

    union all

    select
        entity_id as user_id,
        first_day
    from changed_entities
    where entity = 'user'

),

restated as (

    select
        entity_id as account_id,
        first_day
    from changed_entities
    where entity = 'account'

    union all

    select
        homes.account_id,
        changed_users.first_day
    from changed_users
    inner join homes
        on changed_users.user_id = homes.user_id

    union all

    {# Where their events are, as sent and as counted. #}
    select
        activity.account_id,
        user_days.event_date as first_day
    from user_days
    inner join {{ ref('int_product_signals__daily_activity') }} as activity
        on
            user_days.user_id = activity.user_id
            and user_days.event_date = activity.event_date
    where activity.account_id is not null

    union all

    select
        daily_events.account_id,
        user_days.event_date as first_day
    from user_days
    inner join {{ ref('int_product_signals__daily_events') }} as daily_events
        on
            user_days.user_id = daily_events.user_id
            and user_days.event_date = daily_events.event_date
    where daily_events.account_id is not null

    union all

    select
        activity.account_id,
        changed_entities.first_day
    from changed_entities
    inner join {{ ref('int_product_signals__daily_activity') }} as activity
        on
            changed_entities.entity = 'user'
            and changed_entities.entity_id = activity.user_id
    where activity.account_id is not null

    union all

    {# Seldom, and then it concerns the segments of all. #}
    select
        entities.entity_id as account_id,
        changed_profiles.first_day
    from changed_profiles
    cross join entities
    where
        changed_profiles.kind = 'segment'
        and entities.entity = 'account'

    union all

    select
        entities.entity_id as account_id,
        {{ product_signals.first_new_day(run) }} as first_day
    from entities
    cross join {{ ref('int_product_signals__scope') }} as scope
    where entities.entity = 'account'

)

select
    restated.account_id,
    case
        when {{ product_signals.history_moved(run) }}
            then {{ product_signals.first_day() }}
        else min(restated.first_day)
    end as first_day
from restated
cross join {{ ref('int_product_signals__scope') }} as scope
group by restated.account_id, scope.history_start
