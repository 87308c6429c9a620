{{ product_signals.pendo_accounts(
    source('pendo', 'account_history'), traits={'account_name': 'name'}
) }}
