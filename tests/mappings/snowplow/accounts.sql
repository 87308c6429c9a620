{{ product_signals.accounts_of_events(ref('snowplow_events')) }}
