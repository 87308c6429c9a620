{# The optional columns of the accounts input, and so of the account history:
   name -> type. #}
{% macro account_columns() %}
    {% do return({
        'account_name': 'text',
        'domain': 'text',
        'crm_id': 'text',
        'trial_started_at': 'timestamp',
        'trial_ends_at': 'timestamp',
        'converted_at': 'timestamp',
        'cancelled_at': 'timestamp',
        'contract_ends_at': 'timestamp',
        'plan': 'text',
        'employees': 'number',
        'seats': 'number',
        'mrr': 'number',
        'deal_size': 'number',
        'tier': 'text',
        'industry': 'text',
        'region': 'text',
        'acquisition_channel': 'text',
        'csm': 'text',
        'is_key_account': 'boolean',
        'is_target_logo': 'boolean',
        'fit': 'text',
    }) %}
{% endmacro %}
