{# One row per condition of each enabled signal, with what the metrics seed
   says about its metric. #}
{{ config(materialized='table') }}
with signals as (

    {{ product_signals.seed('signals') }}

),

signal_conditions as (

    {{ product_signals.seed('signal_conditions') }}

),

metrics as (

    {{ product_signals.metrics() }}

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
where signals.is_enabled
