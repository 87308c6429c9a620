{#
    Every metric of a known user: on each day on which one of them changes, and
    on the last. A row stands until the user's next one. Days are counted up by
    nobody: those on which a rule looks at such a count have a row, too.

    Scores are those of the main profile: zero where the user did nothing, null
    where no profile fits.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set since = product_signals.rebuild_from() %}
{% set has_value = product_signals.has_column('events', 'event_value') %}
{% set periods = product_signals.profile_periods() %}
{% set columns = [
    'key_features',
    'key_features_used',
    'key_features_ever_used',
    'settings_used',
    'last_active_on',
    'last_active_at',
] %}
{% for period_days in periods %}
{% do columns.append('features_used_' ~ period_days) %}
{% if has_value %}
{% do columns.append('event_value_' ~ period_days) %}
{% do columns.append('valued_days_' ~ period_days) %}
{% endif %}
{% endfor %}
{% set scored = [
    'raw_score',
    'score',
    'score_change',
    'behavior_change',
    'trend',
    'score_rank',
    'score_percentile',
    'rank_in_account',
    'leads_account',
    'is_active',
    'active_days',
    'event_count',
    'previous_event_count',
] %}
{% set thresholds = product_signals.counted_thresholds() %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

user_periods as (

    select * from {{ ref('int_product_signals__user_periods') }}

),

{# Numbers are sorted and compared several times faster than names. #}
users as (

    select
        user_periods.user_id,
        row_number() over (order by user_periods.user_id) as user_number,
        greatest(min(user_periods.begins_on), min(scope.history_start))
            as start_on
    from user_periods
    cross join scope
    group by user_periods.user_id

),

periods as (

    select
        user_periods.*,
        users.user_number,
        users.start_on
    from user_periods
    inner join users
        on user_periods.user_id = users.user_id

),

{# Read twice, for it costs more to keep them than to read the columns. #}
{% for name, names in {'score_days': [], 'scores': scored}.items() %}
{{ name }} as (

    select
        users.user_number,
        {%- for column in names %}
        user_scores.{{ column }},
        {%- endfor %}
        user_scores.as_of_date
    from {{ ref('int_product_signals__user_scores') }} as user_scores
    inner join users
        on user_scores.user_id = users.user_id
    where
        user_scores.is_main_profile
        and {{ product_signals.in_rebuild(
            'user_scores.as_of_date', 1
        ) }}

),

{% endfor %}
{# With how many others they are compared. #}
account_windows as (

    select
        profile,
        account_id,
        date_day,
        seen_users
    from {{ ref('int_product_signals__account_windows') }}
    where {{ product_signals.in_rebuild('date_day') }}

),

totals as (

    select
        users.user_number,
        totals.changed_on as valid_from,
        lead(totals.changed_on, 1, {{ product_signals.last_day() }}) over (
            partition by users.user_number order by totals.changed_on
        ) as valid_to,
        {%- for column in columns %}
        totals.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__user_totals') }} as totals
    inner join users
        on totals.user_id = users.user_id

),

{# What was given up on a day. #}
given_up as (

    select
        users.user_number,
        occurrences.date_day as as_of_date,
        {%- for metric in ['flows_abandoned', 'helps_unanswered'] %}
        sum(
            case
                when occurrences.metric = '{{ metric }}'
                    then occurrences.occurrences
                else 0
            end
        ) as {{ metric }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__occurrences') }} as occurrences
    inner join users
        on occurrences.entity_id = users.user_id
    where occurrences.entity = 'user'
    group by users.user_number, occurrences.date_day

),

{% if thresholds['last_active'] -%}
active_days as (

    select
        user_number,
        last_active_on as event_date,
        lead(last_active_on, 1, {{ product_signals.last_day() }}) over (
            partition by user_number order by valid_from
        ) as next_date
    from totals
    where last_active_on = valid_from

),

{% endif -%}
intervals as (

    select
        periods.*,
        {%- for column in columns %}
        totals.{{ column }},
        {%- endfor %}
        greatest(
            periods.valid_from,
            totals.valid_from,
            {{ since or 'periods.start_on' }}
        ) as holds_from,
        least(periods.valid_to, totals.valid_to) as holds_to
    from periods
    inner join totals
        on
            periods.user_number = totals.user_number
            and periods.valid_from < totals.valid_to
            and periods.valid_to > totals.valid_from
    where
        totals.valid_to > {{ since or 'periods.start_on' }}
        and periods.valid_to > {{ since or 'periods.start_on' }}

),

{# A row for every month that an interval touches: a day finds its own among
   few, without all days being sorted. #}
monthly_intervals as {{ product_signals.materialized() }} (

    select
        intervals.*,
        {{ product_signals.month_number('intervals.holds_from') }}
        + numbers.number as month_number
    from intervals
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            <= {{ product_signals.month_number(
                'least(intervals.holds_to - 1, scope.as_of_date)'
            ) }} - {{ product_signals.month_number('intervals.holds_from') }}

),

{# -- Every day on which something changes, whether or not one scores -- #}

points as (

    select
        user_number,
        valid_from as as_of_date
    from totals

    union all

    {% for shift in ['', ' + 1'] %}
    select
        user_number,
        as_of_date{{ shift }} as as_of_date
    from given_up

    union all

    {% endfor %}

    {# Where there is no score any more. #}
    select
        score_days.user_number,
        score_days.as_of_date + 1 as as_of_date
    from score_days
    left join score_days as next_days
        on
            score_days.user_number = next_days.user_number
            and score_days.as_of_date + 1 = next_days.as_of_date
    where next_days.user_number is null

    union all

    {% for days in thresholds['last_active'] %}
    select
        user_number,
        event_date + {{ days }} as as_of_date
    from active_days
    where event_date + {{ days }} < next_date

    union all

    {% endfor %}
    {% for column in ['begins_on', 'licensed_on', 'last_met_on'] %}
    {% for days in thresholds[column] %}
    select
        user_number,
        {{ column }} + {{ days }} as as_of_date
    from periods
    where {{ column }} is not null

    union all

    {% endfor %}
    {% endfor %}
    select
        user_number,
        greatest(valid_from, start_on) as as_of_date
    from periods

    union all

    select
        users.user_number,
        scope.as_of_date
    from users
    cross join scope

),

unscored_days as (

    select distinct
        points.user_number,
        points.as_of_date
    from points
    cross join scope
    inner join users
        on points.user_number = users.user_number
    left join score_days
        on
            points.user_number = score_days.user_number
            and points.as_of_date = score_days.as_of_date
    where
        score_days.user_number is null
        and points.as_of_date >= users.start_on
        and points.as_of_date <= scope.as_of_date
        and {{ product_signals.in_rebuild('points.as_of_date') }}

),

days as (

    select
        *,
        true as is_scored
    from scores
    where {{ product_signals.in_rebuild('as_of_date') }}

    union all

    select
        unscored_days.user_number,
        {%- for column in scored %}
        null as {{ column }},
        {%- endfor %}
        unscored_days.as_of_date,
        false as is_scored
    from unscored_days

),

measured as (

    select
        days.as_of_date,
        days.is_scored,
        {%- for column in scored %}
        days.{{ column }},
        {%- endfor %}
        {%- for column in columns %}
        intervals.{{ column }},
        {%- endfor %}
        intervals.user_id,
        intervals.account_id,
        intervals.is_live,
        intervals.role,
        intervals.account_status,
        intervals.profile,
        intervals.period_days,
        intervals.normalization,
        intervals.has_past,
        intervals.checklist,
        account_windows.seen_users,
        coalesce(given_up.flows_abandoned, 0) as flows_abandoned,
        coalesce(given_up.helps_unanswered, 0) as helps_unanswered,
        days.as_of_date - intervals.begins_on as tenure_days,
        case
            when days.as_of_date >= intervals.licensed_on
                then days.as_of_date - intervals.licensed_on
        end as days_since_licensed,
        {{ product_signals.percent(
            'intervals.steps_met', 'intervals.steps_total'
        ) }} as activation_rate,
        days.as_of_date - intervals.last_met_on as days_since_last_step,
        days.as_of_date - intervals.last_active_on as days_since_last_active,
        {{ product_signals.percent(
            'intervals.key_features_used', 'intervals.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'intervals.key_features_ever_used', 'intervals.key_features'
        ) }} as lifetime_adoption_rate
    from days
    inner join monthly_intervals as intervals
        on
            days.user_number = intervals.user_number
            and {{ product_signals.month_number('days.as_of_date') }}
            = intervals.month_number
            and days.as_of_date >= intervals.holds_from
            and days.as_of_date < intervals.holds_to
    left join given_up
        on
            days.user_number = given_up.user_number
            and days.as_of_date = given_up.as_of_date
    left join account_windows
        on
            days.is_scored
            and intervals.profile = account_windows.profile
            and intervals.account_id = account_windows.account_id
            and days.as_of_date = account_windows.date_day

),

idle as (

    select
        measured.*,
        {%- for column, idle in {
            'raw_score': '0',
            'score': '0',
            'is_active': 'false',
            'active_days': '0',
            'event_count': '0',
        }.items() %}
        case
            when profile is not null then coalesce({{ column }}, {{ idle }})
        end as {{ column }}_or_idle,
        {%- endfor %}
        case
            when is_scored then score_change
            when has_past then 0
        end as score_change_or_idle,
        case
            when is_scored then behavior_change
            when has_past and normalization <> 'percentile' then 0
        end as behavior_change_or_idle,
        case
            when is_scored then trend
            when has_past then 'flat'
            when profile is not null then 'new'
        end as trend_or_idle
    from measured

)

select
    idle.user_id,
    idle.as_of_date,
    idle.account_id,
    idle.is_live,
    idle.account_status,
    idle.profile,
    idle.checklist,
    idle.role,
    cast(idle.tenure_days as integer) as tenure_days,
    {{ product_signals.band('tenure_days', 'idle.tenure_days') }}
        as tenure_band,
    cast(idle.days_since_licensed as integer) as days_since_licensed,
    idle.raw_score_or_idle as raw_score,
    cast(idle.score_or_idle as numeric(12, 2)) as score,
    {{ product_signals.band('score', 'idle.score_or_idle') }} as score_band,
    cast(idle.score_or_idle - idle.score_change_or_idle as numeric(12, 2))
        as previous_score,
    cast(idle.score_change_or_idle as numeric(12, 2)) as score_change,
    cast(idle.behavior_change_or_idle as numeric(12, 2)) as behavior_change,
    idle.trend_or_idle as trend,
    cast(idle.score_rank as integer) as score_rank,
    idle.score_percentile,
    cast(idle.rank_in_account as integer) as rank_in_account,
    coalesce(idle.leads_account, false) as leads_account,
    idle.is_active_or_idle as is_active,
    cast(idle.active_days_or_idle as integer) as active_days,
    cast(idle.event_count_or_idle as bigint) as event_count,
    coalesce(
        {{ product_signals.band('alert_minimum_users', 'idle.seen_users') }}
        = 'enough'
        and {{ product_signals.band(
            'alert_minimum_events',
            'greatest(idle.event_count, idle.previous_event_count)'
        ) }} = 'enough',
        false
    ) as is_comparable,
    {% if has_value and periods -%}
    cast(
        case idle.period_days
            {%- for period_days in periods %}
            when {{ period_days }} then case
                when idle.valued_days_{{ period_days }} > 0
                    then idle.event_value_{{ period_days }}
            end
            {%- endfor %}
        end as double precision
    ) as event_value,
    {%- else -%}
    cast(null as double precision) as event_value,
    {%- endif %}
    {% if periods -%}
    cast(
        case
            when idle.profile is null then null
            when not idle.is_scored then 0
            {%- for period_days in periods %}
            when idle.period_days = {{ period_days }}
                then idle.features_used_{{ period_days }}
            {%- endfor %}
        end as integer
    ) as features_used,
    {%- else -%}
    cast(null as integer) as features_used,
    {%- endif %}
    cast(idle.settings_used as integer) as settings_used,
    idle.activation_rate,
    {{ product_signals.band('activation_rate', 'idle.activation_rate') }}
        as activation_band,
    cast(idle.days_since_last_step as integer) as days_since_last_step,
    cast(idle.key_features as integer) as key_features,
    cast(idle.key_features_used as integer) as key_features_used,
    idle.adoption_rate,
    idle.lifetime_adoption_rate,
    {{ product_signals.band('adoption_rate', 'idle.adoption_rate') }}
        as adoption_band,
    idle.last_active_at,
    cast(idle.days_since_last_active as integer) as days_since_last_active,
    cast(idle.flows_abandoned as integer) as flows_abandoned,
    cast(idle.helps_unanswered as integer) as helps_unanswered
from idle
