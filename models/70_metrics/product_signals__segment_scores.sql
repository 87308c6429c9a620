{#
    Scores and metrics of the product ("all") and of each segment over time:
    means and medians over its live accounts, and counts. A user who works in
    two accounts counts once.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{# Changes and slopes also need days to compare with. #}
{% set slope_days = product_signals.slope_days() %}
{% set reach = [product_signals.longest_change(), slope_days] | max %}
{% set active_days = var('active_window_days') %}
{% set best = product_signals.bands()
    | selectattr(0, 'equalto', 'health_score') | list | length %}
{% set bands = product_signals.segment_bands() %}
{% set attributes = ['all'] + product_signals.segment_attributes() %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

live_accounts as (

    select
        profile_periods.profile,
        metrics.account_id,
        metrics.as_of_date,
        metrics.tenure_band,
        metrics.size_band,
        {{ product_signals.band('mrr', 'metrics.mrr') }} as mrr_band,
        metrics.lifecycle_stage,
        metrics.activation_rate,
        metrics.adoption_rate,
        windows.active_users,
        {{ product_signals.percent(
            'windows.active_users', 'windows.seen_users'
        ) }} as active_user_rate,
        coalesce(scores.score, 0) as score,
        health.health_score,
        health.health_grade_order as grade
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as profile_periods
        on
            profile_periods.entity = 'account'
            and metrics.account_id = profile_periods.entity_id
            and metrics.as_of_date >= profile_periods.valid_from
            and metrics.as_of_date < profile_periods.valid_to
    inner join {{ ref('int_product_signals__account_windows') }} as windows
        on
            profile_periods.profile = windows.profile
            and metrics.account_id = windows.account_id
            and metrics.as_of_date = windows.date_day
    left join {{ ref('product_signals__account_scores') }} as scores
        on
            profile_periods.profile = scores.profile
            and metrics.account_id = scores.account_id
            and metrics.as_of_date = scores.as_of_date
    left join {{ ref('int_product_signals__account_health') }} as health
        on
            metrics.account_id = health.account_id
            and metrics.as_of_date = health.date_day
            and {{ product_signals.in_rebuild('health.date_day') }}
    where
        metrics.lifecycle_stage <> 'churned'
        and {{ product_signals.in_rebuild('metrics.as_of_date', reach) }}

),

{# Days on which users who may be in several accounts are active in one. #}
shared_user_days as (

    select distinct
        profiles.profile,
        user_days.account_id,
        user_days.event_date + numbers.number as as_of_date,
        user_days.user_id
    from {{ ref('int_product_signals__user_days') }} as user_days
    inner join {{ ref('int_product_signals__score_subjects') }} as subjects
        on
            user_days.user_id = subjects.user_id
            and user_days.account_id = subjects.account_id
            and not subjects.is_user
    cross join score_profiles as profiles
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number < least(profiles.period_days, {{ active_days }})
    left join {{ ref('int_product_signals__profile_and_checklist_periods') }}
        as periods
        on
            profiles.filter_entity = 'user'
            and periods.entity = 'user'
            and profiles.profile = periods.profile
            and user_days.user_id = periods.entity_id
            and user_days.event_date + numbers.number >= periods.valid_from
            and user_days.event_date + numbers.number < periods.valid_to
    where
        user_days.active_days > 0
        and (
            coalesce(profiles.filter_entity, 'account') = 'account'
            or periods.profile is not null
        )
        and {{ product_signals.in_rebuild(
            'user_days.event_date', active_days
        ) }}

),

{# One row per account with its figures, and one per shared user without. #}
account_days as (

    select
        *,
        cast(null as text) as user_id
    from live_accounts

    union all

    select
        live_accounts.profile,
        live_accounts.account_id,
        live_accounts.as_of_date,
        live_accounts.tenure_band,
        live_accounts.size_band,
        live_accounts.mrr_band,
        live_accounts.lifecycle_stage,
        null as activation_rate,
        null as adoption_rate,
        null as active_users,
        null as active_user_rate,
        null as score,
        null as health_score,
        null as grade,
        shared_user_days.user_id
    from live_accounts
    inner join shared_user_days
        on
            live_accounts.profile = shared_user_days.profile
            and live_accounts.account_id = shared_user_days.account_id
            and live_accounts.as_of_date = shared_user_days.as_of_date

),

{# One attribute at a time: a median keeps every value in memory. #}
{% for attribute in attributes + bands %}
{{ attribute }}_scores as (

    select
        account_days.profile,
        '{{ attribute }}' as attribute,
        {% if attribute in bands -%}
        coalesce(account_days.{{ attribute }}, 'unknown') as value,
        {%- else -%}
        segments.value,
        {%- endif %}
        account_days.as_of_date,
        cast(count(account_days.score) as integer) as accounts,
        cast(count(case when account_days.active_users > 0 then 1 end)
            as integer) as active_accounts,
        cast(
            sum(account_days.active_users)
            - count(account_days.user_id)
            + count(distinct account_days.user_id)
            as integer
        ) as active_users,
        {{ product_signals.rounded('avg(account_days.score)') }} as mean_score,
        {# DuckDB interpolates decimals as decimals and truncates them. #}
        {{ product_signals.rounded(
            'percentile_cont(0.5) within group'
            ~ ' (order by cast(account_days.score as double precision))'
        ) }} as median_score,
        {{ product_signals.percent(
            'count(case when account_days.score = 0 then 1 end)',
            'count(account_days.score)'
        ) }} as zero_score_rate,
        {{ product_signals.rounded('avg(account_days.adoption_rate)') }}
            as adoption_rate,
        {{ product_signals.rounded('avg(account_days.activation_rate)') }}
            as activation_rate,
        {{ product_signals.rounded('avg(account_days.active_user_rate)') }}
            as active_user_rate,
        {{ product_signals.rounded('avg(account_days.health_score)') }}
            as mean_health_score,
        cast(count(case when account_days.grade = 1 then 1 end) as integer)
            as worst_grade_accounts,
        cast(count(
            case when account_days.grade between 2 and {{ best - 1 }} then 1 end
        ) as integer) as middle_grade_accounts,
        cast(count(case when account_days.grade = {{ best }} then 1 end)
            as integer) as best_grade_accounts
    from account_days
    {%- if attribute not in bands %}
    inner join {{ ref('int_product_signals__segment_periods') }} as segments
        on
            segments.attribute = '{{ attribute }}'
            and account_days.account_id = segments.account_id
            and account_days.as_of_date >= segments.valid_from
            and account_days.as_of_date < segments.valid_to
    {%- endif %}
    group by
        account_days.profile,
        {% if attribute in bands -%}
        coalesce(account_days.{{ attribute }}, 'unknown'),
        {%- else -%}
        segments.value,
        {%- endif %}
        account_days.as_of_date

),

{% endfor %}
published as (

    {% for attribute in attributes + bands %}
    select * from {{ attribute }}_scores
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# A window that the data do not fill yet is not compared with. #}
compared as (

    select
        published.*,
        published.as_of_date - scope.history_start as day_number,
        case
            when
                published.as_of_date
                >= scope.history_start + profiles.period_days - 1
                then cast(round(100 * published.mean_score) as double precision)
        end as exact_score,
        published.as_of_date - profiles.change_days as previous_date
    from published
    inner join score_profiles as profiles
        on published.profile = profiles.profile
    cross join {{ ref('int_product_signals__scope') }} as scope

),

sums as (

    {% set lately %}over (
            partition by profile, attribute, value
            order by as_of_date
            rows between {{ slope_days - 1 }} preceding and current row
        ){% endset %}
    select
        *,
        count(exact_score) {{ lately }} as scored_days,
        min(day_number) {{ lately }} as first_day_number,
        sum(exact_score) {{ lately }} as score_sum,
        sum(exact_score * day_number) {{ lately }} as weighted_sum
    from compared

)

select
    sums.profile,
    sums.attribute,
    sums.value,
    sums.as_of_date,
    sums.accounts,
    sums.active_accounts,
    sums.active_users,
    sums.mean_score,
    sums.median_score,
    sums.zero_score_rate,
    sums.adoption_rate,
    sums.activation_rate,
    sums.active_user_rate,
    sums.mean_health_score,
    sums.worst_grade_accounts,
    sums.middle_grade_accounts,
    sums.best_grade_accounts,
    cast(sums.mean_score - previous.mean_score as numeric(12, 2))
        as mean_score_change,
    {{ product_signals.trend('sums.mean_score - previous.mean_score') }}
        as trend,
    {{ product_signals.rounded(product_signals.slope(
        'sums.scored_days',
        'sums.day_number - sums.first_day_number',
        'sums.day_number',
        'sums.score_sum',
        'sums.weighted_sum',
    )) }} as mean_score_slope,
    cast(rank() over (
        partition by sums.profile, sums.attribute, sums.as_of_date
        order by sums.mean_score desc
    ) as integer) as score_rank
from sums
left join sums as previous
    on
        sums.profile = previous.profile
        and sums.attribute = previous.attribute
        and sums.value = previous.value
        and sums.previous_date = previous.as_of_date
        and previous.exact_score is not null
where {{ product_signals.in_rebuild('sums.as_of_date') }}
