{{ product_signals.segment_accounts(
    source('segment', 'groups'), traits={'created_at': 'received_at'}
) }}
