select event_id, event_name, loaded_at, account_id
from ({{ product_signals.segment_events(
    source('segment', 'tracks'),
    account_key='CONTEXT_GROUP_ID',
    event_name='EVENT_TEXT',
    loaded_at='RECEIVED_AT'
) }}) as events
where event_id = 'plain'
