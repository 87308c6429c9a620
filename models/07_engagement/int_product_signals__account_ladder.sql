{#
    Where a raw score stands among the accounts of a profile on a day: its
    rank, and the share of accounts with points that have no more than it.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with counted as (

    select
        points.profile,
        points.as_of_date,
        points.exact_points,
        count(*) as accounts
    from {{ ref('int_product_signals__account_points') }} as points
    {{ product_signals.join_account_profile('points') }}
    where
        points.exact_points > 0
        and {{ product_signals.in_rebuild('points.as_of_date') }}
    group by points.profile, points.as_of_date, points.exact_points

),

{{ product_signals.ladder('counted', 'accounts') }}

select
    profile,
    as_of_date,
    exact_points,
    cast(score_rank as integer) as score_rank,
    cast(percentile as double precision) as percentile
from ladder
