{# The days on which an account used a feature of the catalogue, and how. #}

select
    account_id,
    feature,
    event_date,
    sum(event_count) as event_count,
    sum(event_value) as event_value
from {{ ref('int_product_signals__daily_activity') }}
where account_id is not null and feature is not null
group by account_id, feature, event_date
