select * from {{ source('trestle', 'tickets') }}
