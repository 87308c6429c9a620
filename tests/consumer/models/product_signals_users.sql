select
    user_id,
    account_id,
    created_at
from {{ source('crm', 'users') }}
