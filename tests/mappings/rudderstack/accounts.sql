{{ product_signals.rudderstack_accounts(source('rudderstack', 'groups')) }}
