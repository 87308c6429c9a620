{# A row per signal, account and day on which it begins or ceases to hold. What
   happens can happen on the day of the cancellation, too. #}
{{ product_signals.incremental_by_day('changed_on') }}

with vectors as (

    select vectors.*
    from {{ ref('int_product_signals__account_vectors') }} as vectors
    where {{ product_signals.in_rebuild('vectors.as_of_date') }}

),

signal_changes as (

    {{ product_signals.signal_changes(
        'account',
        is_live="vectors.lifecycle_stage <> 'churned'",
        is_there="(vectors.lifecycle_stage <> 'churned'"
            ~ ' or vectors.days_since_cancelled = 0)'
    ) }}

)

select * from signal_changes
