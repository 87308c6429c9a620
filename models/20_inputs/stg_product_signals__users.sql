{# One row per user of the users input. #}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set users = product_signals.input_relation('users') %}
{% set columns = product_signals.input_columns(users) %}
{% set value = product_signals.input_value %}

select
    {{ value('user_id', 'id', columns) }} as user_id,
    {{ value('account_id', 'id', columns) }} as account_id,
    {{ value('email', 'text', columns) }} as email,
    {{ value('full_name', 'text', columns) }} as full_name,
    {{ value('role', 'text', columns) }} as role,
    {{ value('crm_id', 'id', columns) }} as crm_id,
    coalesce({{ value('is_internal', 'boolean', columns) }}, false)
        as is_internal,
    {{ value('created_at', 'timestamp', columns) }} as created_at,
    {{ value('deactivated_at', 'timestamp', columns) }} as deactivated_at,
    {{ value('licensed_at', 'timestamp', columns) }} as licensed_at,
    {{ value('created_at', 'date', columns) }} as created_on,
    {{ value('deactivated_at', 'date', columns) }} as deactivated_on,
    {{ value('licensed_at', 'date', columns) }} as licensed_on
    {%- for attribute in product_signals.extra_attributes('user') %},
    {{ value(attribute, 'text', columns) }}
        as {{ product_signals.quoted(attribute) }}
    {%- endfor %}
from {{ users }}
