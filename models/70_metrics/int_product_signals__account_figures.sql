{# Every metric of an account by day, with its health: what rules look at and
   accounts_daily shows. #}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

select
    metrics.*,
    {{ product_signals.band('active_user_rate', 'metrics.active_user_rate') }}
        as active_user_band,
    health.mix,
    health.health_score,
    health.health_change,
    health.health_coverage,
    health.health_missing,
    health.health_grade,
    health.health_grade_order,
    health.health_reason
from {{ ref('int_product_signals__account_metrics') }} as metrics
left join {{ ref('int_product_signals__account_health') }} as health
    on
        metrics.account_id = health.account_id
        and metrics.as_of_date = health.date_day
