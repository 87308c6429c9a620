{{ product_signals.stage_seed('bands') }}
