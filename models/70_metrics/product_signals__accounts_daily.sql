{# A view, because names and the days of an account's life are today's on every
   day, and so are looked up. #}
{{ product_signals.public() }}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

{{ product_signals.named_accounts() }}
where metrics.lifecycle_stage <> 'churned'
