{#
    What each input model may hold: the one place that knows its columns.

    Every input is a model of the user's, named by the variable <input>_model.
    A required column that is missing is refused by the gate; an optional one
    is a typed null, and so is a value that can't be read, which
    product_signals__data_health counts: what a number, a flag and a time are
    is said in input_value().

    decisive  columns that decide who lives: what can't be read stops the run
    needed    columns that a row is left out without, which is counted; with
              needed_if_given, if those can't be read, too
#}
{% macro input_spec() %}
    {% do return({
        'events': {
            'required': {
                'event_id': 'text',
                'user_id': 'text',
                'event_name': 'text',
                'occurred_at': 'timestamp',
            },
            'optional': {
                'account_id': 'text',
                'event_count': 'number',
                'event_value': 'number',
                'loaded_at': 'timestamp',
                'actor_type': 'text',
                'source': 'text',
            },
        },
        'users': {
            'key': 'user_id',
            'decisive': ['created_at', 'deactivated_at', 'is_internal'],
            'required': {
                'user_id': 'text',
                'account_id': 'text',
                'created_at': 'timestamp',
            },
            'optional': {
                'email': 'text',
                'full_name': 'text',
                'role': 'text',
                'is_internal': 'boolean',
                'deactivated_at': 'timestamp',
                'licensed_at': 'timestamp',
                'crm_id': 'text',
            },
        },
        'accounts': {
            'key': 'account_id',
            'decisive': ['created_at', 'cancelled_at'],
            'required': {
                'account_id': 'text',
                'created_at': 'timestamp',
            },
            'optional': product_signals.account_columns(),
        },
        'account_history': {
            'decisive': ['valid_from', 'valid_to', 'cancelled_at'],
            'needed': ['account_id'],
            'required': {
                'account_id': 'text',
                'valid_from': 'timestamp',
                'valid_to': 'timestamp',
            },
            'optional': product_signals.account_columns(),
        },
        'memberships': {
            'decisive': ['valid_from', 'valid_to'],
            'needed': ['user_id'],
            'required': {
                'user_id': 'text',
                'account_id': 'text',
                'valid_from': 'timestamp',
            },
            'optional': {
                'valid_to': 'timestamp',
                'role': 'text',
            },
        },
        'usage_limits': {
            'needed': ['account_id', 'meter', 'used', 'allowed'],
            'needed_if_given': ['measured_at'],
            'required': {
                'account_id': 'text',
                'meter': 'text',
                'used': 'number',
                'allowed': 'number',
            },
            'optional': {
                'measured_at': 'timestamp',
            },
        },
        'surveys': {
            'needed': ['account_id', 'answered_at', 'score'],
            'required': {
                'account_id': 'text',
                'answered_at': 'timestamp',
                'score': 'number',
            },
            'optional': {
                'user_id': 'text',
                'survey': 'text',
            },
        },
    }) %}
{% endmacro %}
