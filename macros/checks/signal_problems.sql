{# What is wrong with signals as such. #}
{% macro signal_problems() %}
    select
        'error' as severity,
        signals.source,
        signals.row_name,
        'suppressed_by' as column_name,
        signals.suppressed_by as value,
        'suppresses itself, or is suppressed by this one in turn: nobody would'
        || ' see either' as problem,
        'correct the name, or leave it out' as fix
    from signals
    inner join signals as others
        on {{ product_signals.in_list(
            'others.signal', 'signals.suppressed_by'
        ) }}
    where {{ product_signals.in_list(
        'signals.signal', "coalesce(others.suppressed_by, '')"
    ) }}

    union all

    select
        'error' as severity,
        source,
        row_name,
        'min_days' as column_name,
        cast(min_days as text) as value,
        'is not a number of days for an event, which happens on one' as problem,
        'write 1, or make it a state' as fix
    from signals
    where kind = 'event' and min_days > 1 and is_enabled

    union all

    select
        'error' as severity,
        source,
        row_name,
        'closed_by' as column_name,
        closed_by as value,
        'closes a state, and an event is over after its grace days' as problem,
        'leave it out, or make it a state' as fix
    from signals
    where kind = 'event' and closed_by is not null and is_enabled

    union all

    select
        'error' as severity,
        signals.source,
        signals.row_name,
        'signal' as column_name,
        signals.signal as value,
        'is switched on without a condition: it can never hold' as problem,
        'add conditions to {{ var("signal_conditions_seed") }}, or set'
        || ' is_enabled to false' as fix
    from signals
    left join signal_conditions
        on signals.signal = signal_conditions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_conditions.signal is null

    union all

    select
        'warning' as severity,
        signals.source,
        signals.row_name,
        'signal' as column_name,
        signals.signal as value,
        'has no action: nobody will know what to do' as problem,
        'add one to {{ var("signal_actions_seed") }}' as fix
    from signals
    left join signal_actions
        on signals.signal = signal_actions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_actions.signal is null
{%- endmacro %}
