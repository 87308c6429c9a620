select * from {{ source('trestle', 'accounts') }}
