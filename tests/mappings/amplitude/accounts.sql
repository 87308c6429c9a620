{{ product_signals.accounts_of_events(ref('amplitude_events')) }}
