{{ product_signals.segment_accounts(source('segment', 'groups_of_text')) }}
