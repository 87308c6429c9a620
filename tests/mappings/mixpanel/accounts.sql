{{ product_signals.accounts_of_events(ref('mixpanel_events')) }}
