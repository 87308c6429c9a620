select * from {{ source('trestle', 'signal_responses') }}
