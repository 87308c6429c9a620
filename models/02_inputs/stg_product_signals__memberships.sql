{#
    Which account a user belonged to, in periods that don't overlap. Empty
    without the memberships input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set memberships = product_signals.input_relation('memberships') %}
{% set types = (
    product_signals.column_types(memberships) if memberships else {}
) %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('user_id', 'text', types) }} as user_id,
        {{ value('account_id', 'text', types) }} as account_id,
        {{ value('role', 'text', types) }} as role,
        {{ value('valid_from', 'timestamp', types) }} as started_at,
        coalesce(
            {{ value('valid_from', 'date', types) }},
            {{ product_signals.first_day() }}
        ) as starts_on,
        coalesce(
            {{ value('valid_to', 'date', types) }},
            {{ product_signals.last_day() }}
        ) as ends_on
    {% if memberships %}
    from {{ memberships }}
    {% else %}
    where 1 = 0
    {% endif %}

),

membership_periods as (

    {{ product_signals.periods('given', 'user_id', ['account_id', 'role']) }}

)

select * from membership_periods
