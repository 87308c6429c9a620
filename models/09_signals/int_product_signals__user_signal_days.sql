{# The same for users, of whom only the last day is known. #}

{{ product_signals.days_held(
    ref('int_product_signals__user_vectors'), 'user'
) }}
