{#
    The spans of days in which a signal holds: by its conditions, or by its
    clear values only. One ends where the next begins, or on the last day;
    days_without are those between it and the one before.
#}

with signals as (

    {{ product_signals.seed('signals') }}

),

changes as (

    {% for entity in ['account', 'user', 'product'] %}
    select
        signal,
        '{{ entity }}' as entity,
        {{ entity }}_id as entity_id,
        changed_on,
        state
    from {{ ref('int_product_signals__' ~ entity ~ '_signal_changes') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

spans as (

    {% set of_signal %}over (
            partition by changes.signal, changes.entity, changes.entity_id
            order by changes.changed_on
        ){% endset %}
    select
        changes.signal,
        changes.entity,
        changes.entity_id,
        changes.state,
        changes.changed_on as first_day,
        coalesce(
            lead(changes.changed_on) {{ of_signal }} - 1,
            scope.as_of_date
        ) as last_day,
        lag(changes.state) {{ of_signal }} as previous_state,
        changes.changed_on - lag(changes.changed_on) {{ of_signal }}
            as previous_days
    from changes
    cross join {{ ref('int_product_signals__scope') }} as scope

)

select
    spans.signal,
    spans.entity,
    spans.entity_id,
    spans.state = 2 as holds,
    spans.first_day,
    spans.last_day,
    case
        when spans.previous_state = 0 then spans.previous_days
        when spans.previous_state > 0 then 0
    end as days_without,
    signals.kind,
    signals.min_days,
    signals.grace_days
from spans
inner join signals
    on spans.signal = signals.signal
where spans.state > 0
