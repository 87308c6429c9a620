{# The periods of all profiles in days, each once; none while dbt parses. #}
{% macro profile_periods() %}
    {% set profiles = product_signals.seed('score_profiles') %}
    {% if not product_signals.is_loaded('score_profiles') %}
        {% do return([]) %}
    {% endif %}
    {% do return(run_query(
        'select distinct period_days from (' ~ profiles
        ~ ') as profiles order by period_days'
    ).columns[0].values() | list) %}
{% endmacro %}
