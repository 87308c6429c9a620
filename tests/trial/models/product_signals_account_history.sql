select * from {{ source('trestle', 'account_history') }}
