-- Plan, revenue and seats as of the day, from what was subscribed to then.
-- Add-ons are left out: every customer has them, by a slip of the source.
select
    account_id,
    start_date as valid_from,
    end_date as valid_to,
    plan,
    mrr,
    quantity as seats
from {{ source('crm', 'subscriptions') }}
where not is_addon
