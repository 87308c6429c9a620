{{ product_signals.public() }}

select
    checklist,
    entity,
    entity_id,
    step,
    step_order,
    step_name,
    event_name,
    cast(current_count as bigint) as current_count,
    min_count,
    min_users,
    met_on is not null as is_met,
    met_at,
    cast(contributing_users as integer) as contributing_users,
    top_contributor_id
from {{ ref('int_product_signals__step_progress') }}
