{# Names that an attribute of the user's own cannot have, since the package
   uses them for something else. #}
{% macro reserved_attributes() %}
    {% do return([
        'all',
        'subscription_status',
        'lifecycle_stage',
        'size_band',
        'tenure_band',
        'created_on',
        'trial_started_on',
        'trial_ends_on',
        'converted_on',
        'cancelled_on',
        'contract_ends_on',
        'deactivated_on',
        'licensed_on',
        'started_at',
        'starts_on',
        'ends_on',
        'valid_from',
        'valid_to',
    ]) %}
{% endmacro %}
