{{ product_signals.segment_users(
    source('segment', 'users'),
    identifies=source('segment', 'identifies'),
    groups=source('segment', 'groups'),
    traits={'role': 'job_title'}
) }}
