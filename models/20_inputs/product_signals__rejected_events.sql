{{ product_signals.incremental_by('loaded_rows', 'loaded_at') }}
{{ product_signals.public() }}
{% set partial = not product_signals.reads_all_events(true)
    and not product_signals.rejected_again(this) %}

select
    events.event_id,
    events.user_id,
    events.account_id,
    events.event_name_text as event_name,
    events.occurred_at_text as occurred_at,
    events.event_count_text as event_count,
    events.event_value_text as event_value,
    events.loaded_at_text as loaded_at,
    events.actor_type_text as actor_type,
    events.source_text as source,
    events.reject_reason as reason
from {{ ref('stg_product_signals__events') }} as events
where
    events.reject_reason is not null
    {%- if partial %}
    and {{ product_signals.loaded_since('events.loaded_at') }}
    {%- endif %}
