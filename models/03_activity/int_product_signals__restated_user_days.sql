{#
    Users and days whose activity is restated: events arrived, the user's
    account is another one, or the day is scored for the first time.
#}
{{ config(materialized='table') }}
{% set run = product_signals.latest_run() %}

select
    user_id,
    event_date
from {{ ref('int_product_signals__loaded_user_days') }}

union distinct

select
    daily_events.user_id,
    daily_events.event_date
from {{ ref('int_product_signals__daily_events') }} as daily_events
inner join {{ ref('int_product_signals__changed_inputs') }} as changed
    on
        changed.entity = 'user'
        and changed.kind = 'home'
        and daily_events.user_id = changed.entity_id
        and daily_events.event_date >= changed.first_day

union distinct

select
    daily_events.user_id,
    daily_events.event_date
from {{ ref('int_product_signals__daily_events') }} as daily_events
cross join {{ ref('int_product_signals__scope') }} as scope
where daily_events.event_date > {{ product_signals.last_common_day(run) }}
