{{ product_signals.stage_seed('metrics') }}
