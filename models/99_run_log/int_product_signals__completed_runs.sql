{#
    A row for every run that finished. The next run goes by the last complete
    one, which built every model while no other run was at work. Until the
    next one, each run rebuilds what all runs since then did.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'needs': product_signals.log_needs()},
) }}
{# Every public model but 95_evaluation and those switched off. #}
{% for folder, names in {
    '20_inputs': ['rejected_events'],
    '40_accounts': ['attribute_history'],
    '50_activation': ['activation', 'activation_cohorts', 'activation_steps'],
    '55_adoption': ['account_features'],
    '60_engagement': [
        'account_scores', 'activity_daily', 'daily_events', 'feature_usage',
        'score_components', 'user_scores',
    ],
    '70_metrics': [
        'accounts_daily', 'attributes', 'health_components', 'segment_features',
        'segment_scores',
    ],
    '80_signals': [
        'detected_signals', 'reach', 'signal_digest', 'signal_evidence',
        'signals', 'work_list',
    ],
    '85_leads': ['forecast', 'leads'],
    '86_revenue': [
        'churn_hotspots', 'feature_outcomes', 'revenue_retention',
        'usage_distribution',
    ],
    '87_lists': ['audiences', 'growth', 'ideal_customer', 'retention'],
    '90_current': ['account_timeline', 'accounts', 'data_health', 'users'],
    '93_delivery': ['alerts_feed', 'crm_accounts', 'crm_users'],
}.items() %}
{% for name in names
        if not product_signals.is_switched_off(
            folder, 'product_signals__' ~ name
        ) %}
-- depends_on: {{ ref('product_signals__' ~ name) }}
{% endfor %}
{% endfor %}

select
    runs.run_id,
    runs.run_number,
    runs.started_at,
    runs.loaded_through,
    scope.as_of_date,
    scope.history_start,
    case
        when scope.is_delivered
            then (
                select max(daily_events.event_date)
                from {{ ref('int_product_signals__daily_events') }}
                    as daily_events
            )
    end as last_event_date,
    runs.is_whole
    and runs.is_alone
    and 1 = (
        select count(*)
        from {{ ref('int_product_signals__runs') }} as this_run
        inner join {{ ref('int_product_signals__runs') }} as others
            on this_run.run_number <= others.run_number
        where this_run.run_id = '{{ invocation_id }}'
    ) as is_complete
from {{ ref('int_product_signals__runs') }} as runs
cross join {{ ref('int_product_signals__scope') }} as scope
where runs.run_id = '{{ invocation_id }}'
