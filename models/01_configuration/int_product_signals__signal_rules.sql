{# The conditions of every signal that is switched on, with what the metrics
   seed knows about their metric. #}
{{ config(materialized='table') }}
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
    metrics.needs_input,
    metrics.subject_type,
    metrics.null_means,
    metrics.sentence,
    conditions.operator,
    conditions.value,
    coalesce(conditions.clear_value, conditions.value) as clear_value
from {{ ref('stg_product_signals__signals') }} as signals
inner join {{ ref('stg_product_signals__signal_conditions') }} as conditions
    on signals.signal = conditions.signal
inner join {{ ref('stg_product_signals__metrics') }} as metrics
    on
        conditions.metric = metrics.metric
        and signals.entity = metrics.entity
where signals.is_enabled
