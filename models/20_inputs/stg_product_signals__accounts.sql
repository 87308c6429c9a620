{# One row per account of the accounts input, with today's values. #}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set accounts = product_signals.input_relation('accounts') %}
{% set columns = product_signals.input_columns(accounts) %}
{% set value = product_signals.input_value %}

select
    {{ value('account_id', 'id', columns) }} as account_id,
    {{ value('created_at', 'timestamp', columns) }} as created_at,
    {%- for column, type in product_signals.account_columns().items() %}
    {{ value(column, type, columns) }} as {{ column }},
    {%- endfor %}
    {{ value('csm_email', 'text', columns) }} as csm_email,
    {{ value('created_at', 'date', columns) }} as created_on,
    {{ value('trial_started_at', 'date', columns) }} as trial_started_on,
    {{ value('trial_ends_at', 'date', columns) }} as trial_ends_on,
    {{ value('converted_at', 'date', columns) }} as converted_on,
    {{ value('cancelled_at', 'date', columns) }} as cancelled_on,
    {{ value('contract_ends_at', 'date', columns) }} as contract_ends_on
    {%- for attribute in product_signals.extra_attributes('account') %},
    {{ value(attribute, 'text', columns) }}
        as {{ product_signals.quoted(attribute) }}
    {%- endfor %}
from {{ accounts }}
