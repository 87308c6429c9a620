{{ product_signals.segment_accounts(
    source('segment', 'groups'), traits={'csm': 'ACCOUNT_OWNER'}
) }}
