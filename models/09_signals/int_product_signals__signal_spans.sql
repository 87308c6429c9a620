{#
    The spans of days in which a signal holds: by its conditions, or by its
    clear values only. One ends where the next begins, or on the last day.
#}

with changes as (

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

    select
        changes.signal,
        changes.entity,
        changes.entity_id,
        changes.state,
        changes.changed_on as first_day,
        coalesce(
            lead(changes.changed_on) over (
                partition by
                    changes.signal, changes.entity, changes.entity_id
                order by changes.changed_on
            ) - 1,
            scope.as_of_date
        ) as last_day
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
    signals.kind,
    signals.min_days,
    signals.grace_days
from spans
inner join {{ ref('stg_product_signals__signals') }} as signals
    on spans.signal = signals.signal
where spans.state > 0
