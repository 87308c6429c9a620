{{ product_signals.users_of_events(ref('snowplow_events')) }}
