{#
    Days without a score on which something about a user changes or a rule looks
    at a count of days, and the last day: user metrics have a row on these days
    and on those with a score.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set thresholds = product_signals.counted_thresholds() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

periods as (

    select
        periods.*,
        greatest(periods.begins_on, scope.history_start) as start_on
    from {{ ref('int_product_signals__user_periods') }} as periods
    cross join scope

),

users as (

    select distinct
        user_id,
        start_on
    from periods

),

score_days as (

    select
        user_id,
        as_of_date
    from {{ ref('int_product_signals__user_scores') }}
    where
        is_main_profile
        and {{ product_signals.in_rebuild('as_of_date', 1) }}

),

totals as (

    select
        user_id,
        changed_on,
        last_active_on
    from {{ ref('int_product_signals__user_totals') }}

),

occurrences as (

    select
        entity_id as user_id,
        date_day
    from {{ ref('int_product_signals__occurrences') }}
    where entity = 'user'

),

{% if thresholds['last_active'] -%}
active_days as (

    select
        user_id,
        last_active_on as event_date,
        lead(last_active_on, 1, {{ product_signals.last_day() }}) over (
            partition by user_id order by changed_on
        ) as next_date
    from totals
    where last_active_on = changed_on

),

{% endif -%}
points as (

    select
        user_id,
        changed_on as as_of_date
    from totals

    union all

    {% for shift in ['', ' + 1'] %}
    select
        user_id,
        date_day{{ shift }} as as_of_date
    from occurrences

    union all

    {% endfor %}

    {# The first day without a score. #}
    select
        score_days.user_id,
        score_days.as_of_date + 1 as as_of_date
    from score_days
    left join score_days as next_days
        on
            score_days.user_id = next_days.user_id
            and score_days.as_of_date + 1 = next_days.as_of_date
    where next_days.user_id is null

    union all

    {% for days in thresholds['last_active'] %}
    select
        user_id,
        event_date + {{ days }} as as_of_date
    from active_days
    where event_date + {{ days }} < next_date

    union all

    {% endfor %}
    {% for column in ['begins_on', 'licensed_on', 'start_on', 'last_met_on'] %}
    {% for days in thresholds[column] %}
    select
        user_id,
        {{ column }} + {{ days }} as as_of_date
    from periods
    where {{ column }} is not null

    union all

    {% endfor %}
    {% endfor %}
    select
        user_id,
        greatest(valid_from, start_on) as as_of_date
    from periods

    union all

    select
        users.user_id,
        scope.as_of_date
    from users
    cross join scope

)

select distinct
    points.user_id,
    points.as_of_date
from points
cross join scope
inner join users
    on points.user_id = users.user_id
left join score_days
    on
        points.user_id = score_days.user_id
        and points.as_of_date = score_days.as_of_date
where
    score_days.user_id is null
    and points.as_of_date >= users.start_on
    and points.as_of_date <= scope.as_of_date
    and {{ product_signals.in_rebuild('points.as_of_date') }}
