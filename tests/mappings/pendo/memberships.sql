{{ product_signals.pendo_memberships(
    source('pendo', 'visitor_account_history')
) }}
