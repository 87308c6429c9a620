select user_id, event_name
from ({{ product_signals.pendo_events(
    source('pendo', 'feature_event'),
    features=source('pendo', 'feature_history'),
    anonymous='keep_as_user'
) }}) as events
where event_id like '%logged-out%'
