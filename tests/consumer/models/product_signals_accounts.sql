-- The contract's end is that of the subscription: paid_until is written when an
-- account leaves, and would tell beforehand that it will.
with contracts as (

    select
        account_id,
        max(end_date) as contract_ends_at
    from {{ source('crm', 'subscriptions') }}
    where not is_addon and end_date > start_date + 31
    group by account_id

)

select
    accounts.account_id,
    accounts.account_name,
    accounts.created_at,
    accounts.churned_at as cancelled_at,
    contracts.contract_ends_at,
    accounts.plan,
    accounts.mrr,
    accounts.seats,
    accounts.csm,
    accounts.channel as acquisition_channel,
    accounts.country
from {{ source('crm', 'accounts') }} as accounts
left join contracts
    on accounts.account_id = contracts.account_id
