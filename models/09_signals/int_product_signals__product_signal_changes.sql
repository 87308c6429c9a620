{# A row per signal of the product as a whole and day on which it begins or
   ceases to hold. #}

with vectors as (

    select * from {{ ref('int_product_signals__product_vectors') }}

),

signal_changes as (

    {{ product_signals.signal_changes(
        'product', is_live='true', is_there='true'
    ) }}

)

select * from signal_changes
