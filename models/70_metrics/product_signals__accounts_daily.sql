{# A view where possible, because names and the days of an account's life are
   today's on every day, and so are looked up. #}
{{ product_signals.public() }}
{{ config(
    materialized=product_signals.view_or_table(),
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

{{ product_signals.named_accounts() }}
where metrics.lifecycle_stage <> 'churned'
