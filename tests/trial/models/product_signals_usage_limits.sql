select * from {{ source('trestle', 'usage_limits') }}
