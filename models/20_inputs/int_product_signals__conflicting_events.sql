{#
    Event ids that came with different users, accounts, events, actors or days.
    These are not redeliveries, so all of their rows count. An id stays in
    conflict, so a run only checks ids that arrived since the last one.
#}
{{ product_signals.incremental_by('nothing', 'event_id') }}
{% set partial = not product_signals.reads_all_events(true) %}

{# Ids to check: recent ones or, when all events are read, those that came more
   than once. #}
with candidates as (

    select event_id
    from {{ ref('stg_product_signals__events') }}
    where
        reject_reason is null
        {%- if partial %}
        and {{ product_signals.loaded_since('loaded_at') }}
        {%- endif %}
    group by event_id
    {%- if not partial %}
    having count(*) > 1
    {%- endif %}

),

contents as (

    select distinct
        events.event_id,
        events.user_id,
        events.account_id,
        events.event_name,
        events.actor_type,
        events.event_date
    from {{ ref('stg_product_signals__events') }} as events
    inner join candidates
        on events.event_id = candidates.event_id
    where events.reject_reason is null

)

select contents.event_id
from contents
{%- if partial %}
left join {{ this }} as known
    on contents.event_id = known.event_id
where known.event_id is null
{%- endif %}
group by contents.event_id
having count(*) > 1
