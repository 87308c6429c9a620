{{ product_signals.mixpanel_events(
    source('mixpanel', 'mp_master_event'),
    identities=source('mixpanel', 'mp_identity_mappings_data'),
    account_key='company_id',
    value_key='amount',
    include_pages=true,
    actor_types={'node': 'system'}
) }}
