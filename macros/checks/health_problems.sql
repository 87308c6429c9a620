{# What is wrong with the components of the health score. #}
{% macro health_problems() %}
    with components as (

        select
            health_components.*,
            metrics.value_type
        from health_components
        left join metrics
            on
                health_components.metric = metrics.metric
                and metrics.entity = 'account'

    )

    select
        'error' as severity,
        source,
        row_name,
        'metric' as column_name,
        metric as value,
        case
            when value_type is null then 'is not a metric of accounts'
            when value_type = 'number'
                then 'comes from the health score itself'
            else 'is a ' || value_type || ', and health is made of numbers'
        end as problem,
        'use a metric of {{ var("metrics_seed") }} whose value_type is number'
            as fix
    from components
    where
        metric is not null
        and (
            coalesce(value_type, '') <> 'number'
            or metric in ('{{ product_signals.health_metrics() | join("', '")
            }}')
        )

    union all

    select
        'error' as severity,
        source,
        row_name,
        'ceiling' as column_name,
        cast(ceiling as text) as value,
        'is the floor, too: nothing lies between 0 and 100' as problem,
        'write what makes 100; below the floor if less is better' as fix
    from components
    where floor = ceiling

    union all

    select
        'error' as severity,
        source,
        row_name,
        'component' as column_name,
        component as value,
        'has a |, which separates the names in health_missing' as problem,
        'choose another name' as fix
    from components
    where position('|' in component) > 0

    union all

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['lifecycle_stage', 'tier']) }}
            as row_name,
        'weight' as column_name,
        cast(max(weight) as text) as value,
        'is the highest weight there, so nothing makes a score' as problem,
        'give a component a weight above 0, or drop the rows' as fix
    from components
    group by source, lifecycle_stage, tier
    having max(weight) = 0
{%- endmacro %}
