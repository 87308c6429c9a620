{#
    What each input model may hold: the only place that knows its columns.

    Every input is a model that the user writes, named by the variable
    <input>_model. The gate refuses a missing required column. A missing
    optional column is a typed null, and so is an unreadable value, which
    product_signals__data_health counts. input_value() says which numbers, flags
    and times are readable.

    decisive  columns that decide who counts when: unreadable values stop the
              run
    needed    columns without which a row is left out and counted; those in
              needed_if_given may be null, but not unreadable
    row       what messages, and the list of known inputs, call a row
    days      times from whose day on the row matters
#}
{% macro input_spec() %}
    {# csm_email is always today's, and not an attribute. #}
    {% set accounts = product_signals.account_columns() %}
    {% do accounts.update({'csm_email': 'text'}) %}
    {% do return({
        'events': {
            'required': {
                'event_id': 'id',
                'user_id': 'id',
                'event_name': 'text',
                'occurred_at': 'timestamp',
            },
            'optional': {
                'account_id': 'id',
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
                'user_id': 'id',
                'account_id': 'id',
                'created_at': 'timestamp',
            },
            'optional': {
                'email': 'text',
                'full_name': 'text',
                'role': 'text',
                'is_internal': 'boolean',
                'deactivated_at': 'timestamp',
                'licensed_at': 'timestamp',
                'crm_id': 'id',
            },
        },
        'accounts': {
            'key': 'account_id',
            'decisive': ['created_at', 'cancelled_at'],
            'required': {
                'account_id': 'id',
                'created_at': 'timestamp',
            },
            'optional': accounts,
        },
        'account_history': {
            'decisive': ['valid_from', 'valid_to', 'cancelled_at'],
            'needed': ['account_id'],
            'required': {
                'account_id': 'id',
                'valid_from': 'timestamp',
                'valid_to': 'timestamp',
            },
            'optional': product_signals.account_columns(),
            'row': 'account history',
        },
        'memberships': {
            'decisive': ['valid_from', 'valid_to'],
            'needed': ['user_id'],
            'required': {
                'user_id': 'id',
                'account_id': 'id',
                'valid_from': 'timestamp',
            },
            'optional': {
                'valid_to': 'timestamp',
                'role': 'text',
            },
            'row': 'membership',
        },
        'usage_limits': {
            'needed': ['account_id', 'meter', 'used', 'allowed'],
            'needed_if_given': ['measured_at'],
            'required': {
                'account_id': 'id',
                'meter': 'text',
                'used': 'quantity',
                'allowed': 'quantity',
            },
            'optional': {
                'measured_at': 'timestamp',
            },
            'row': 'usage limit',
            'days': ['measured_at'],
        },
        'surveys': {
            'needed': ['account_id', 'answered_at', 'score'],
            'required': {
                'account_id': 'id',
                'answered_at': 'timestamp',
                'score': 'number',
            },
            'optional': {
                'user_id': 'id',
                'survey': 'text',
            },
            'row': 'survey answer',
            'days': ['answered_at'],
        },
        'communications': {
            'needed': ['account_id', 'occurred_at', 'direction'],
            'required': {
                'account_id': 'id',
                'occurred_at': 'timestamp',
                'direction': 'inbound|outbound',
            },
            'optional': {
                'user_id': 'id',
                'channel': 'text',
                'sentiment': 'text',
            },
            'row': 'communication',
            'days': ['occurred_at'],
        },
        'tickets': {
            'needed': ['ticket_id', 'account_id', 'opened_at'],
            'needed_if_given': ['closed_at'],
            'required': {
                'ticket_id': 'id',
                'account_id': 'id',
                'opened_at': 'timestamp',
            },
            'optional': {
                'closed_at': 'timestamp',
                'priority': 'text',
            },
            'row': 'ticket',
            'days': ['opened_at', 'closed_at'],
        },
        'assessments': {
            'needed': ['account_id', 'assessed_at', 'rating'],
            'required': {
                'account_id': 'id',
                'assessed_at': 'timestamp',
                'rating': 'number',
            },
            'optional': {
                'assessed_by': 'text',
            },
            'row': 'assessment',
            'days': ['assessed_at'],
        },
        'subscription_changes': {
            'needed': ['account_id', 'changed_at', 'change_type'],
            'needed_if_given': ['mrr_before', 'mrr_after', 'renewal_due_at'],
            'required': {
                'account_id': 'id',
                'changed_at': 'timestamp',
                'change_type': 'text',
                'mrr_before': 'number',
                'mrr_after': 'number',
            },
            'optional': {
                'renewal_due_at': 'timestamp',
                'product': 'text',
            },
            'row': 'change of a subscription',
            'days': ['changed_at', 'renewal_due_at'],
        },
        'signal_responses': {
            'needed': ['signal_key', 'responded_at', 'response'],
            'needed_if_given': ['until'],
            'required': {
                'signal_key': 'id',
                'responded_at': 'timestamp',
                'response': 'acknowledged|snoozed|dismissed',
            },
            'optional': {
                'until': 'timestamp',
                'responded_by': 'text',
            },
        },
    }) %}
{% endmacro %}
