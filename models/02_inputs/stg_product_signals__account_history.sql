{#
    The values an account had, in periods that don't overlap. Empty without
    the account_history input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set history = product_signals.input_relation('account_history') %}
{% set types = product_signals.column_types(history) if history else {} %}
{% set columns = product_signals.account_columns() %}
{% set names = (
    columns.keys() | list + product_signals.extra_attributes('account')
) %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('account_id', 'text', types) }} as account_id,
        {%- for column in names %}
        {{ value(column, columns.get(column, 'text'), types) }} as {{ column }},
        {%- endfor %}
        {{ value('contract_ends_at', 'date', types) }} as contract_ends_on,
        {{ value('valid_from', 'timestamp', types) }} as started_at,
        coalesce(
            {{ value('valid_from', 'date', types) }},
            {{ product_signals.first_day() }}
        ) as starts_on,
        coalesce(
            {{ value('valid_to', 'date', types) }},
            {{ product_signals.last_day() }}
        ) as ends_on
    {% if history %}
    from {{ history }}
    {% else %}
    where 1 = 0
    {% endif %}

),

history_periods as (

    {{ product_signals.periods(
        'given', 'account_id', names + ['contract_ends_on']
    ) }}

)

select * from history_periods
