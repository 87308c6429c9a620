{#
    A cohort is everyone first active in a month. Its segments are those of that
    first day. By what they have become since, accounts that stayed and grew
    would seem to have always been large.
#}
{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

active_months as (

    select * from {{ ref('int_product_signals__active_periods') }}
    where period = 'month'

),

first_months as (

    select
        active_months.entity,
        active_months.entity_id,
        active_months.period_start as cohort_month,
        active_months.first_active_on,
        case
            when active_months.entity = 'account' then active_months.entity_id
            else user_accounts.account_id
        end as account_id
    from active_months
    inner join scope
        on
            active_months.period_start
            >= {{ product_signals.month_start('scope.history_start') }}
    left join {{ ref('int_product_signals__user_accounts') }} as user_accounts
        on
            active_months.entity = 'user'
            and active_months.entity_id = user_accounts.user_id
            and active_months.first_active_on >= user_accounts.valid_from
            and active_months.first_active_on < user_accounts.valid_to
    where active_months.previous_start is null

),

segments as (

    {{ product_signals.segments_of_all_days(
        ref('int_product_signals__segment_periods')
    ) }}

),

{# "all" includes accounts that are not in the accounts input. #}
members as (

    select
        entity,
        entity_id,
        cohort_month,
        'all' as attribute,
        'all' as value
    from first_months

    union all

    select
        first_months.entity,
        first_months.entity_id,
        first_months.cohort_month,
        segments.attribute,
        segments.value
    from first_months
    inner join segments
        on
            first_months.account_id = segments.account_id
            and first_months.first_active_on >= segments.valid_from
            and first_months.first_active_on < segments.valid_to
    where segments.attribute <> 'all'

),

cohorts as (

    select
        entity,
        cohort_month,
        attribute,
        value,
        count(*) as members
    from members
    group by entity, cohort_month, attribute, value

),

cohort_months as (

    select
        cohorts.*,
        numbers.number as months_since,
        {{ dbt.datediff(
            'cohorts.cohort_month', '(scope.as_of_date + 1)', 'month'
        ) }} > numbers.number as is_complete
    from cohorts
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number <= cast({{ dbt.datediff(
                'cohorts.cohort_month', 'scope.as_of_date', 'month'
            ) }} as integer)

),

retained as (

    select
        members.entity,
        members.cohort_month,
        members.attribute,
        members.value,
        {{ dbt.datediff(
            'members.cohort_month', 'active_months.period_start', 'month'
        ) }} as months_since,
        count(*) as members
    from members
    inner join active_months
        on
            members.entity = active_months.entity
            and members.entity_id = active_months.entity_id
    group by
        members.entity,
        members.cohort_month,
        members.attribute,
        members.value,
        active_months.period_start

)

select
    cohort_months.entity,
    cohort_months.cohort_month,
    cast(cohort_months.months_since as integer) as months_since,
    cohort_months.attribute,
    cohort_months.value,
    cast(cohort_months.members as integer) as size,
    cast(coalesce(retained.members, 0) as integer) as retained,
    {{ product_signals.percent(
        'coalesce(retained.members, 0)', 'cohort_months.members'
    ) }} as rate,
    cohort_months.is_complete
from cohort_months
left join retained
    on
        cohort_months.entity = retained.entity
        and cohort_months.cohort_month = retained.cohort_month
        and cohort_months.attribute = retained.attribute
        and cohort_months.value = retained.value
        and cohort_months.months_since = retained.months_since
