{{ product_signals.posthog_users(
    source('posthog', 'persons'),
    traits={
        'account_id': 'company_id',
        'full_name': 'title',
        'created_at': 'signed_up_at',
    },
    team_id=1
) }}
