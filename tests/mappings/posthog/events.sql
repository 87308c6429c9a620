{{ product_signals.posthog_events(
    source('posthog', 'events'),
    persons=source('posthog', 'persons'),
    account_key='company',
    group_index=0,
    value_key='amount',
    include_pages=true,
    actor_types={'posthog-node': 'system'},
    team_id=1
) }}
