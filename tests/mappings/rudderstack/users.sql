{{ product_signals.rudderstack_users(
    source('rudderstack', 'users'),
    identifies=source('rudderstack', 'identifies'),
    account_key='company_id'
) }}
