{#
    How an account's use compares with its own past: the mean weekly active
    users of the last three weeks as a percentage of the median of weeks 5 to
    12. Week 1 is the seven days that end on the day. Past weeks only count
    within the account's life and history.

    No row with fewer than four of the past weeks in use.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set recent_weeks = [1, 2, 3] %}
{% set past_weeks = range(5, 13) | list %}
{% set reach = 7 * (past_weeks | last - 1) %}
{% set columns = ['weekly_users'] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

{# One weight set is enough: all of them have the same days. #}
active_days as (

    select
        account_id,
        user_id,
        event_date,
        {{ product_signals.days_beside('account_id, user_id') }}
    from {{ ref('int_product_signals__user_days') }}
    where
        account_id is not null
        and active_days > 0
        and weight_set = (
            select min(weight_set)
            from score_profiles
        )
        and {{ product_signals.in_rebuild('event_date', reach + 7) }}

),

active_weeks as (

    {{ product_signals.presence('active_days', 'account_id, user_id', 7) }}

),

changes as (

    {{ product_signals.period_changes(
        'account_id', columns, {'weekly_users': 'active_weeks'}
    ) }}

),

counted as (

    {{ product_signals.running_account_days(
        'changes', columns, reach=reach
    ) }}

),

weeks as (

    select
        account_id,
        date_day,
        {%- for week in recent_weeks + past_weeks %}
        lag(weekly_users, {{ 7 * (week - 1) }}) over (
            partition by account_id order by date_day
        ) as week_{{ week }}{{ ',' if not loop.last }}
        {%- endfor %}
    from counted

),

{# Weeks before the account's first whole one get -1, to sort first. #}
known_weeks as (

    select
        weeks.account_id,
        weeks.date_day,
        weeks.week_1 + weeks.week_2 + weeks.week_3 as recent_sum,
        {%- for week in past_weeks %}
        case
            when
                weeks.date_day + 1 - greatest(
                    entities.begins_on, scope.history_start
                ) >= {{ 7 * week }}
                then weeks.week_{{ week }}
            else -1
        end as week_{{ week }}{{ ',' if not loop.last }}
        {%- endfor %}
    from weeks
    cross join scope
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and weeks.account_id = entities.entity_id
    where {{ product_signals.in_rebuild('weeks.date_day') }}

),

comparable as (

    select *
    from known_weeks
    where
        {%- for week in past_weeks %}
        case when week_{{ week }} > 0 then 1 else 0 end
        {{ '+' if not loop.last }}
        {%- endfor %} >= 4

),

{# An odd-even sort: neighbours swap in as many rounds as there are weeks. #}
{% for round in past_weeks %}
ordered_{{ round }} as {{ product_signals.materialized() }} (

    select
        account_id,
        date_day,
        recent_sum,
        {%- for week in past_weeks %}
        {%- set low = (week - round) % 2 == 0 %}
        {%- set other = week + 1 if low else week - 1 %}
        {%- if other in past_weeks %}
        {{ 'least' if low else 'greatest' }}(week_{{ week }}, week_{{ other }})
            as week_{{ week }}{{ ',' if not loop.last }}
        {%- else %}
        week_{{ week }}{{ ',' if not loop.last }}
        {%- endif %}
        {%- endfor %}
    from {{ 'comparable' if loop.first else 'ordered_' ~ (round - 1) }}

),

{% endfor %}
medians as (

    select
        account_id,
        date_day,
        recent_sum,
        case
            {# Known weeks sort last. #}
            {%- for known in [8, 7, 6, 5, 4] %}
            when week_{{ 13 - known }} >= 0
                then
                    {%- set middle = 13 - known + (known - 1) // 2 %}
                    {%- if known % 2 == 1 %} week_{{ middle }}
                    {%- else %} (week_{{ middle }} + week_{{ middle + 1 }}) / 2
                    {%- endif %}
            {%- endfor %}
        end as median_week
    from ordered_{{ past_weeks | last }}

)

select
    account_id,
    date_day,
    {{ product_signals.percent('recent_sum / 3', 'median_week') }}
        as usage_vs_baseline
from medians
