select
    account_id,
    account_name,
    created_at,
    churned_at as cancelled_at,
    paid_until as contract_ends_at,
    plan,
    mrr,
    seats,
    csm,
    channel as acquisition_channel,
    country
from {{ source('crm', 'accounts') }}
