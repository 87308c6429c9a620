{# A view, because names and the days of an account's life are today's on every
   day, and so are looked up. On Postgres a table: a view would be dropped, in
   each run, with the view of accounts that it reads, and be missing until it
   was built again. #}
{{ product_signals.public() }}
{{ config(
    materialized='table' if target.type == 'postgres' else 'view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

{{ product_signals.named_accounts() }}
where metrics.lifecycle_stage <> 'churned'
