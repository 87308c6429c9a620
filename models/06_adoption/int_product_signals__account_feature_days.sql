{# The days on which an account used a feature of the catalogue, and how
   much. #}
{{ product_signals.restated_by(['accounts'], 'event_date') }}
{% set partial = product_signals.is_partial('account') %}

select
    activity.account_id,
    activity.feature,
    activity.event_date,
    sum(activity.event_count) as event_count
from {{ ref('int_product_signals__daily_activity') }} as activity
{{ product_signals.join_restated(partial, 'account', 'activity.account_id') }}
where
    activity.account_id is not null
    and activity.feature is not null
    and {{ product_signals.is_restated(partial, 'activity.event_date') }}
group by activity.account_id, activity.feature, activity.event_date
