{#
    The variables that figures depend on, besides those that name inputs and
    seeds. Not as_of_date, which only moves the last day, nor those that only
    say what to read again.
#}
{% macro variables_that_count() %}
    {% set names = [
        'only_loaded_by_then', 'timezone', 'history_start', 'history_grain',
        'size_column', 'adoption_window_days', 'seen_days', 'trend_threshold',
        'renewal_window_days', 'onboarding_days', 'excluded_actor_types',
        'account_attributes', 'user_attributes',
    ] %}
    {% if var('only_loaded_by_then') %}
        {% do names.append('as_of_date') %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}
