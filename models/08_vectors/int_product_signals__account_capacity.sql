{# The fullest meter of an account, for each day with a reading by then. #}
{{ product_signals.incremental_by_day('date_day') }}

select
    account_days.account_id,
    account_days.date_day,
    max({{ product_signals.percent('limits.used', 'limits.allowed') }})
        as capacity_used_rate
from {{ ref('int_product_signals__account_days') }} as account_days
inner join {{ ref('stg_product_signals__usage_limits') }} as limits
    on
        account_days.account_id = limits.account_id
        and account_days.date_day >= limits.valid_from
        and account_days.date_day < limits.valid_to
where {{ product_signals.in_rebuild('account_days.date_day') }}
group by account_days.account_id, account_days.date_day
