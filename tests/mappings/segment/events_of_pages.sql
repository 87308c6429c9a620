{{ product_signals.segment_events(
    source('segment', 'server_tracks'), pages=source('segment', 'app_pages')
) }}
