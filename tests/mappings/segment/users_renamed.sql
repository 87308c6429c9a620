{{ product_signals.segment_users(
    source('segment', 'users'),
    traits={
        'account_id': 'company_id',
        'full_name': 'job_title',
        'created_at': 'received_at',
    }
) }}
