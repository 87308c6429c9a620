select * from {{ source('trestle', 'subscription_changes') }}
