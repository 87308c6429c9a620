{{ product_signals.mixpanel_users(
    source('mixpanel', 'mp_people_data'),
    identities=source('mixpanel', 'mp_identity_mappings_data'),
    account_key='company_id',
    traits={'role': 'title'}
) }}
