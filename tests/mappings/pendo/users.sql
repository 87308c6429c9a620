{{ product_signals.pendo_users(
    source('pendo', 'visitor_history'), traits={'email': 'agent_email'}
) }}
