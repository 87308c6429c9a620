{# One row per account of the accounts input, with today's values. #}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set accounts = product_signals.input_relation('accounts') %}
{% set types = product_signals.column_types(accounts) %}
{% set value = product_signals.input_value %}

select
    {{ value('account_id', 'text', types) }} as account_id,
    {{ value('created_at', 'timestamp', types) }} as created_at,
    {%- for column, type in product_signals.account_columns().items() %}
    {{ value(column, type, types) }} as {{ column }},
    {%- endfor %}
    {{ value('created_at', 'date', types) }} as created_on,
    {{ value('trial_started_at', 'date', types) }} as trial_started_on,
    {{ value('trial_ends_at', 'date', types) }} as trial_ends_on,
    {{ value('converted_at', 'date', types) }} as converted_on,
    {{ value('cancelled_at', 'date', types) }} as cancelled_on,
    {{ value('contract_ends_at', 'date', types) }} as contract_ends_on
    {%- for attribute in product_signals.extra_attributes('account') %},
    {{ value(attribute, 'text', types) }} as {{ attribute }}
    {%- endfor %}
from {{ accounts }}
