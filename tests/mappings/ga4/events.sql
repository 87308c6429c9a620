{{ product_signals.ga4_events(
    source('ga4', 'events'),
    intraday=source('ga4', 'events_intraday'),
    account_key='company',
    anonymous='resolve',
    include_pages=true
) }}
