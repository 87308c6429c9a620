{# Every day, or Sundays and the last day, by the variable history_grain. #}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{% set periods = product_signals.profile_periods() %}

with profiles as (

    {{ product_signals.seed('score_profiles') }}

),

published as (

    select user_scores.*
    from {{ ref('int_product_signals__user_scores') }} as user_scores
    cross join {{ ref('int_product_signals__scope') }} as scope
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

)

select
    published.*,
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
inner join totals
    on
        published.user_id = totals.user_id
        and published.as_of_date >= totals.changed_on
        and published.as_of_date < totals.next_changed_on
