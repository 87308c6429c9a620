select * from {{ source('trestle', 'memberships') }}
