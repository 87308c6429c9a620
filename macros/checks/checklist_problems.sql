{# What is wrong with activation checklists and their steps, and with bounds
   that look at their rate. #}
{% macro checklist_problems() %}
    with step_counts as (

        select
            activation_checklists.source,
            activation_checklists.row_name,
            activation_checklists.checklist,
            activation_checklists.entity,
            count(activation_steps.step) as steps
        from activation_checklists
        left join activation_steps
            on activation_checklists.checklist = activation_steps.checklist
        group by
            activation_checklists.source,
            activation_checklists.row_name,
            activation_checklists.checklist,
            activation_checklists.entity

    ),

    rate_bounds as (

        select
            source,
            row_name,
            'lower_bound' as column_name,
            lower_bound as bound,
            'account' as entity
        from bands
        where metric = 'activation_rate'

        union all

        select
            signal_conditions.source,
            signal_conditions.row_name,
            'value' as column_name,
            {{ product_signals.config_value(
                'signal_conditions.value', 'number'
            ) }} as bound,
            signals.entity
        from signal_conditions
        inner join signals
            on signal_conditions.signal = signals.signal
        where
            signal_conditions.metric = 'activation_rate'
            and signal_conditions.operator in ('=', '>=', '<')

    ),

    {# A rate of n steps moves in steps of 100 / n: a bound in between is the
       same as the next one up. That is meant where it is a rate of another
       checklist, since checklists share bounds. #}
    checked_bounds as (

        select
            rate_bounds.source,
            rate_bounds.row_name,
            rate_bounds.column_name,
            rate_bounds.bound,
            step_counts.checklist,
            step_counts.steps,
            min(abs(
                rate_bounds.bound * step_counts.steps / 100
                - floor(rate_bounds.bound * step_counts.steps / 100 + 0.5)
            )) over (
                partition by rate_bounds.source, rate_bounds.row_name
            ) as nearest
        from rate_bounds
        inner join step_counts
            on rate_bounds.entity = step_counts.entity
        where step_counts.steps > 0

    )

    select
        'error' as severity,
        source,
        row_name,
        'checklist' as column_name,
        checklist as value,
        'has no steps' as problem,
        'add steps to {{ var("activation_steps_seed") }}, or drop the checklist'
            as fix
    from step_counts
    where steps = 0

    union all

    select
        'error' as severity,
        activation_steps.source,
        activation_steps.row_name,
        'min_users' as column_name,
        cast(activation_steps.min_users as text) as value,
        'can never be met: a step of a user is met by that user alone'
            as problem,
        'leave it empty, or make it a checklist of accounts' as fix
    from activation_steps
    inner join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist
    where
        activation_checklists.entity = 'user'
        and activation_steps.min_users > 1

    union all

    select
        'warning' as severity,
        step_counts.source,
        step_counts.row_name,
        'checklist' as column_name,
        cast(step_counts.steps as text) as value,
        'is its number of steps, which the bands of checklist_steps call '
        || bands.band || ': few tell nobody apart, many nobody finishes'
            as problem,
        'add or drop steps in {{ var("activation_steps_seed") }}' as fix
    from step_counts
    inner join bands
        on
            bands.metric = 'checklist_steps'
            and bands.band <> 'fine'
            and step_counts.steps
            >= coalesce(bands.lower_bound, step_counts.steps)
            and (
                bands.upper_bound is null
                or step_counts.steps < bands.upper_bound
            )
    where step_counts.steps > 0

    union all

    select
        'warning' as severity,
        source,
        row_name,
        column_name,
        cast(bound as text) as value,
        'cannot be reached exactly with the ' || cast(steps as text)
        || ' steps of checklist ' || checklist as problem,
        'the next rate is '
        || cast(ceil(bound * steps / 100) * 100 / steps as text) as fix
    from checked_bounds
    where bound > 0 and bound <= 100 and nearest > 0.001
{%- endmacro %}
