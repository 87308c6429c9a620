{#
    Every metric of a known user: on each day on which one of them changes, and
    on the last. A row stands until the user's next one. Days are counted up by
    nobody: those on which a rule looks at such a count have a row, too.

    Scores are those of the main profile: zero where the user did nothing, null
    where no profile fits.
#}
{{ product_signals.restated_by(['users', 'since_days'], 'as_of_date') }}
{% set partial = product_signals.is_partial('user') %}
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
{# Sundays only, where user_scores is weekly. #}
{% set grain_days = 7 if var('history_grain') == 'week' else 1 %}
{% set thresholds = product_signals.counted_thresholds() %}
{% if partial %}
{% set first_day = (
    'greatest(users.start_on, '
    ~ product_signals.restated_since(partial) ~ ')'
) %}
{% else %}
{% set first_day = 'users.start_on' %}
{% endif %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

user_periods as (

    select * from {{ ref('int_product_signals__user_periods') }}

),

users as (

    select
        user_periods.user_id,
        greatest(min(user_periods.begins_on), min(scope.history_start))
            as start_on
    from user_periods
    cross join scope
    group by user_periods.user_id

),

features as (

    select * from {{ ref('stg_product_signals__features') }}

),

scores as (

    select user_scores.*
    from {{ ref('product_signals__user_scores') }} as user_scores
    {{ product_signals.join_restated(
        partial, 'user', 'user_scores.user_id'
    ) }}
    where
        user_scores.is_main_profile
        and {{ product_signals.is_restated_since(
            partial, 'user_scores.as_of_date', reach=grain_days
        ) }}

),

{# -- What changes with events -- #}

active_days as (

    select
        user_days.user_id,
        user_days.event_date,
        max(user_days.last_active_at) as last_active_at
    from {{ ref('int_product_signals__user_days') }} as user_days
    where
        user_days.active_days > 0
        and user_days.weight_set = (
            select min(weight_set)
            from {{ ref('stg_product_signals__score_profiles') }}
        )
    group by user_days.user_id, user_days.event_date

),

feature_days as (

    select
        activity.user_id,
        activity.feature,
        activity.event_date,
        features.is_key,
        features.is_setting,
        {{ product_signals.days_beside(
            'activity.user_id, activity.feature'
        ) }}
    from (
        select distinct
            user_id,
            feature,
            event_date
        from {{ ref('int_product_signals__daily_activity') }}
    ) as activity
    inner join features
        on activity.feature = features.feature
    {{ product_signals.join_restated(
        partial, 'user', 'activity.user_id'
    ) }}
    where
        (features.is_key or features.is_setting)
        and {{ product_signals.is_restated_since(
            partial, 'activity.event_date', var('adoption_window_days')
        ) }}

),

key_days as (

    select * from feature_days
    where is_key

),

setting_days as (

    select * from feature_days
    where is_setting

),

used_periods as (

    {{ product_signals.presence(
        'key_days', 'user_id, feature', var('adoption_window_days')
    ) }}

),

setting_periods as (

    {{ product_signals.presence(
        'setting_days', 'user_id, feature', var('adoption_window_days')
    ) }}

),

entitled_periods as (

    select
        user_accounts.user_id,
        entitlements.feature,
        greatest(user_accounts.valid_from, entitlements.valid_from)
            as valid_from,
        least(user_accounts.valid_to, entitlements.valid_to) as valid_to
    from {{ ref('int_product_signals__user_accounts') }} as user_accounts
    inner join {{ ref('int_product_signals__entitlements') }} as entitlements
        on
            coalesce(user_accounts.account_id, '') = entitlements.account_id
            and user_accounts.valid_from < entitlements.valid_to
            and user_accounts.valid_to > entitlements.valid_from
    where entitlements.is_key

),

entitled_use as (

    select
        used.user_id,
        greatest(used.valid_from, entitled.valid_from) as valid_from,
        least(used.valid_to, entitled.valid_to) as valid_to
    from used_periods as used
    inner join entitled_periods as entitled
        on
            used.user_id = entitled.user_id
            and used.feature = entitled.feature
            and used.valid_from < entitled.valid_to
            and used.valid_to > entitled.valid_from

),

entitled_first_use as (

    select
        first_uses.user_id,
        greatest(first_uses.first_used_on, entitled.valid_from) as valid_from,
        entitled.valid_to
    from (
        select
            activity.user_id,
            activity.feature,
            min(activity.event_date) as first_used_on
        from {{ ref('int_product_signals__daily_activity') }} as activity
        inner join features
            on activity.feature = features.feature
        where features.is_key
        group by activity.user_id, activity.feature
    ) as first_uses
    inner join entitled_periods as entitled
        on
            first_uses.user_id = entitled.user_id
            and first_uses.feature = entitled.feature
            and first_uses.first_used_on < entitled.valid_to

),

changes as (

    {% for column, relation in {
        'key_features': 'entitled_periods',
        'key_features_used': 'entitled_use',
        'key_features_ever_used': 'entitled_first_use',
        'settings_used': 'setting_periods',
    }.items() %}
    {% for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        user_id,
        {{ day }} as changed_on,
        cast(null as date) as last_active_on,
        cast(null as timestamp) as last_active_at,
        {{- product_signals.amounts(columns, {column: sign ~ '1'}) }}
    from {{ relation }}

    union all

    {% endfor %}
    {% endfor %}
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
    from {{ ref('int_product_signals__daily_activity') }}
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

),

{# What changed before a user's first day here makes up that day. #}
daily_changes as (

    select
        changes.user_id,
        greatest(changes.changed_on, {{ first_day }}) as as_of_date,
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
            case when changes.changed_on >= {{ first_day }} then 1 else 0 end
        ) as is_point
    from changes
    cross join scope
    inner join users
        on changes.user_id = users.user_id
    {{ product_signals.join_restated(partial, 'user', 'changes.user_id') }}
    where changes.changed_on <= scope.as_of_date
    group by
        changes.user_id,
        greatest(changes.changed_on, {{ first_day }})

),

{# -- Every day on which something changes -- #}

points as (

    select
        user_id,
        as_of_date
    from daily_changes
    where is_point = 1

    union distinct

    {# The days of scores, and those on which there is none any more. #}
    {% for shift in ['', ' + ' ~ grain_days] %}
    select
        user_id,
        as_of_date{{ shift }} as as_of_date
    from scores

    union distinct

    {% endfor %}
    {% for unit, days in thresholds['last_active'] %}
    {% set span = days if unit == 'days'
        else days ~ ' * user_periods.period_days' %}
    select
        active_days.user_id,
        active_days.event_date + {{ span }} as as_of_date
    from (
        select
            user_id,
            event_date,
            lead(event_date, 1, {{ product_signals.last_day() }}) over (
                partition by user_id order by event_date
            ) as next_date
        from active_days
    ) as active_days
    {%- if unit == 'periods' %}
    inner join user_periods
        on
            active_days.user_id = user_periods.user_id
            and active_days.event_date + {{ span }} >= user_periods.valid_from
            and active_days.event_date + {{ span }} < user_periods.valid_to
    {%- endif %}
    where active_days.event_date + {{ span }} < active_days.next_date

    union distinct

    {% endfor %}
    {% for column in ['begins_on', 'licensed_on', 'last_met_on'] %}
    {% for days in thresholds[column] %}
    select
        user_id,
        {{ column }} + {{ days }} as as_of_date
    from user_periods
    where {{ column }} is not null

    union distinct

    {% endfor %}
    {% endfor %}
    select
        user_periods.user_id,
        greatest(user_periods.valid_from, users.start_on) as as_of_date
    from user_periods
    inner join users
        on user_periods.user_id = users.user_id

    union distinct

    select
        users.user_id,
        scope.as_of_date
    from users
    cross join scope

),

spine as (

    select
        user_id,
        as_of_date,
        max(is_point) as is_point
    from (
        select
            points.user_id,
            points.as_of_date,
            1 as is_point
        from points
        cross join scope
        inner join users
            on
                points.user_id = users.user_id
                and points.as_of_date >= users.start_on
        {{ product_signals.join_restated(
            partial, 'user', 'points.user_id'
        ) }}
        where
            points.as_of_date <= scope.as_of_date
            and {{ product_signals.is_restated_since(
                partial, 'points.as_of_date'
            ) }}

        union all

        select
            user_id,
            as_of_date,
            0 as is_point
        from daily_changes
        where is_point = 0
    ) as all_points
    group by user_id, as_of_date

),

totals as (

    {% set so_far %}over (
            partition by spine.user_id
            order by spine.as_of_date
            rows unbounded preceding
        ){% endset %}
    select
        spine.user_id,
        spine.as_of_date,
        spine.is_point,
        {%- for column in columns %}
        sum(coalesce(daily_changes.{{ column }}, 0)) {{ so_far }}
            as {{ column }},
        {%- endfor %}
        max(daily_changes.last_active_on) {{ so_far }} as last_active_on,
        max(daily_changes.last_active_at) {{ so_far }} as last_active_at
    from spine
    left join daily_changes
        on
            spine.user_id = daily_changes.user_id
            and spine.as_of_date = daily_changes.as_of_date

),

measured as (

    select
        totals.*,
        periods.account_id,
        periods.is_live,
        periods.role,
        periods.account_status,
        periods.profile,
        periods.period_days,
        periods.has_past,
        periods.checklist,
        totals.as_of_date - periods.begins_on as tenure_days,
        case
            when totals.as_of_date >= periods.licensed_on
                then totals.as_of_date - periods.licensed_on
        end as days_since_licensed,
        {{ product_signals.percent(
            'periods.steps_met', 'periods.steps_total'
        ) }} as activation_rate,
        totals.as_of_date - periods.last_met_on as days_since_last_step,
        totals.as_of_date - totals.last_active_on as days_since_last_active,
        {{ product_signals.percent(
            'totals.key_features_used', 'totals.key_features'
        ) }} as adoption_rate,
        {{ product_signals.percent(
            'totals.key_features_ever_used', 'totals.key_features'
        ) }} as lifetime_adoption_rate,
        {# Without Sundays between, the last one's scores stand. #}
        {% if grain_days == 1 -%}
        totals.as_of_date
        {%- else -%}
        case
            when totals.as_of_date = scope.as_of_date then totals.as_of_date
            else totals.as_of_date - cast(
                (totals.as_of_date - cast('2023-01-01' as date)) % 7 as integer
            )
        end
        {%- endif %} as scored_on
    from totals
    cross join scope
    inner join user_periods as periods
        on
            totals.user_id = periods.user_id
            and totals.as_of_date >= periods.valid_from
            and totals.as_of_date < periods.valid_to
    where totals.is_point = 1

),

scored as (

    select
        measured.*,
        scores.score_rank,
        scores.score_percentile,
        scores.rank_in_account,
        {%- for column, idle in {
            'raw_score': '0',
            'score': '0',
            'is_active': 'false',
            'active_days': '0',
            'event_count': '0',
            'features_used': '0',
        }.items() %}
        case
            when measured.profile is not null
                then coalesce(scores.{{ column }}, {{ idle }})
        end as {{ column }},
        {%- endfor %}
        {%- for column in ['score_change', 'behavior_change'] %}
        case
            when scores.user_id is not null then scores.{{ column }}
            when measured.has_past then 0
        end as {{ column }},
        {%- endfor %}
        case
            when scores.user_id is not null then scores.trend
            when measured.has_past then 'flat'
            when measured.profile is not null then 'new'
        end as trend
    from measured
    left join scores
        on
            measured.profile = scores.profile
            and measured.user_id = scores.user_id
            and measured.scored_on = scores.as_of_date

)

select
    scored.user_id,
    scored.as_of_date,
    scored.account_id,
    scored.is_live,
    scored.account_status,
    scored.profile,
    scored.checklist,
    scored.role,
    cast(scored.tenure_days as integer) as tenure_days,
    {{ product_signals.band('tenure_days', 'scored.tenure_days') }}
        as tenure_band,
    cast(scored.days_since_licensed as integer) as days_since_licensed,
    scored.raw_score,
    cast(scored.score as numeric(12, 2)) as score,
    {{ product_signals.band('score', 'scored.score') }} as score_band,
    cast(scored.score - scored.score_change as numeric(12, 2))
        as previous_score,
    cast(scored.score_change as numeric(12, 2)) as score_change,
    cast(scored.behavior_change as numeric(12, 2)) as behavior_change,
    scored.trend,
    cast(scored.score_rank as integer) as score_rank,
    scored.score_percentile,
    cast(scored.rank_in_account as integer) as rank_in_account,
    scored.is_active,
    cast(scored.active_days as integer) as active_days,
    cast(scored.event_count as bigint) as event_count,
    {% if periods -%}
    cast(
        case scored.period_days
            {%- for period_days in periods %}
            when {{ period_days }} then case
                when scored.values_of_{{ period_days }} > 0
                    then scored.value_of_{{ period_days }}
            end
            {%- endfor %}
        end as double precision
    ) as event_value,
    {%- else -%}
    cast(null as double precision) as event_value,
    {%- endif %}
    cast(scored.features_used as integer) as features_used,
    cast(scored.settings_used as integer) as settings_used,
    scored.activation_rate,
    {{ product_signals.band('activation_rate', 'scored.activation_rate') }}
        as activation_band,
    cast(scored.days_since_last_step as integer) as days_since_last_step,
    cast(scored.key_features as integer) as key_features,
    cast(scored.key_features_used as integer) as key_features_used,
    scored.adoption_rate,
    scored.lifetime_adoption_rate,
    {{ product_signals.band('adoption_rate', 'scored.adoption_rate') }}
        as adoption_band,
    scored.last_active_at,
    cast(scored.days_since_last_active as integer) as days_since_last_active,
    cast(
        floor(scored.days_since_last_active / scored.period_days) as integer
    ) as periods_since_last_active,
    cast(scored.flows_abandoned as integer) as flows_abandoned,
    cast(scored.helps_unanswered as integer) as helps_unanswered
from scored
