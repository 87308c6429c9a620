{#
    Weeks and months in which a user or an account was active, up to the latest
    date, each with the previous active one. A run rebuilds those that end on
    its first day or later.
#}
{{ product_signals.incremental_by_day('period_end') }}
{% set since = product_signals.rebuild_from() %}
{# Day 32 of a month is in the next month. #}
{% set ends = {
    'week': 'week + 6',
    'month': product_signals.month_start('month + 31') ~ ' - 1',
} %}

with activity as (

    select
        activity.user_id,
        activity.account_id,
        {{ product_signals.week_start('activity.event_date') }} as week,
        {{ product_signals.month_start('activity.event_date') }} as month,
        min(activity.event_date) as first_active_on
    from {{ ref('int_product_signals__daily_activity') }} as activity
    inner join {{ ref('int_product_signals__scope') }} as scope
        on activity.event_date <= scope.as_of_date
    where
        activity.is_activity
        and {{ product_signals.in_rebuild('activity.event_date', 31) }}
    group by
        activity.user_id,
        activity.account_id,
        {{ product_signals.week_start('activity.event_date') }},
        {{ product_signals.month_start('activity.event_date') }}

),

active_periods as (

    {% for period, end in ends.items() -%}
    select
        'user' as entity,
        user_id as entity_id,
        '{{ period }}' as period,
        {{ period }} as period_start,
        {{ end }} as period_end,
        min(first_active_on) as first_active_on
    from activity
    where {{ product_signals.in_rebuild(end) }}
    group by user_id, {{ period }}

    union all

    select
        'account' as entity,
        account_id as entity_id,
        '{{ period }}' as period,
        {{ period }} as period_start,
        {{ end }} as period_end,
        min(first_active_on) as first_active_on
    from activity
    where account_id is not null and {{ product_signals.in_rebuild(end) }}
    group by account_id, {{ period }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}

)

{%- if since %},

before as (

    select
        entity,
        entity_id,
        period,
        max(period_start) as period_start
    from {{ this }}
    where period_end < {{ since }}
    group by entity, entity_id, period

)
{%- endif %}

select
    active.*,
    {{ 'coalesce(' if since -}}
    lag(active.period_start) over (
        partition by active.entity, active.entity_id, active.period
        order by active.period_start
    )
    {{- ', before.period_start)' if since }} as previous_start
from active_periods as active
{%- if since %}
left join before
    on
        active.entity = before.entity
        and active.entity_id = before.entity_id
        and active.period = before.period
{%- endif %}
