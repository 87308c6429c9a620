{{ product_signals.rudderstack_memberships(source('rudderstack', 'groups')) }}
