{{ product_signals.amplitude_events(
    source('amplitude', 'fivetran_event'),
    account_key='company',
    anonymous='keep_as_user'
) }}
