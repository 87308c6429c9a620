{#
    What all tables depend on besides rows and seeds: the version of the
    package, its variables and the columns of the inputs, as one hash. Where
    it changes, everything is built anew.

    Without as_of_date, which only moves the last day, and lookback_days,
    which only says what to read again.
#}
{% macro fingerprint_of_project() %}
    {% set parts = ['0.1.0'] %}
    {% for name in [
        'only_loaded_by_then', 'timezone', 'history_start', 'history_grain',
        'size_column', 'adoption_window_days', 'seen_days', 'trend_threshold',
        'renewal_window_days', 'onboarding_days', 'excluded_actor_types',
        'account_attributes', 'user_attributes',
    ] %}
        {% do parts.append(name ~ '=' ~ var(name)) %}
    {% endfor %}
    {% if var('only_loaded_by_then') %}
        {% do parts.append('as_of_date=' ~ var('as_of_date')) %}
    {% endif %}
    {% for name in product_signals.input_spec() %}
        {% set relation = product_signals.input_relation(name) %}
        {% do parts.append(name ~ '=' ~ relation) %}
        {% if relation %}
            {% set types = product_signals.column_types(relation) or {} %}
            {% for column in types | sort %}
                {% do parts.append(column ~ ' ' ~ types[column]) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% do return(local_md5(parts | join('|'))) %}
{% endmacro %}
