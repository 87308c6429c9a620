{{ product_signals.amplitude_events(
    source('amplitude', 'events_123'),
    merge_ids=source('amplitude', 'merge_ids_123'),
    account_key='company',
    value_key='revenue',
    anonymous='resolve',
    include_pages=true,
    actor_types={'Server': 'system'}
) }}
