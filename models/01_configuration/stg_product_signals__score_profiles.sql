{{ product_signals.stage_seed('score_profiles') }}
