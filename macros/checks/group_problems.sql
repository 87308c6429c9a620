{# What is wrong with conditions that have to hold together. Reads the relation
   conditions, as condition_problems() does. #}
{% macro group_problems() %}
    {# Bounds that no value lies between: the group can never hold. -#}
    with bounds as (

        select
            source,
            signal,
            condition_group,
            metric,
            max(case when operator in ('>', '>=', '=') then number end)
                as lowest,
            min(case when operator in ('<', '<=', '=') then number end)
                as highest,
            max(case when operator = '>' then number end) as above,
            min(case when operator = '<' then number end) as below
        from conditions
        group by source, signal, condition_group, metric

    )

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['signal', 'condition_group']) }}
            as row_name,
        'value' as column_name,
        coalesce(cast(lowest as text), '') || ' and '
        || coalesce(cast(highest as text), '') as value,
        'are bounds of ' || metric || ' that leave nothing between them'
            as problem,
        'correct one of them, or move it to a group of its own' as fix
    from bounds
    where lowest > highest or above >= highest or below <= lowest

    union all

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['signal', 'condition_group']) }}
            as row_name,
        'value' as column_name,
        min(value) || ' and ' || max(value) as value,
        'are two values that ' || metric || ' should have at once' as problem,
        'use the operator in, or move one to a group of its own' as fix
    from conditions
    where value_type <> 'number' and operator = '='
    group by source, signal, condition_group, metric
    having min(value) <> max(value)

    union all

    {# An event is about one user, feature, event or flow, not about two. #}
    select
        'error' as severity,
        '{{ var("signal_conditions_seed") }}' as source,
        {{ product_signals.row_name(['signal']) }} as row_name,
        'metric' as column_name,
        min(metric) || ' and ' || max(metric) as value,
        'name two subjects of one event' as problem,
        'make two signals of it' as fix
    from conditions
    where kind = 'event' and subject_type is not null
    group by signal
    having min(metric) <> max(metric)
{%- endmacro %}
