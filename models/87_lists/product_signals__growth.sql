{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

days as (

    {{ product_signals.scored_days() }}

),

{# Each with the one before, which may end before the first scored day. #}
periods as (

    select distinct
        'week' as period,
        {{ product_signals.week_start('date_day') }} as period_start,
        {{ product_signals.week_start('date_day') }} + 6 as period_end,
        {{ product_signals.week_start('date_day') }} - 7 as period_before
    from days

    union all

    {# Day 32 of a month is in the next month. #}
    select distinct
        'month' as period,
        {{ product_signals.month_start('date_day') }} as period_start,
        {{ product_signals.month_start(
            product_signals.month_start('date_day') ~ ' + 31'
        ) }} - 1 as period_end,
        {{ product_signals.month_start(
            product_signals.month_start('date_day') ~ ' - 1'
        ) }} as period_before
    from days

),

active_periods as (

    select * from {{ ref('int_product_signals__active_periods') }}

),

counted as (

    select
        entities.entity,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.period_before,
        count(active.entity_id) as active_count,
        count(case
            when active.previous_start is null then active.entity_id
        end) as new_count,
        count(case
            when active.previous_start = periods.period_before
                then active.entity_id
        end) as retained_count
    from periods
    cross join (
        select 'user' as entity
        union all
        select 'account' as entity
    ) as entities
    left join active_periods as active
        on
            entities.entity = active.entity
            and periods.period = active.period
            and periods.period_start = active.period_start
    group by
        entities.entity,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.period_before

),

previous as (

    select
        entity,
        period,
        period_start,
        count(*) as active_count
    from active_periods
    group by entity, period, period_start

),

compared as (

    select
        counted.*,
        coalesce(previous.active_count, 0) as previous_active_count
    from counted
    left join previous
        on
            counted.entity = previous.entity
            and counted.period = previous.period
            and counted.period_before = previous.period_start

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
