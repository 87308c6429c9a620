-- Plan, revenue, seats and the contract's end as of the day, from what was
-- subscribed to then. Add-ons are left out: every customer has them, by a slip
-- of the source. A subscription by the month has no end to prepare for.
select
    account_id,
    start_date as valid_from,
    end_date as valid_to,
    plan,
    mrr,
    quantity as seats,
    case when end_date > start_date + 31 then end_date end as contract_ends_at
from {{ source('crm', 'subscriptions') }}
where not is_addon
