{#
    Selects the metrics of accounts by day with what is known of them today:
    their names, and the times of their lives.
#}
{% macro named_accounts() %}
    {%- set vectors = ref('int_product_signals__account_vectors') -%}
    {%- set kept = product_signals.remembered_columns('account') -%}
select
    vectors.*,
    {%- for column in ['created_at'] + (
        product_signals.account_columns().keys() | list
    ) if column not in kept %}
    {%- if column.endswith('_at') %}
    coalesce(
        accounts.{{ column }},
        cast(entities.{{ 'begins_on' if column == 'created_at'
            else column | replace('_at', '_on') }} as timestamp)
    ) as {{ column }}
    {%- else %}
    accounts.{{ column }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ vectors }} as vectors
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on vectors.account_id = accounts.account_id
{#- Who is gone from the accounts input. #}
left join {{ ref('int_product_signals__entities') }} as entities
    on
        entities.entity = 'account'
        and vectors.account_id = entities.entity_id
        and accounts.account_id is null
{%- endmacro %}
