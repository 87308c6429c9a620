{# A row per signal, account and day on which it begins or ceases to hold. What
   happens can happen on the day of the cancellation, too. #}
{{ product_signals.restated_by(['accounts', 'since_days'], 'changed_on') }}
{% set partial = product_signals.is_partial('account') %}

with vectors as (

    select vectors.*
    from {{ ref('int_product_signals__account_vectors') }} as vectors
    {{ product_signals.join_restated(
        partial, 'account', 'vectors.account_id'
    ) }}
    where {{ product_signals.is_restated_since(
        partial, 'vectors.as_of_date'
    ) }}

),

signal_changes as (

    {{ product_signals.signal_changes(
        'account',
        partial,
        is_live='vectors.days_since_cancelled is null',
        is_there='coalesce(vectors.days_since_cancelled, 0) = 0'
    ) }}

)

select * from signal_changes
