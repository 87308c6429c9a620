{#
    One row per problem with the configuration or with the users and accounts
    inputs: the row, the value and the fix. The checks are in macros/checks.

    Errors stop the run (int_product_signals__gate); warnings are logged.
    Notes are left to `product-signals check`.
#}
{{ config(materialized='table') }}
{% do product_signals.refuse_bad_inputs() %}

with {% for seed, spec in product_signals.config_spec().items() -%}
{{ seed }} as (

    select
        *,
        '{{ var(seed ~ "_seed") }}' as source,
        {{ product_signals.row_name(spec['key']) }} as row_name
    from (
        {{ product_signals.metrics(is_checked=false) if seed == 'metrics'
            else product_signals.seed(seed, is_checked=false) }}
    ) as cells

),

{% endfor -%}

conditions as (

    select
        signal_conditions.*,
        case when metrics.value_type = 'number' then
            {{ product_signals.config_value(
                'signal_conditions.value', 'number'
            ) }}
        end as number,
        case when metrics.value_type = 'number' then
            {{ product_signals.config_value(
                'signal_conditions.clear_value', 'number'
            ) }}
        end as clear_number,
        signals.entity,
        signals.kind,
        metrics.value_type,
        metrics.unit,
        metrics.subject_type
    from signal_conditions
    inner join signals
        on signal_conditions.signal = signals.signal
    left join metrics
        on
            signal_conditions.metric = metrics.metric
            and signals.entity = metrics.entity

)

{% for problems in [
    product_signals.cell_problems(),
    product_signals.reference_problems(),
    product_signals.catalogue_problems(),
    product_signals.profile_problems(),
    product_signals.checklist_problems(),
    product_signals.band_problems(),
    product_signals.signal_problems(),
    product_signals.condition_problems(),
    product_signals.group_problems(),
    product_signals.health_problems(),
    product_signals.lead_problems(),
    product_signals.entity_problems(),
] %}
select
    severity,
    source,
    row_name,
    column_name,
    value,
    problem,
    fix
from (
    {{ problems }}
) as problems
{{ 'union all' if not loop.last }}
{% endfor %}
