{{ config(access='public') }}

select *
from {{ ref('int_product_signals__account_vectors') }}
where lifecycle_stage <> 'churned'
