{# One row per condition of each enabled signal, with what the metrics seed
   says about its metric, and whether the configuration has what it needs. #}
{{ config(materialized='table') }}
with {% for seed in [
    'signals', 'signal_conditions', 'features', 'event_catalog',
    'activation_checklists',
] -%}
{{ seed }} as (

    {{ product_signals.seed(seed) }}

),

{% endfor -%}
metrics as (

    {{ product_signals.metrics() }}

),

configured as (

    {% for input in product_signals.configured_inputs() %}
    {{ product_signals.input_is_there(input) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    row_number() over (
        order by
            signals.signal,
            conditions.condition_group,
            conditions.condition_number
    ) as rule_number,
    signals.signal,
    signals.entity,
    signals.kind,
    conditions.condition_group,
    conditions.condition_number,
    conditions.metric,
    metrics.value_type,
    metrics.time_window,
    {# Conditions on trials need trial_started_at in the accounts input. #}
    case
        when conditions.operator in ('=', 'in') and conditions.value = 'trial'
            then coalesce(metrics.needs_input, 'trial_started_at')
        else metrics.needs_input
    end as needs_input,
    coalesce(configured.is_there, true) as is_configured,
    metrics.subject_type,
    metrics.null_means,
    metrics.sentence,
    conditions.operator,
    conditions.value,
    coalesce(conditions.clear_value, conditions.value) as clear_value
from signals
inner join signal_conditions as conditions
    on signals.signal = conditions.signal
inner join metrics
    on
        conditions.metric = metrics.metric
        and signals.entity = metrics.entity
left join configured
    on metrics.needs_input = configured.input
where signals.is_enabled
