{# The periods of all profiles in days, each once; none while dbt parses. #}
{% macro profile_periods() %}
    {% set profiles = ref('stg_product_signals__score_profiles') %}
    {% if not execute or not load_relation(profiles) %}
        {% do return([]) %}
    {% endif %}
    {% do return(run_query(
        'select distinct period_days from ' ~ profiles
        ~ ' order by period_days'
    ).columns[0].values() | list) %}
{% endmacro %}
