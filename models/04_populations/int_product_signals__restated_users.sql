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

changed_bounds as (

    {{ product_signals.changed_bounds(
        ref('int_product_signals__profile_bounds'), run
    ) }}

),

{# Nobody has a row from before they began, by what any of those runs knew. #}
begun as (

    select
        user_id,
        min(day) as begun_on
    from (
        select
            entity_id as user_id,
            bound as day
        from {{ ref('int_product_signals__input_bounds') }}
        where entity = 'user' and kind = 'created'

        union all

        select
            entity_id as user_id,
            first_seen_on as day
        from entities
        where entity = 'user' and first_seen_on is not null

        union all

        {# Of who is internal now, nothing is seen any more that was. #}
        select
            user_id,
            event_date as day
        from {{ ref('int_product_signals__restated_user_days') }}
    ) as days
    group by user_id

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
    from changed_bounds
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

    select
        changed.entity_id as user_id,
        changed.first_day
    from {{ ref('int_product_signals__changed_inputs') }} as changed
    where changed.entity = 'user'

    union all

    {# A plan entitles to features, and a rule may ask for a trial. #}
    select
        homes.user_id,
        changed_bounds.first_day
    from changed_bounds
    inner join (
        select distinct
            entity_id as user_id,
            account_id
        from {{ ref('int_product_signals__profile_bounds') }}
        where entity = 'user'

        union distinct

        select
            user_id,
            account_id
        from {{ ref('int_product_signals__user_accounts') }}
    ) as homes
        on changed_bounds.entity_id = homes.account_id
    where
        changed_bounds.entity = 'account'
        and changed_bounds.kind in ('plan', 'status')

),

restated as (

    select
        changed.user_id,
        greatest(
            changed.first_day, coalesce(begun.begun_on, changed.first_day)
        ) as first_day
    from changed
    left join begun
        on changed.user_id = begun.user_id

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
