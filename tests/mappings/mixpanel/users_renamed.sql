{{ product_signals.mixpanel_users(
    source('mixpanel', 'mp_people_data'),
    traits={
        'account_id': 'company_id',
        'full_name': 'title',
        'created_at': 'signed_up_at',
    }
) }}
