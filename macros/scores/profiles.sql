{# The periods of all profiles in days, each once; none while dbt parses. #}
{% macro profile_periods() %}
    {% do return(
        product_signals.profile_days() | map(attribute=0) | unique | sort
    ) %}
{% endmacro %}

{# The most days in which somebody counts as active or seen under a profile. #}
{% macro longest_period() %}
    {% do return(
        (product_signals.profile_periods() + [var('seen_days')]) | max
    ) %}
{% endmacro %}

{# The most days that a profile goes back to compare with, 0 while dbt parses. #}
{% macro longest_change() %}
    {% do return(
        product_signals.profile_days() | map(attribute=1) | max | default(0)
    ) %}
{% endmacro %}

{# The most days that a profile's prior window begins before a day, 0 while dbt
   parses. #}
{% macro longest_reach() %}
    {% do return(
        product_signals.profile_days() | map('sum') | max | default(0)
    ) %}
{% endmacro %}

{# The period_days and change_days of every profile, read once a run. #}
{% macro profile_days() %}
    {% set profiles = product_signals.seed('score_profiles') %}
    {% set known = product_signals.known_in_run() %}
    {% if 'profile_days' not in known
            and product_signals.is_loaded('score_profiles') %}
        {% do known.update({'profile_days': run_query(
            'select period_days, change_days from (' ~ profiles
            ~ ') as profiles'
        ).rows | map('list') | list}) %}
    {% endif %}
    {% do return(known.get('profile_days', [])) %}
{% endmacro %}

{#
    The first day on which the prior window, too, is whole: by then the entity
    and the history have lasted for all of it. Reads the relation scope.

    begins_on   the entity's first day
    profile     the relation with the profile's period_days and change_days
#}
{% macro first_compared_day(begins_on, profile) -%}
    greatest({{ begins_on }}, scope.history_start)
    + {{ profile }}.period_days + {{ profile }}.change_days - 1
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

{# Whether users' scores of a day are published: by the variable history_grain.
   Reads the relation scope. #}
{% macro is_published(day) -%}
    {%- if var('history_grain') == 'week' -%}
    ({{ product_signals.days_since_sunday(day) }} = 0
        or {{ day }} = scope.as_of_date)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
