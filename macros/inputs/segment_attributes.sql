{# The account attributes that segments are made of. #}
{% macro segment_attributes() %}
    {% do return([
        'plan',
        'tier',
        'industry',
        'region',
        'acquisition_channel',
        'csm',
        'is_key_account',
        'is_target_logo',
        'fit',
        'subscription_status',
    ] + product_signals.extra_attributes('account')) %}
{% endmacro %}
