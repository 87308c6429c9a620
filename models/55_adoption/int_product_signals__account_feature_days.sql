{# The days on which an account used a feature, and how much. #}
{{ product_signals.incremental_by_day('event_date') }}

select
    activity.account_id,
    activity.feature,
    activity.event_date,
    sum(activity.event_count) as event_count
from {{ ref('int_product_signals__daily_activity') }} as activity
where
    activity.account_id is not null
    and activity.feature is not null
    and {{ product_signals.in_rebuild('activity.event_date') }}
group by activity.account_id, activity.feature, activity.event_date
