{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

days as (

    {{ product_signals.scored_days() }}

),

periods as (

    select distinct
        'week' as period,
        {{ product_signals.week_start('date_day') }} as period_start,
        {{ product_signals.week_start('date_day') }} + 6 as period_end
    from days

    union all

    {# Day 32 of a month is in the next month. #}
    select distinct
        'month' as period,
        {{ product_signals.month_start('date_day') }} as period_start,
        {{ product_signals.month_start(
            product_signals.month_start('date_day') ~ ' + 31'
        ) }} - 1 as period_end
    from days

),

entity_periods as (

    select
        entities.entity,
        periods.*,
        lag(periods.period_start) over (
            partition by entities.entity, periods.period
            order by periods.period_start
        ) as period_before
    from periods
    cross join (
        select 'user' as entity
        union all
        select 'account' as entity
    ) as entities

),

counted as (

    select
        entity_periods.entity,
        entity_periods.period,
        entity_periods.period_start,
        entity_periods.period_end,
        count(active.entity_id) as active_count,
        count(case
            when active.previous_start is null then active.entity_id
        end) as new_count,
        count(case
            when active.previous_start = entity_periods.period_before
                then active.entity_id
        end) as retained_count
    from entity_periods
    left join {{ ref('int_product_signals__active_periods') }} as active
        on
            entity_periods.entity = active.entity
            and entity_periods.period = active.period
            and entity_periods.period_start = active.period_start
    group by
        entity_periods.entity,
        entity_periods.period,
        entity_periods.period_start,
        entity_periods.period_end

),

compared as (

    select
        *,
        lag(active_count, 1, 0) over (
            partition by entity, period order by period_start
        ) as previous_active_count
    from counted

)

select
    compared.entity,
    compared.period,
    compared.period_start,
    cast(compared.active_count as integer) as active_count,
    cast(compared.new_count as integer) as new_count,
    cast(compared.retained_count as integer) as retained_count,
    cast(
        compared.active_count - compared.new_count - compared.retained_count
        as integer
    ) as resurrected_count,
    cast(
        compared.previous_active_count - compared.retained_count as integer
    ) as lost_count,
    {{ product_signals.percent(
        'compared.retained_count', 'compared.previous_active_count'
    ) }} as retained_rate,
    compared.period_start >= scope.history_start
    and compared.period_end <= scope.as_of_date as is_complete
from compared
cross join scope
