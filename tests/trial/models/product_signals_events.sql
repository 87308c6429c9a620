-- Loaded at two in the morning, for the day before.
select
    *,
    {{ dbt.dateadd('hour', 26, "date_trunc('day', occurred_at)") }} as loaded_at
from {{ source('trestle', 'events') }}
