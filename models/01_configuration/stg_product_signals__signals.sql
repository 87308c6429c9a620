{{ product_signals.stage_seed('signals') }}
