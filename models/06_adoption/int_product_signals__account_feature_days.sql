{#
    The days on which an account used a feature of the catalogue, how much, and
    the days before and after on which it did.
#}

with feature_days as (

    select
        account_id,
        feature,
        event_date,
        sum(event_count) as event_count
    from {{ ref('int_product_signals__daily_activity') }}
    where account_id is not null and feature is not null
    group by account_id, feature, event_date

)

select
    *,
    {{ product_signals.days_beside('account_id, feature') }}
from feature_days
