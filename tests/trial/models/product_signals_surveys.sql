select * from {{ source('trestle', 'surveys') }}
