{{ product_signals.segment_memberships(source('segment', 'groups')) }}
