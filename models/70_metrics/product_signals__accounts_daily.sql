{# A view, for names and the days of an account's life are today's on every
   day, and looked up rather than kept. #}
{{ product_signals.public() }}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

{{ product_signals.named_accounts() }}
where metrics.lifecycle_stage <> 'churned'
