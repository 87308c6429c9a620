{#
    The values an account had, in periods that don't overlap. Empty without
    the account_history input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set history = product_signals.input_relation('account_history') %}
{% set columns = product_signals.input_columns(history) %}
{% set types = product_signals.account_columns() %}
{% set names = (
    types.keys() | list + product_signals.extra_attributes('account')
) %}
{% set value = product_signals.input_value %}
{% set carried = (
    types.keys() | list
    + product_signals.extra_attributes('account', quoted=true)
    + ['contract_ends_on']
) %}

with given as (

    select
        {{ value('account_id', 'id', columns) }} as account_id,
        {%- for column in names %}
        {{ value(column, types.get(column, 'text'), columns) }}
            as {{ product_signals.quoted(column) }},
        {%- endfor %}
        {{ value('contract_ends_at', 'date', columns) }} as contract_ends_on,
        {{ value('valid_from', 'timestamp', columns) }} as started_at,
        coalesce(
            {{ value('valid_from', 'date', columns) }},
            {{ product_signals.first_day() }}
        ) as starts_on,
        coalesce(
            {{ value('valid_to', 'date', columns) }},
            {{ product_signals.last_day() }}
        ) as ends_on
    {% if history %}
    from {{ history }}
    {% else %}
    where 1 = 0
    {% endif %}

),

history_periods as (

    {{ product_signals.periods('given', 'account_id', carried) }}

)

select * from history_periods
