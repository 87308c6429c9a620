{{ product_signals.posthog_accounts(
    source('posthog', 'events'), account_key='company', traits={'plan': 'plan'}
) }}
