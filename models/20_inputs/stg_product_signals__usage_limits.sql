{#
    What an account uses and is allowed, by meter: the last reading of a day
    holds until the next. Readings without account, meter, use or allowance, or
    with an unreadable time, are left out. Empty without the usage_limits input.
#}
{{ config(materialized='table') }}

with usage_limits as (

    {{ product_signals.input_rows('usage_limits') }}

),

last_of_day as (

    select
        *,
        coalesce(measured_on, {{ product_signals.first_day() }}) as valid_from,
        row_number() over (
            partition by account_id, meter, measured_on
            order by measured_at desc, used desc, allowed
        ) as place
    from usage_limits

)

select
    account_id,
    meter,
    used,
    allowed,
    valid_from,
    lead(valid_from, 1, {{ product_signals.last_day() }}) over (
        partition by account_id, meter order by valid_from
    ) as valid_to
from last_of_day
where place = 1
