{{ product_signals.amplitude_users(
    source('amplitude', 'events_123'), traits={'created_at': 'signed_up_at'}
) }}
