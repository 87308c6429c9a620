{# A row per signal, user and day on which it begins or ceases to hold. #}
{{ product_signals.incremental_by_day('changed_on') }}

with vectors as (

    select vectors.*
    from {{ ref('int_product_signals__user_vectors') }} as vectors
    where {{ product_signals.in_rebuild('vectors.as_of_date') }}

),

signal_changes as (

    {{ product_signals.signal_changes(
        'user',
        is_live='vectors.is_live',
        is_there='vectors.is_live'
    ) }}

)

select * from signal_changes
