{#
    Key features that an account no longer uses, on the day on which it has not
    for the band lost of feature_days, though it still may. It used them in
    enough of the eight weeks up to the last use: the band usual of
    feature_weeks.
#}
{{ product_signals.incremental_by_day('date_day') }}
{% set lost_after = product_signals.band_begins('feature_days', 'lost') %}
{% set weeks = 8 %}

with features as (

    {{ product_signals.seed('features') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

key_days as (

    select
        days.account_id,
        days.feature,
        days.event_date,
        lead(days.event_date) over (
            partition by days.account_id, days.feature order by days.event_date
        ) as next_date
    from {{ ref('int_product_signals__account_feature_days') }} as days
    inner join features
        on days.feature = features.feature
    where
        features.is_key
        and {{ product_signals.in_rebuild(
            'days.event_date', lost_after + 7 * weeks
        ) }}

),

{# What is used on that day is not lost. #}
silences as (

    select
        account_id,
        feature,
        event_date as last_date,
        event_date + {{ lost_after }} as date_day
    from key_days
    where next_date is null or next_date > event_date + {{ lost_after }}

),

lost as (

    select
        silences.account_id,
        silences.feature,
        silences.date_day,
        count(distinct floor((silences.last_date - days.event_date) / 7.0))
            as weeks_used
    from silences
    inner join key_days as days
        on
            silences.account_id = days.account_id
            and silences.feature = days.feature
            and days.event_date <= silences.last_date
            and days.event_date > silences.last_date - {{ 7 * weeks }}
    where {{ product_signals.in_rebuild('silences.date_day') }}
    group by silences.account_id, silences.feature, silences.date_day

)

select
    lost.account_id,
    lost.feature,
    lost.date_day,
    1 as occurrences
from lost
cross join scope
inner join {{ ref('int_product_signals__entitlements') }} as entitlements
    on
        lost.account_id = entitlements.account_id
        and lost.feature = entitlements.feature
        and lost.date_day >= entitlements.valid_from
        and lost.date_day < entitlements.valid_to
where
    lost.date_day <= scope.as_of_date
    and {{ product_signals.band('feature_weeks', 'lost.weeks_used') }} = 'usual'
