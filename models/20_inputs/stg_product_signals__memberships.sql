{#
    Which account a user belonged to, in periods that don't overlap. Empty
    without the memberships input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set memberships = product_signals.input_relation('memberships') %}
{% set columns = product_signals.input_columns(memberships) %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('user_id', 'id', columns) }} as user_id,
        {{ value('account_id', 'id', columns) }} as account_id,
        {{ value('role', 'text', columns) }} as role,
        {{ value('valid_from', 'timestamp', columns) }} as started_at,
        coalesce(
            {{ value('valid_from', 'date', columns) }},
            {{ product_signals.first_day() }}
        ) as starts_on,
        coalesce(
            {{ value('valid_to', 'date', columns) }},
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
