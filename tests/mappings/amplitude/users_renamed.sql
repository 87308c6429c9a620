{{ product_signals.amplitude_users(
    source('amplitude', 'events_123'),
    traits={'account_id': 'title', 'created_at': 'signed_up_at'}
) }}
