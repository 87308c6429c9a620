{{ product_signals.pendo_users(
    source('pendo', 'visitor_history'), traits={'created_at': 'last_visit'}
) }}
