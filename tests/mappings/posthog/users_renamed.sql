{{ product_signals.posthog_users(
    source('posthog', 'persons'), traits={'full_name': 'title'}, team_id=1
) }}
