select
    user_id,
    account_id,
    created_at,
    full_name
from {{ source('crm', 'users') }}
