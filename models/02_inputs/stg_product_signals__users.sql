{# One row per user of the users input. #}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set users = product_signals.input_relation('users') %}
{% set types = product_signals.column_types(users) %}
{% set value = product_signals.input_value %}

select
    {{ value('user_id', 'text', types) }} as user_id,
    {{ value('account_id', 'text', types) }} as account_id,
    {{ value('email', 'text', types) }} as email,
    {{ value('full_name', 'text', types) }} as full_name,
    {{ value('role', 'text', types) }} as role,
    {{ value('crm_id', 'text', types) }} as crm_id,
    coalesce({{ value('is_internal', 'boolean', types) }}, false)
        as is_internal,
    {{ value('created_at', 'timestamp', types) }} as created_at,
    {{ value('deactivated_at', 'timestamp', types) }} as deactivated_at,
    {{ value('licensed_at', 'timestamp', types) }} as licensed_at,
    {{ value('created_at', 'date', types) }} as created_on,
    {{ value('deactivated_at', 'date', types) }} as deactivated_on,
    {{ value('licensed_at', 'date', types) }} as licensed_on
    {%- for attribute in product_signals.extra_attributes('user') %},
    {{ value(attribute, 'text', types) }} as {{ attribute }}
    {%- endfor %}
from {{ users }}
