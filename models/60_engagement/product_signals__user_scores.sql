{# Every day, or Sundays and the last day: see the variable history_grain. #}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{% set periods = product_signals.profile_periods() %}
{% set first_day = product_signals.rebuild_from() or 'scope.history_start' %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

profiles as (

    {{ product_signals.seed('score_profiles') }}

),

published as (

    select user_scores.*
    from {{ ref('int_product_signals__user_scores') }} as user_scores
    cross join scope
    where
        {{ product_signals.in_rebuild('user_scores.as_of_date') }}
        and {{ product_signals.is_published('user_scores.as_of_date') }}

),

totals as (

    select
        *,
        lead(changed_on, 1, {{ product_signals.last_day() }}) over (
            partition by user_id order by changed_on
        ) as next_changed_on
    from {{ ref('int_product_signals__user_totals') }}

),

{# One row per thirty days that a total touches, so that a day searches few. #}
monthly_totals as {{ product_signals.materialized() }} (

    select
        totals.*,
        {{ product_signals.month_number('totals.holds_from') }}
        + numbers.number as month_number
    from (
        select
            totals.*,
            greatest(totals.changed_on, {{ first_day }}) as holds_from,
            least(totals.next_changed_on - 1, scope.as_of_date) as holds_to
        from totals
        cross join scope
        where totals.next_changed_on > {{ first_day }}
    ) as totals
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on
            numbers.number
            <= {{ product_signals.month_number('totals.holds_to') }}
            - {{ product_signals.month_number('totals.holds_from') }}

)

select
    published.profile,
    published.user_id,
    published.as_of_date,
    published.account_id,
    published.is_main_profile,
    published.raw_score,
    published.score,
    {{ product_signals.band('score', 'published.score') }} as score_band,
    {{ product_signals.band('score', 'published.score', true) }}
        as score_band_order,
    scale.benchmark,
    scale.benchmark_source,
    published.previous_raw_score,
    cast(published.score - published.score_change as numeric(12, 2))
        as previous_score,
    published.score_change,
    published.behavior_change,
    cast(published.score_change - published.behavior_change as numeric(12, 2))
        as rescale_change,
    {{ product_signals.trend(
        'coalesce(published.behavior_change, published.score_change)'
    ) }} as trend,
    published.score_rank,
    published.score_percentile,
    published.rank_in_account,
    published.leads_account,
    {{ product_signals.is_active(
        'published.active_days',
        '(published.as_of_date - totals.last_active_on)'
    ) }} as is_active,
    published.active_days,
    published.event_count,
    published.previous_event_count,
    {% if periods -%}
    cast(
        case profiles.period_days
            {%- for period_days in periods %}
            when {{ period_days }} then totals.features_used_{{ period_days }}
            {%- endfor %}
        end as integer
    ) as features_used,
    {%- else -%}
    cast(null as integer) as features_used,
    {%- endif %}
    {{ product_signals.percent(
        'totals.key_features_used', 'totals.key_features'
    ) }} as adoption_rate,
    totals.last_active_at
from published
inner join profiles
    on published.profile = profiles.profile
inner join {{ ref('int_product_signals__user_score_scale') }} as scale
    on
        scale.exact_points = 0
        and published.profile = scale.profile
        and published.as_of_date = scale.as_of_date
inner join monthly_totals as totals
    on
        published.user_id = totals.user_id
        and {{ product_signals.month_number('published.as_of_date') }}
        = totals.month_number
        and published.as_of_date >= totals.changed_on
        and published.as_of_date < totals.next_changed_on
