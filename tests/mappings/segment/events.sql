{{ product_signals.segment_events(source('segment', 'tracks')) }}
