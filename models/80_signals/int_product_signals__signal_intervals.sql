{#
    Days in a row on which a signal holds, by its conditions or by its clear
    values only. They end before the next change, or on the last day.
    days_without counts the days since the interval before.
#}

with signals as (

    {{ product_signals.seed('signals') }}

),

compared as (

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
    from {{ ref('int_product_signals__signal_states') }} as changes
    cross join {{ ref('int_product_signals__scope') }} as scope

)

select
    compared.signal,
    compared.entity,
    compared.entity_id,
    compared.state = 2 as holds,
    compared.first_day,
    compared.last_day,
    case
        when compared.previous_state = 0 then compared.previous_days
        when compared.previous_state > 0 then 0
    end as days_without,
    signals.kind,
    signals.min_days,
    signals.grace_days
from compared
inner join signals
    on compared.signal = signals.signal
where compared.state > 0
