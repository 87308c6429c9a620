{#
    Users and accounts that are in other profiles, accounts or plans than they
    were, and from when. In another profile, those without an event have
    nothing to restate.

    is_there   false for those that have gone: the days on which others were
               compared with them are those of their events
#}
{{ config(materialized='table') }}

with changed as (

    {{ product_signals.changed_bounds(
        ref('int_product_signals__profile_bounds'),
        product_signals.latest_run()
    ) }}

)

select
    changed.entity,
    changed.entity_id,
    changed.kind,
    entities.entity is not null as is_there,
    case
        when
            changed.kind = 'profile'
            and entities.first_seen_on > changed.first_day
            then entities.first_seen_on
        else changed.first_day
    end as first_day
from changed
left join {{ ref('int_product_signals__entities') }} as entities
    on
        changed.entity = entities.entity
        and changed.entity_id = entities.entity_id
where
    changed.kind <> 'profile'
    or entities.entity is null
    or entities.first_seen_on is not null
