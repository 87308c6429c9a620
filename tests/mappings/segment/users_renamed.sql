{{ product_signals.segment_users(
    source('segment', 'users'),
    traits={'full_name': 'job_title', 'created_at': 'received_at'}
) }}
