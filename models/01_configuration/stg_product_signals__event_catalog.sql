{{ product_signals.stage_seed('event_catalog') }}
