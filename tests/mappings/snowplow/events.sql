{{ product_signals.snowplow_events(
    source('snowplow', 'events'),
    account_key='contexts_com_acme_account_1',
    account_path=['id'],
    value_key='se_value',
    anonymous='resolve',
    include_pages=true,
    actor_types={'srv': 'system'},
    bots=true
) }}
