select
    event_id,
    user_id,
    account_id,
    event_name,
    occurred_at,
    event_value
from {{ source('crm', 'events') }}
