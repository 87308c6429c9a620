{{ product_signals.public() }}

with leads as (

    select
        *,
        {{ product_signals.month_start('trial_ends_on') }} as month,
        coalesce(owner, 'unassigned') as forecast_owner
    from {{ ref('product_signals__leads') }}
    where trial_outcome = 'open'

)

select
    month,
    forecast_owner as owner,
    max(as_of_date) as as_of_date,
    cast(count(*) as integer) as trials,
    cast(count(*) - count(expected_value) as integer) as trials_without_value,
    cast(sum(cast(deal_size as numeric(18, 2))) as numeric(18, 2)) as deal_size,
    cast(sum(expected_value) as numeric(18, 2)) as expected_value,
    cast(sum(expected_value_low) as numeric(18, 2)) as expected_value_low,
    cast(sum(expected_value_high) as numeric(18, 2)) as expected_value_high
from leads
group by month, forecast_owner
