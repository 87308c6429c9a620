{{ product_signals.restated_by(['loaded_rows'], 'loaded_at') }}
{{ config(access='public') }}
{% set partial = product_signals.is_partial() %}
{% set run = product_signals.latest_run() %}

select
    event_id,
    user_id,
    account_id,
    event_name,
    occurred_at_text as occurred_at,
    event_count_text as event_count,
    event_value_text as event_value,
    loaded_at_text as loaded_at,
    actor_type_text as actor_type,
    source_text as source,
    reject_reason as reason
from {{ ref('stg_product_signals__events') }} as events
where
    reject_reason is not null
    {%- if partial %}
    and {{ product_signals.loaded_since(run, 'events.loaded_at') }}
    {%- endif %}
