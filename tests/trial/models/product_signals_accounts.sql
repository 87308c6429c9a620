select
    *,
    lower(replace(csm, ' ', '.')) || '@trestle.example' as csm_email
from {{ source('trestle', 'accounts') }}
