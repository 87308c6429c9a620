{# Every metric of a user, on the days of int_product_signals__user_metrics:
   what rules look at and users shows. #}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

with figures as (

    select
        metrics.*,
        cast(metrics.score - metrics.score_change as numeric(12, 2))
            as previous_score,
        case
            when metrics.profile is not null
                then {{ product_signals.trend(
                    'coalesce(metrics.behavior_change, metrics.score_change)'
                ) }}
        end as trend,
        metrics.active_days > 0 as is_active,
        {{ product_signals.percent(
            'metrics.key_features_used', 'metrics.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'metrics.key_features_ever_used', 'metrics.key_features'
        ) }} as lifetime_adoption_rate
    from {{ ref('int_product_signals__user_metrics') }} as metrics

)

select
    figures.*,
    {%- for metric, value in {
        'tenure': 'tenure_days',
        'score': 'score',
        'activation': 'activation_rate',
        'adoption': 'adoption_rate',
    }.items() %}
    {{ product_signals.band(value, 'figures.' ~ value) }}
        as {{ metric }}_band{{ ',' if not loop.last }}
    {%- endfor %}
from figures
