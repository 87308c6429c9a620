{{ product_signals.public() }}

with leads as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'trial_ends_on') }} as date) as month,
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
    sum(deal_size) as deal_size,
    sum(expected_value) as expected_value,
    sum(expected_value_low) as expected_value_low,
    sum(expected_value_high) as expected_value_high
from leads
group by month, forecast_owner
