{# The checks of product_signals__data_health that warn from a band on. #}
{% macro health_checks() %}
    {% do return([
        'rejected_rows',
        'waiting_rows',
        'conflicting_event_ids',
        'unmapped_event_rate',
        'unknown_user_rate',
        'unknown_account_rate',
        'late_rate',
        'freshness_days',
        'unseen_events',
        'configuration_warnings',
    ]) %}
{% endmacro %}
