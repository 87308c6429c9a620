select * from {{ source('trestle', 'users') }}
