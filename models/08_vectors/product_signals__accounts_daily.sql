{{ product_signals.restated_by(['days', 'accounts'], 'as_of_date') }}
{{ config(access='public') }}
{% set partial = product_signals.is_partial('account') %}

select vectors.*
from {{ ref('int_product_signals__account_vectors') }} as vectors
{{ product_signals.join_restated(partial, 'account', 'vectors.account_id') }}
where
    vectors.lifecycle_stage <> 'churned'
    and {{ product_signals.is_restated(
        partial, 'vectors.as_of_date', days='days'
    ) }}
