{{ product_signals.stage_seed('signal_actions') }}
