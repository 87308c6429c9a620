{{ product_signals.stage_seed('activation_steps') }}
