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
        'no_account_rate',
        'stray_rows',
        'cancelled_accounts_in_use',
        'alike_event_names',
        'clock_minutes',
        'unknown_in_users_rate',
        'unknown_in_memberships_rate',
        'unknown_in_account_history_rate',
        'unknown_in_usage_limits_rate',
        'unknown_in_surveys_rate',
    ]) %}
{% endmacro %}
