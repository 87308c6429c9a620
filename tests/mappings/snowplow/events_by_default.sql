select event_id, user_id, source
from ({{ product_signals.snowplow_events(source('snowplow', 'events')) }})
    as events
where event_id in ('page', 'noise', 'before-known', 'nobody', 'job')
