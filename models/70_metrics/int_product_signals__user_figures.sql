{# Every metric of a user, on the days of int_product_signals__user_metrics, for
   rules and product_signals__users. #}
{{ config(
    materialized='view',
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

{# Listed, as tables built by an earlier version have more columns. #}
with figures as (

    select
        metrics.user_id,
        metrics.as_of_date,
        metrics.account_id,
        metrics.is_live,
        metrics.account_status,
        metrics.profile,
        metrics.checklist,
        metrics.role,
        {%- for attribute in product_signals.own_attributes('user') %}
        metrics.{{ attribute }},
        {%- endfor %}
        metrics.tenure_days,
        metrics.days_since_licensed,
        metrics.days_on_record,
        metrics.raw_score,
        metrics.score,
        metrics.score_change,
        metrics.behavior_change,
        metrics.score_rank,
        metrics.score_percentile,
        metrics.rank_in_account,
        metrics.leads_account,
        metrics.active_days,
        metrics.event_count,
        metrics.is_comparable,
        metrics.event_value,
        metrics.features_used,
        metrics.settings_used,
        metrics.activation_rate,
        metrics.days_since_last_step,
        metrics.key_features,
        metrics.key_features_used,
        metrics.last_active_at,
        metrics.days_since_last_active,
        metrics.flows_abandoned,
        metrics.helps_unanswered,
        cast(metrics.score - metrics.score_change as numeric(12, 2))
            as previous_score,
        case
            when metrics.profile is not null
                then {{ product_signals.trend(
                    'coalesce(metrics.behavior_change, metrics.score_change)'
                ) }}
        end as trend,
        case
            when metrics.profile is not null
                then {{ product_signals.is_active(
                    'metrics.active_days', 'metrics.days_since_last_active'
                ) }}
        end as is_active,
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
