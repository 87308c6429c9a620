{# What each component adds to an account's health score today. #}
{{ product_signals.public() }}
{% set components = product_signals.health_components() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

account_health as (

    select health.*
    from {{ ref('int_product_signals__account_health') }} as health
    inner join scope
        on health.date_day = scope.as_of_date

),

account_metrics as (

    select metrics.*
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join scope
        on metrics.as_of_date = scope.as_of_date

),

components as (

    {% for component in components %}
    select
        {{ component['mix'] }} as mix,
        '{{ component["lifecycle_stage"] }}' as mix_stage,
        {{ product_signals.text_literal(component['tier']) }} as mix_tier,
        {{ product_signals.text_literal(component['component']) }}
            as component,
        '{{ component["metric"] }}' as metric,
        cast({{ component['floor'] }} as double precision) as floor_value,
        cast({{ component['ceiling'] }} as double precision) as ceiling_value,
        cast({{ component['weight'] }} as double precision) as weight
    union all
    {% endfor %}
    {# Keeps the query valid without components. #}
    select
        cast(null as integer) as mix,
        cast(null as text) as mix_stage,
        cast(null as text) as mix_tier,
        cast(null as text) as component,
        cast(null as text) as metric,
        cast(null as double precision) as floor_value,
        cast(null as double precision) as ceiling_value,
        cast(null as double precision) as weight

),

measured as (

    select
        account_health.account_id,
        account_health.date_day as as_of_date,
        components.*,
        case components.metric
            {%- for metric in components | map(attribute='metric') | unique %}
            when '{{ metric }}'
                then cast(account_metrics.{{ metric }} as double precision)
            {%- endfor %}
            when '' then cast(null as double precision)
        end as metric_value
    from account_health
    inner join components
        on account_health.mix = components.mix
    inner join account_metrics
        on account_health.account_id = account_metrics.account_id

),

valued as (

    select
        *,
        {{ product_signals.health_value(
            'metric_value', 'floor_value', 'ceiling_value'
        ) }} as value
    from measured

),

weighted as (

    select
        *,
        case when value is null then 0 else weight end as known_weight,
        sum(case when value is not null then weight end) over (
            partition by account_id
        ) as all_weight
    from valued

),

{# Rounds sums instead of adding rounded values, which would miss the published
   score by a cent or two. #}
added_up as (

    select
        *,
        {{ product_signals.rounded(
            'sum(known_weight * coalesce(value, 0)) over ('
            ~ 'partition by account_id order by component'
            ~ ' rows between unbounded preceding and current row'
            ~ ') / all_weight'
        ) }} as points_so_far
    from weighted

)

select
    account_id,
    as_of_date,
    mix_stage,
    mix_tier,
    component,
    metric,
    metric_value,
    value,
    weight,
    {{ product_signals.percent('known_weight', 'all_weight') }}
        as applied_weight,
    case
        when value is not null
            then cast(points_so_far - coalesce(lag(points_so_far) over (
                partition by account_id order by component
            ), 0) as numeric(12, 2))
    end as contribution
from added_up
