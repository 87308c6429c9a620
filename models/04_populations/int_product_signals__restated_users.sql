{#
    From which day on each user's rows are restated: the first one on which
    something about them is new. For everybody that is the day after the last
    one scored.
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

with entities as (

    select * from {{ ref('int_product_signals__entities') }}

),

changed as (

    select
        user_id,
        event_date as first_day
    from {{ ref('int_product_signals__restated_user_days') }}

    union all

    select
        entity_id as user_id,
        first_day
    from {{ ref('int_product_signals__changed_profiles') }}
    where entity = 'user'

    union all

    {# Who does something in an account is scored there by its profile. #}
    select
        activity.user_id,
        min(greatest(activity.event_date, changed_profiles.first_day))
            as first_day
    from {{ ref('int_product_signals__changed_profiles') }} as changed_profiles
    inner join {{ ref('int_product_signals__daily_activity') }} as activity
        on
            changed_profiles.entity = 'account'
            and changed_profiles.kind = 'profile'
            and changed_profiles.entity_id = activity.account_id
    group by activity.user_id

    union all

    {# Somebody who has begun on another day, or is no longer known. #}
    select
        changed.entity_id as user_id,
        case
            when entities.first_seen_on > changed.first_day
                then entities.first_seen_on
            else changed.first_day
        end as first_day
    from {{ ref('int_product_signals__changed_inputs') }} as changed
    left join entities
        on
            entities.entity = 'user'
            and changed.entity_id = entities.entity_id
    where
        changed.entity = 'user'
        and changed.kind in ('home', 'created')
        and (entities.entity is null or entities.first_seen_on is not null)

),

{# A plan entitles to features. #}
plan_changes as (

    select
        homes.user_id,
        greatest(changed_profiles.first_day, entities.first_seen_on)
            as first_day
    from {{ ref('int_product_signals__changed_profiles') }} as changed_profiles
    inner join (
        select distinct
            entity_id as user_id,
            account_id
        from {{ ref('int_product_signals__profile_bounds') }}
        where entity = 'user'
    ) as homes
        on changed_profiles.entity_id = homes.account_id
    inner join entities
        on
            entities.entity = 'user'
            and homes.user_id = entities.entity_id
            and entities.first_seen_on is not null
    where changed_profiles.entity = 'account' and changed_profiles.kind = 'plan'

),

restated as (

    select
        user_id,
        first_day
    from changed

    union all

    select
        user_id,
        first_day
    from plan_changes

    union all

    select
        entities.entity_id as user_id,
        {{ product_signals.first_new_day(run) }} as first_day
    from entities
    cross join {{ ref('int_product_signals__scope') }} as scope
    where entities.entity = 'user'

)

select
    restated.user_id,
    {# On another first day of history, all days are others. #}
    case
        when {{ product_signals.history_moved(run) }}
            then {{ product_signals.first_day() }}
        else min(restated.first_day)
    end as first_day
from restated
cross join {{ ref('int_product_signals__scope') }} as scope
group by restated.user_id, scope.history_start
