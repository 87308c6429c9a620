{#
    How a day's points enter and leave the windows of a profile.

    age            days since the points were earned
    share          of those points that count in the current window from that
                   age on: 1 at first, less with decay, 0 after the period
    share_before   the share until then
    previous_…     the same for the prior window, which ended change_days before
    entering       1 where a day enters the current window, -1 where it leaves
    previous_entering   the same for the prior window
    Only ages at which something changes have a row: few without daily decay. A
    row holds until next_age.
#}

with profiles as (

    {{ product_signals.seed('score_profiles') }}

),

ages as (

    select
        profiles.profile,
        profiles.weight_set,
        profiles.period_days,
        profiles.change_days,
        numbers.number as age,
        case
            when numbers.number >= profiles.period_days then 0.0
            when profiles.decay = 'linear'
                and numbers.number >= profiles.decay_days then 0.0
            when profiles.decay = 'linear'
                then 1.0 - numbers.number / profiles.decay_days
            {# Postgres refuses a power too small for double precision. #}
            when profiles.decay = 'half_life'
                then power(
                    0.5, least(numbers.number / profiles.decay_days, 100)
                )
            when profiles.decay = 'halving'
                then power(
                    0.5, least(floor(numbers.number / profiles.decay_days), 100)
                )
            else 1.0
        end as share
    from profiles
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= profiles.period_days + profiles.change_days

),

shares as (

    select
        current_ages.profile,
        current_ages.weight_set,
        current_ages.period_days,
        current_ages.change_days,
        current_ages.age,
        cast(current_ages.share as double precision) as share,
        cast(coalesce(ages_before.share, 0) as double precision)
            as share_before,
        cast(coalesce(older_ages.share, 0) as double precision)
            as previous_share,
        cast(coalesce(older_ages_before.share, 0) as double precision)
            as previous_share_before
    from ages as current_ages
    left join ages as ages_before
        on
            current_ages.profile = ages_before.profile
            and current_ages.age - 1 = ages_before.age
    left join ages as older_ages
        on
            current_ages.profile = older_ages.profile
            and current_ages.age - current_ages.change_days = older_ages.age
    left join ages as older_ages_before
        on
            current_ages.profile = older_ages_before.profile
            and current_ages.age - current_ages.change_days - 1
            = older_ages_before.age

)

select
    profile,
    weight_set,
    age,
    lead(age) over (partition by profile order by age) as next_age,
    share,
    share_before,
    previous_share,
    previous_share_before,
    case
        when age = 0 then 1
        when age = period_days then -1
        else 0
    end as entering,
    case
        when age = change_days then 1
        when age = period_days + change_days then -1
        else 0
    end as previous_entering
from shares
where
    share <> share_before
    or previous_share <> previous_share_before
    or age in (0, period_days, change_days, period_days + change_days)
