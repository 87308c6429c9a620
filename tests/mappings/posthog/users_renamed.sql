{{ product_signals.posthog_users(
    source('posthog', 'persons'),
    traits={'full_name': 'title', 'created_at': 'signed_up_at'},
    team_id=1
) }}
