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
