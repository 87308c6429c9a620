{#
    Measurements of a known user, on each day on which one changes and on the
    last day (int_product_signals__unscored_user_days). A row holds until the
    user's next one. What follows from it is in
    int_product_signals__user_figures.

    Scores are those of the main profile: 0 if the user did nothing, null if no
    profile fits.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{% set first_day = product_signals.rebuild_from() or 'scope.history_start' %}
{% set has_value = product_signals.has_column('events', 'event_value') %}
{% set profile_periods = product_signals.profile_periods() %}
{# Counted for each period that a profile has. #}
{% set by_period = ['features_used'] %}
{% if has_value %}
{% do by_period.extend(['event_value', 'valued_days']) %}
{% endif %}
{% set scored = [
    'raw_score',
    'score',
    'score_change',
    'behavior_change',
    'score_rank',
    'score_percentile',
    'rank_in_account',
    'leads_account',
    'active_days',
    'event_count',
    'previous_event_count',
] %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

periods as (

    select * from {{ ref('int_product_signals__user_periods') }}

),

totals as (

    select
        *,
        lead(changed_on, 1, {{ product_signals.last_day() }}) over (
            partition by user_id order by changed_on
        ) as next_changed_on
    from {{ ref('int_product_signals__user_totals') }}

),

given_up as (

    select
        entity_id as user_id,
        date_day,
        {%- for metric in ['flows_abandoned', 'helps_unanswered'] %}
        sum(case when metric = '{{ metric }}' then occurrences else 0 end)
            as {{ metric }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__occurrences') }}
    where entity = 'user'
    group by entity_id, date_day

),

intervals as (

    select
        periods.*,
        greatest(periods.begins_on, scope.history_start) as start_on,
        totals.key_features,
        totals.key_features_used,
        totals.key_features_ever_used,
        totals.settings_used,
        totals.last_active_on,
        totals.last_active_at,
        {%- for column in by_period %}
        {%- if profile_periods %}
        case periods.period_days
            {%- for period_days in profile_periods %}
            when {{ period_days }} then totals.{{ column }}_{{ period_days }}
            {%- endfor %}
        end as {{ column }},
        {%- else %}
        null as {{ column }},
        {%- endif %}
        {%- endfor %}
        greatest(
            periods.valid_from,
            totals.changed_on,
            periods.begins_on,
            {{ first_day }}
        ) as holds_from,
        least(periods.valid_to, totals.next_changed_on) as holds_to
    from periods
    cross join scope
    inner join totals
        on
            periods.user_id = totals.user_id
            and periods.valid_from < totals.next_changed_on
            and periods.valid_to > totals.changed_on
    where
        periods.valid_to > {{ first_day }}
        and totals.next_changed_on > {{ first_day }}

),

{# A row for every month that an interval touches, so that a day is matched with
   few intervals without a sort. #}
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

days as (

    select
        user_id,
        as_of_date,
        {%- for column in scored %}
        {{ column }},
        {%- endfor %}
        true as is_scored
    from {{ ref('int_product_signals__user_scores') }}
    where
        is_main_profile
        and {{ product_signals.in_rebuild('as_of_date') }}

    union all

    select
        user_id,
        as_of_date,
        {%- for column in scored %}
        null as {{ column }},
        {%- endfor %}
        false as is_scored
    from {{ ref('int_product_signals__unscored_user_days') }}
    where {{ product_signals.in_rebuild('as_of_date') }}

),

measured as (

    select
        days.as_of_date,
        days.is_scored,
        {%- for column in scored %}
        days.{{ column }},
        {%- endfor %}
        intervals.*,
        account_windows.averaged_users,
        coalesce(given_up.flows_abandoned, 0) as flows_abandoned,
        coalesce(given_up.helps_unanswered, 0) as helps_unanswered,
        days.as_of_date - intervals.begins_on as tenure_days,
        case when days.as_of_date >= intervals.licensed_on
            then days.as_of_date - intervals.licensed_on
        end as days_since_licensed,
        days.as_of_date - intervals.start_on as days_on_record,
        {{ product_signals.percent(
            'intervals.steps_met', 'intervals.steps_total'
        ) }} as activation_rate,
        days.as_of_date - intervals.last_met_on as days_since_last_step,
        days.as_of_date - intervals.last_active_on as days_since_last_active
    from days
    inner join monthly_intervals as intervals
        on
            days.user_id = intervals.user_id
            and {{ product_signals.month_number('days.as_of_date') }}
            = intervals.month_number
            and days.as_of_date >= intervals.holds_from
            and days.as_of_date < intervals.holds_to
    left join given_up
        on
            days.user_id = given_up.user_id
            and days.as_of_date = given_up.date_day
    {# is_comparable needs averaged_users. #}
    left join {{ ref('int_product_signals__account_windows') }}
        as account_windows
        on
            days.is_scored
            and intervals.profile = account_windows.profile
            and intervals.account_id = account_windows.account_id
            and days.as_of_date = account_windows.date_day
            and {{ product_signals.in_rebuild('account_windows.date_day') }}

),

idle as (

    select
        measured.*,
        {%- for column, idle in {
            'raw_score': '0',
            'score': '0',
            'active_days': '0',
            'event_count': '0',
        }.items() %}
        case
            when profile is not null then coalesce({{ column }}, {{ idle }})
        end as {{ column }}_or_idle,
        {%- endfor %}
        {%- for column, still in {
            'score_change': 'has_past',
            'behavior_change': "has_past and normalization <> 'percentile'",
        }.items() %}
        case when is_scored then {{ column }} when {{ still }} then 0 end
            as {{ column }}_or_idle{{ ',' if not loop.last }}
        {%- endfor %}
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
    {%- for attribute in product_signals.own_attributes('user') %}
    idle.{{ attribute }},
    {%- endfor %}
    cast(idle.tenure_days as integer) as tenure_days,
    cast(idle.days_since_licensed as integer) as days_since_licensed,
    cast(idle.days_on_record as integer) as days_on_record,
    idle.raw_score_or_idle as raw_score,
    cast(idle.score_or_idle as numeric(12, 2)) as score,
    cast(idle.score_change_or_idle as numeric(12, 2)) as score_change,
    cast(idle.behavior_change_or_idle as numeric(12, 2)) as behavior_change,
    cast(idle.score_rank as integer) as score_rank,
    idle.score_percentile,
    cast(idle.rank_in_account as integer) as rank_in_account,
    coalesce(idle.leads_account, false) as leads_account,
    cast(idle.active_days_or_idle as integer) as active_days,
    cast(idle.event_count_or_idle as bigint) as event_count,
    {{ product_signals.is_comparable('idle') }} as is_comparable,
    {% if has_value -%}
    cast(
        case when idle.valued_days > 0 then idle.event_value end
        as double precision
    ) as event_value,
    {%- else -%}
    cast(null as double precision) as event_value,
    {%- endif %}
    cast(
        case
            when idle.profile is null then null
            when not idle.is_scored then 0
            else idle.features_used
        end as integer
    ) as features_used,
    cast(idle.settings_used as integer) as settings_used,
    idle.activation_rate,
    cast(idle.days_since_last_step as integer) as days_since_last_step,
    cast(idle.key_features as integer) as key_features,
    cast(idle.key_features_used as integer) as key_features_used,
    cast(idle.key_features_ever_used as integer) as key_features_ever_used,
    idle.last_active_at,
    cast(idle.days_since_last_active as integer) as days_since_last_active,
    cast(idle.flows_abandoned as integer) as flows_abandoned,
    cast(idle.helps_unanswered as integer) as helps_unanswered
from idle
