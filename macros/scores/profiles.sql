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

{# The longest period of a profile in days; 0 while dbt parses. #}
{% macro longest_period() %}
    {% do return((product_signals.profile_periods() or [0]) | max) %}
{% endmacro %}

{#
    The first day on which the prior window, too, is whole: by then the entity
    and the history have lasted for two periods. Reads the relation scope.

    begins_on     the entity's first day
    period_days   the period of its profile
#}
{% macro first_compared_day(begins_on, period_days) -%}
    greatest({{ begins_on }}, scope.history_start) + 2 * {{ period_days }} - 1
{%- endmacro %}

{# Keeps the rows of accounts that are in the row's profile on that day. #}
{% macro join_account_profile(relation) -%}
inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
    as periods
    on
        periods.entity = 'account'
        and {{ relation }}.profile = periods.profile
        and {{ relation }}.account_id = periods.entity_id
        and {{ relation }}.as_of_date >= periods.valid_from
        and {{ relation }}.as_of_date < periods.valid_to
{%- endmacro %}
