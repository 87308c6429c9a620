{{ product_signals.mixpanel_events(
    source('mixpanel', 'fivetran_event'),
    account_key='company_id',
    anonymous='keep_as_user',
    timezone='America/New_York'
) }}
