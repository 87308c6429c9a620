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
    {#- In whole cents, whose sum is the same in any order. #}
    {%- for column in [
        'deal_size',
        'expected_value',
        'expected_value_low',
        'expected_value_high',
    ] %}
    sum(floor({{ column }} * 100 + 0.5)) / 100 as {{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from leads
group by month, forecast_owner
