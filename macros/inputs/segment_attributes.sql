{# The account attributes that segments are made of. #}
{% macro segment_attributes() %}
    {% set names = [
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
    ] %}
    {% for name in product_signals.listed('account_attributes')
            if name | lower not in names %}
        {% do names.append(name | lower) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}
