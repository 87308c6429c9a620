{{ product_signals.ga4_events(
    source('ga4', 'events'),
    intraday=source('ga4', 'events_intraday'),
    account_key='company',
    value_key='value',
    anonymous='resolve',
    include_pages=true
) }}
