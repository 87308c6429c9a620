{#
    Every metric of a known user: on each day on which one of them changes, and
    on the last. A row stands until the user's next one. Days are counted up by
    nobody: those on which a rule looks at such a count have a row, too.

    Scores are those of the main profile: zero where the user did nothing, null
    where no profile fits.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set since = product_signals.rebuild_from() %}
{% set daily_activity = ref('int_product_signals__daily_activity') %}
{% set has_value = product_signals.has_column('events', 'event_value') %}
{% set periods = product_signals.profile_periods() if has_value else [] %}
{% set counted = [
    'key_features',
    'key_features_used',
    'key_features_ever_used',
    'settings_used',
    'flows_abandoned',
    'helps_unanswered',
] %}
{% set valued = [] %}
{% for period_days in periods %}
{% do valued.append('value_of_' ~ period_days) %}
{% do valued.append('values_of_' ~ period_days) %}
{% endfor %}
{% set columns = counted + valued %}
{% set scored = [
    'raw_score',
    'score',
    'score_change',
    'behavior_change',
    'trend',
    'score_rank',
    'score_percentile',
    'rank_in_account',
    'is_active',
    'active_days',
    'event_count',
    'features_used',
] %}
{% set thresholds = product_signals.counted_thresholds() %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

scope as (

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
            as start_on,
        greatest(
            min(user_periods.begins_on),
            min(scope.history_start)
            {%- if since %},
            {{ since }}
            {%- endif %}
        ) as first_day
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
{# -- What changes with events -- #}

active_days as (

    select
        user_days.user_id,
        users.user_number,
        user_days.event_date,
        max(user_days.last_active_at) as last_active_at,
        lead(user_days.event_date, 1, {{ product_signals.last_day() }}) over (
            partition by users.user_number order by user_days.event_date
        ) as next_date
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join users
        on user_days.user_id = users.user_id
    where
        user_days.active_days > 0
        and user_days.weight_set = (
            select min(weight_set)
            from score_profiles
        )
    group by user_days.user_id, users.user_number, user_days.event_date

),

changes as (

    select
        user_id,
        changed_on,
        cast(null as date) as last_active_on,
        cast(null as timestamp) as last_active_at,
        {{- product_signals.amounts(columns, {
            'key_features': 'key_features',
            'key_features_used': 'key_features_used',
            'key_features_ever_used': 'key_features_ever_used',
            'settings_used': 'settings_used',
        }) }}
    from {{ ref('int_product_signals__user_adoption') }}

    union all

    {# What happens on a day is over on the next. #}
    {% for shift, sign in [('', ''), (' + 1', '-')] %}
    select
        entity_id as user_id,
        date_day{{ shift }} as changed_on,
        null as last_active_on,
        null as last_active_at,
        {{- product_signals.amounts(columns, {
            'flows_abandoned': 'case when metric = \'flows_abandoned\' then '
                ~ sign ~ 'happenings else 0 end',
            'helps_unanswered': 'case when metric = \'helps_unanswered\' then '
                ~ sign ~ 'happenings else 0 end',
        }) }}
    from {{ ref('int_product_signals__happenings') }}
    where entity = 'user'

    union all

    {% endfor %}
    {% for period_days in periods %}
    {% for shift, sign in [('', ''), (' + ' ~ period_days, '-')] %}
    select
        user_id,
        event_date{{ shift }} as changed_on,
        null as last_active_on,
        null as last_active_at,
        {{- product_signals.amounts(columns, {
            'value_of_' ~ period_days: sign ~ 'event_value',
            'values_of_' ~ period_days: sign ~ '1',
        }) }}
    from {{ daily_activity }}
    where event_value is not null

    union all

    {% endfor %}
    {% endfor %}
    select
        user_id,
        event_date as changed_on,
        event_date as last_active_on,
        last_active_at,
        {{- product_signals.amounts(columns, {}) }}
    from active_days

    union all

    {# So that there is a total from the first day on. #}
    select
        user_id,
        start_on as changed_on,
        null as last_active_on,
        null as last_active_at,
        {{- product_signals.amounts(columns, {}) }}
    from users

),

{# What changed before a user's first day here makes up that day. #}
daily_changes as (

    select
        users.user_number,
        greatest(changes.changed_on, users.first_day) as as_of_date,
        max(changes.last_active_on) as last_active_on,
        max(changes.last_active_at) as last_active_at,
        {%- for column in counted %}
        cast(sum(changes.{{ column }}) as double precision)
            as {{ column }},
        {%- endfor %}
        {%- for column in valued %}
        sum(changes.{{ column }}) as {{ column }},
        {%- endfor %}
        max(
            case when changes.changed_on >= users.first_day then 1 else 0 end
        ) as is_point
    from changes
    cross join scope
    inner join users
        on changes.user_id = users.user_id
    where changes.changed_on <= scope.as_of_date
    group by
        users.user_number,
        greatest(changes.changed_on, users.first_day)

),

totals as (

    {% set of_user = 'partition by user_number order by as_of_date' %}
    select
        user_number,
        as_of_date as valid_from,
        lead(as_of_date, 1, {{ product_signals.last_day() }}) over (
            {{ of_user }}
        ) as valid_to,
        {%- for column in columns %}
        sum({{ column }}) over (
            {{ of_user }} rows unbounded preceding
        ) as {{ column }},
        {%- endfor %}
        max(last_active_on) over (
            {{ of_user }} rows unbounded preceding
        ) as last_active_on,
        max(last_active_at) over (
            {{ of_user }} rows unbounded preceding
        ) as last_active_at
    from daily_changes

),

spans as (

    select
        periods.*,
        {%- for column in columns %}
        totals.{{ column }},
        {%- endfor %}
        totals.last_active_on,
        totals.last_active_at,
        greatest(periods.valid_from, totals.valid_from) as holds_from,
        least(periods.valid_to, totals.valid_to) as holds_to
    from periods
    inner join totals
        on
            periods.user_number = totals.user_number
            and periods.valid_from < totals.valid_to
            and periods.valid_to > totals.valid_from

),

{# A row for every month that a span touches: a day finds its own among few,
   without all days being sorted. #}
monthly_spans as {{ product_signals.materialized() }} (

    select
        spans.*,
        {{ product_signals.month_number('spans.holds_from') }}
        + numbers.number as month_number
    from spans
    cross join scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            <= {{ product_signals.month_number(
                'least(spans.holds_to - 1, scope.as_of_date)'
            ) }} - {{ product_signals.month_number('spans.holds_from') }}

),

{# -- Every day on which something changes, whether or not one scores -- #}

points as (

    select
        user_number,
        as_of_date
    from daily_changes
    where is_point = 1

    union all

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

    {% for unit, days in thresholds['last_active'] %}
    {% set span = days if unit == 'days'
        else days ~ ' * periods.period_days' %}
    select
        active_days.user_number,
        active_days.event_date + {{ span }} as as_of_date
    from active_days
    {%- if unit == 'periods' %}
    inner join periods
        on
            active_days.user_number = periods.user_number
            and active_days.event_date + {{ span }} >= periods.valid_from
            and active_days.event_date + {{ span }} < periods.valid_to
    {%- endif %}
    where active_days.event_date + {{ span }} < active_days.next_date

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
        spans.{{ column }},
        {%- endfor %}
        spans.last_active_at,
        spans.user_id,
        spans.account_id,
        spans.is_live,
        spans.role,
        spans.account_status,
        spans.profile,
        spans.period_days,
        spans.has_past,
        spans.checklist,
        days.as_of_date - spans.begins_on as tenure_days,
        case
            when days.as_of_date >= spans.licensed_on
                then days.as_of_date - spans.licensed_on
        end as days_since_licensed,
        {{ product_signals.percent(
            'spans.steps_met', 'spans.steps_total'
        ) }} as activation_rate,
        days.as_of_date - spans.last_met_on as days_since_last_step,
        days.as_of_date - spans.last_active_on as days_since_last_active,
        {{ product_signals.percent(
            'spans.key_features_used', 'spans.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'spans.key_features_ever_used', 'spans.key_features'
        ) }} as lifetime_adoption_rate
    from days
    inner join monthly_spans as spans
        on
            days.user_number = spans.user_number
            and {{ product_signals.month_number('days.as_of_date') }}
            = spans.month_number
            and days.as_of_date >= spans.holds_from
            and days.as_of_date < spans.holds_to

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
            'features_used': '0',
        }.items() %}
        case
            when profile is not null then coalesce({{ column }}, {{ idle }})
        end as {{ column }}_or_idle,
        {%- endfor %}
        {%- for column in ['score_change', 'behavior_change'] %}
        case
            when is_scored then {{ column }}
            when has_past then 0
        end as {{ column }}_or_idle,
        {%- endfor %}
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
    idle.is_active_or_idle as is_active,
    cast(idle.active_days_or_idle as integer) as active_days,
    cast(idle.event_count_or_idle as bigint) as event_count,
    {% if periods -%}
    cast(
        case idle.period_days
            {%- for period_days in periods %}
            when {{ period_days }} then case
                when idle.values_of_{{ period_days }} > 0
                    then idle.value_of_{{ period_days }}
            end
            {%- endfor %}
        end as double precision
    ) as event_value,
    {%- else -%}
    cast(null as double precision) as event_value,
    {%- endif %}
    cast(idle.features_used_or_idle as integer) as features_used,
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
    cast(
        floor(idle.days_since_last_active / idle.period_days) as integer
    ) as periods_since_last_active,
    cast(idle.flows_abandoned as integer) as flows_abandoned,
    cast(idle.helps_unanswered as integer) as helps_unanswered
from idle
