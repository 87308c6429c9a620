{# A row per signal, user and day on which it begins or ceases to hold. #}
{{ product_signals.restated_by(['users', 'since_days'], 'changed_on') }}
{% set partial = product_signals.is_partial('user') %}

with vectors as (

    select vectors.*
    from {{ ref('int_product_signals__user_vectors') }} as vectors
    {{ product_signals.join_restated(
        partial, 'user', 'vectors.user_id'
    ) }}
    where {{ product_signals.is_restated_since(
        partial, 'vectors.as_of_date'
    ) }}

),

signal_changes as (

    {{ product_signals.signal_changes(
        'user',
        partial,
        is_live='vectors.is_live',
        is_there='vectors.is_live'
    ) }}

)

select * from signal_changes
