select * from {{ source('trestle', 'communications') }}
