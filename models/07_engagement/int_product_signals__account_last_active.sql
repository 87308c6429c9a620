{# When an account's users last did something that qualifies, for every day. #}
{{ product_signals.incremental_by_day('date_day') }}

with account_days as (

    select
        account_days.account_id,
        account_days.date_day,
        min(account_days.date_day) over (
            partition by account_days.account_id
        ) as first_day
    from {{ ref('int_product_signals__account_days') }} as account_days
    where {{ product_signals.in_rebuild('account_days.date_day') }}

),

first_days as (

    select distinct
        account_id,
        first_day
    from account_days

),

active_days as (

    select
        user_days.account_id,
        {# What lies before an account's first day here shows on that day. #}
        greatest(user_days.event_date, first_days.first_day) as date_day,
        max(user_days.event_date) as active_on,
        max(user_days.last_active_at) as active_at
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join first_days
        on user_days.account_id = first_days.account_id
    where user_days.active_days > 0
    group by
        user_days.account_id,
        greatest(user_days.event_date, first_days.first_day)

)

select
    account_days.account_id,
    account_days.date_day,
    max(active_days.active_on) over (
        partition by account_days.account_id
        order by account_days.date_day rows unbounded preceding
    ) as last_active_on,
    max(active_days.active_at) over (
        partition by account_days.account_id
        order by account_days.date_day rows unbounded preceding
    ) as last_active_at
from account_days
left join active_days
    on
        account_days.account_id = active_days.account_id
        and account_days.date_day = active_days.date_day
