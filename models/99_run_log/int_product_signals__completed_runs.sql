{#
    A row for every run that came to its end. Only a complete one counts for
    the next: it built every model, and no other run was at work meanwhile.
    Until there is one, each run builds again what all since the last complete
    one did.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'needs': product_signals.log_needs()},
) }}
{# Every public model, but those that the project switches off. #}
{% for name in [
    'account_features',
    'account_scores',
    'account_timeline',
    'accounts',
    'accounts_daily',
    'activation',
    'activation_cohorts',
    'activation_steps',
    'activity_daily',
    'alerts_feed',
    'attribute_history',
    'attributes',
    'audiences',
    'churn_hotspots',
    'crm_accounts',
    'crm_users',
    'daily_events',
    'data_health',
    'detected_signals',
    'feature_outcomes',
    'feature_usage',
    'forecast',
    'growth',
    'health_components',
    'ideal_customer',
    'leads',
    'reach',
    'rejected_events',
    'retention',
    'revenue_retention',
    'score_components',
    'segment_scores',
    'signal_digest',
    'signal_evidence',
    'signals',
    'usage_distribution',
    'user_scores',
    'users',
    'work_list',
] if 'product_signals__' ~ name not in product_signals.switched_off() %}
-- depends_on: {{ ref('product_signals__' ~ name) }}
{% endfor %}

select
    runs.run_id,
    runs.run_number,
    runs.started_at,
    runs.loaded_through,
    scope.as_of_date,
    scope.history_start,
    (
        select max(daily_events.event_date)
        from {{ ref('int_product_signals__daily_events') }} as daily_events
    ) as last_event_date,
    runs.is_whole
    and runs.is_alone
    and 1 = (
        select count(*) from {{ ref('int_product_signals__runs') }} as others
        where others.run_number >= runs.run_number
    ) as is_complete
from {{ ref('int_product_signals__runs') }} as runs
cross join {{ ref('int_product_signals__scope') }} as scope
where runs.run_id = '{{ invocation_id }}'
