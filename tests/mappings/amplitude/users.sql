{{ product_signals.amplitude_users(
    source('amplitude', 'events_123'),
    account_key='company',
    traits={'role': 'title'}
) }}
