{{ product_signals.stage_seed('features') }}
