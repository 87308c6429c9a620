{{ product_signals.stage_seed('event_weights') }}
