{# Use on the latest date. A mean hides that a few do most. #}
{{ product_signals.public() }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

account_use as (

    select
        scores.profile,
        'account' as entity,
        'all' as account_id,
        scores.raw_score as points
    from {{ ref('product_signals__account_scores') }} as scores
    inner join scope
        on scores.as_of_date = scope.as_of_date
    where scores.raw_score > 0

),

user_use as (

    select
        scores.profile,
        'user' as entity,
        'all' as account_id,
        scores.raw_score as points
    from {{ ref('product_signals__user_scores') }} as scores
    inner join scope
        on scores.as_of_date = scope.as_of_date
    where scores.raw_score > 0

),

user_use_of_accounts as (

    select
        windows.profile,
        'user' as entity,
        windows.account_id,
        {{ product_signals.from_exact('windows.exact_points') }} as points
    from {{ ref('int_product_signals__user_windows') }} as windows
    inner join scope
        on windows.as_of_date = scope.as_of_date
    where windows.account_id is not null and windows.exact_points > 0

),

spread as (

    select * from account_use
    union all
    select * from user_use
    union all
    select * from user_use_of_accounts

),

placed as (

    select
        *,
        row_number() over (
            partition by profile, entity, account_id order by points
        ) as place,
        count(*) over (
            partition by profile, entity, account_id
        ) as members
    from spread

)

select
    profile,
    entity,
    account_id,
    cast(count(*) as integer) as members,
    {#- Points have no limit, so numeric(12, 2) doesn't hold them all. #}
    {%- for name, points in {
        'points': 'sum(points)',
        'mean_points': 'avg(points)',
        'p10_points': 'percentile_cont(0.1) within group (order by points)',
        'p25_points': 'percentile_cont(0.25) within group (order by points)',
        'p50_points': 'percentile_cont(0.5) within group (order by points)',
        'p75_points': 'percentile_cont(0.75) within group (order by points)',
        'p90_points': 'percentile_cont(0.9) within group (order by points)',
        'p99_points': 'percentile_cont(0.99) within group (order by points)',
        'max_points': 'max(points)',
    }.items() %}
    cast(round(cast({{ points }} as numeric(28, 6)), 2) as numeric(28, 2))
        as {{ name }},
    {%- endfor %}
    {#- The top tenth of the members, at least one. #}
    {{ product_signals.percent(
        'sum(case when place > members - greatest(floor(members / 10.0), 1)'
        ~ ' then points end)',
        'sum(points)'
    ) }} as top_tenth_share,
    {{ product_signals.rounded(
        '100 * ' ~ product_signals.gini('points', 'place')
    ) }} as gini
from placed
group by profile, entity, account_id
