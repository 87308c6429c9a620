{#
    Scores and metrics of the product ("all") and of each segment over time:
    means and medians over its live accounts. Users are never added up over
    accounts: one who works in two would count twice.
#}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}
{# Changes also need days to compare with. #}
{% set reach = product_signals.longest_change() %}
{% set bands = ['tenure_band', 'size_band', 'mrr_band', 'lifecycle_stage'] %}
{% set attributes = ['all'] + product_signals.segment_attributes() %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

profile_periods as (

    select *
    from {{ ref('int_product_signals__profile_and_checklist_periods') }}
    where entity = 'account' and profile is not null

),

account_days as (

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
        coalesce(scores.score, 0) as score
    from {{ ref('int_product_signals__account_metrics') }} as metrics
    inner join profile_periods
        on
            metrics.account_id = profile_periods.entity_id
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
    where
        metrics.lifecycle_stage <> 'churned'
        and {{ product_signals.in_rebuild('metrics.as_of_date', reach) }}

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
        count(*) as accounts,
        count(case when account_days.active_users > 0 then 1 end)
            as active_accounts,
        count(case when account_days.score = 0 then 1 end)
            as accounts_at_zero,
        avg(account_days.score) as mean_score,
        {# DuckDB interpolates decimals as decimals and truncates them. #}
        percentile_cont(0.5) within group (
            order by cast(account_days.score as double precision)
        ) as median_score,
        avg(account_days.adoption_rate) as adoption_rate,
        avg(account_days.activation_rate) as activation_rate,
        avg(account_days.active_user_rate) as active_user_rate
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
summarized as (

    {% for attribute in attributes + bands %}
    select * from {{ attribute }}_scores
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

published as (

    select
        profile,
        attribute,
        value,
        as_of_date,
        cast(accounts as integer) as accounts,
        cast(active_accounts as integer) as active_accounts,
        {{ product_signals.rounded('mean_score') }} as mean_score,
        {{ product_signals.rounded('median_score') }} as median_score,
        {{ product_signals.percent('accounts_at_zero', 'accounts') }}
            as zero_score_rate,
        {{ product_signals.rounded('adoption_rate') }} as adoption_rate,
        {{ product_signals.rounded('activation_rate') }} as activation_rate,
        {{ product_signals.rounded('active_user_rate') }} as active_user_rate
    from summarized

)

select
    published.*,
    cast(published.mean_score - previous.mean_score as numeric(12, 2))
        as mean_score_change,
    {{ product_signals.trend('published.mean_score - previous.mean_score') }}
        as trend,
    cast(rank() over (
        partition by
            published.profile, published.attribute, published.as_of_date
        order by published.mean_score desc
    ) as integer) as score_rank
from published
inner join score_profiles as profiles
    on published.profile = profiles.profile
cross join {{ ref('int_product_signals__scope') }} as scope
{# A window that the data do not fill yet is not compared with. #}
left join published as previous
    on
        published.profile = previous.profile
        and published.attribute = previous.attribute
        and published.value = previous.value
        and published.as_of_date - profiles.change_days = previous.as_of_date
        and previous.as_of_date
        >= scope.history_start + profiles.period_days - 1
where {{ product_signals.in_rebuild('published.as_of_date') }}
