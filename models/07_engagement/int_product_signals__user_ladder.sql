{#
    Where a raw score stands among the users of a profile on a day: its rank,
    and the share of users with points that have no more than it.

    Many users share a raw score, so counting them per raw score first makes
    this far smaller than ranking every user.
#}
{{ product_signals.incremental_by_day('as_of_date') }}

with profiles as (

    {{ product_signals.seed('score_profiles') }}

),

{# A part of a user in an account is placed among users too, where the
   percentile is the score. #}
counted as (

    select
        windows.profile,
        windows.as_of_date,
        windows.exact_points,
        count(case when windows.is_user then 1 end) as users
    from {{ ref('int_product_signals__score_windows') }} as windows
    inner join profiles
        on windows.profile = profiles.profile
    where
        windows.exact_points > 0
        and (windows.is_user or profiles.normalization = 'percentile')
        and {{ product_signals.in_rebuild('windows.as_of_date') }}
    group by windows.profile, windows.as_of_date, windows.exact_points

),

{{ product_signals.ladder('counted', 'users') }}

select
    profile,
    as_of_date,
    exact_points,
    cast(score_rank as integer) as score_rank,
    cast(percentile as double precision) as percentile
from ladder
