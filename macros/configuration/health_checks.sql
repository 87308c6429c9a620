{# The checks of product_signals__data_health that warn from a band on. #}
{% macro health_checks() %}
    {% set unknown = [] %}
    {% for input in product_signals.account_inputs(given=false) %}
        {% do unknown.append('unknown_in_' ~ input ~ '_rate') %}
    {% endfor %}
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
        'future_created_at',
        'repeated_crm_ids',
        'ids_unfit_for_crm',
        'alike_event_names',
        'clock_minutes',
    ] + unknown) %}
{% endmacro %}
