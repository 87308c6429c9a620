{{ product_signals.segment_events(
    source('segment', 'tracks'),
    pages=source('segment', 'pages'),
    identifies=source('segment', 'identifies'),
    anonymous='resolve',
    event_name='event_text',
    exclude_events=['Ping*'],
    actor_types={'analytics-node': 'system'}
) }}
