{{ product_signals.users_of_events(ref('ga4_events')) }}
