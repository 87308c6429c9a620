{{ product_signals.posthog_users(
    source('posthog', 'persons'),
    account_key='company_id',
    traits={'role': 'title'},
    team_id=1
) }}
