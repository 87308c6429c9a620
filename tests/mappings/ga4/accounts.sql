{{ product_signals.accounts_of_events(ref('ga4_events')) }}
