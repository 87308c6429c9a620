{# The days in the life of a user or an account. #}
{% macro remembered_days(entity) %}
    {% do return({
        'user': ['created_on', 'deactivated_on', 'licensed_on'],
        'account': [
            'created_on', 'trial_started_on', 'trial_ends_on', 'converted_on',
            'cancelled_on', 'contract_ends_on',
        ],
    }[entity]) %}
{% endmacro %}
