{{ product_signals.public() }}

with features as (

    {{ product_signals.seed('features') }}

),

bands as (

    {{ product_signals.seed('bands') }}

),

settings as (

    select
        cast(max(case when metric = 'outcome_days' then lower_bound end)
            as integer) as outcome_days,
        cast(max(case when metric = 'comparison_accounts' then lower_bound end)
            as integer) as least_accounts
    from bands

),

subjects as (

    select * from {{ ref('int_product_signals__outcome_subjects') }}

),

used as (

    select distinct
        subjects.outcome,
        subjects.account_id,
        feature_days.feature
    from subjects
    inner join {{ ref('int_product_signals__account_feature_days') }}
        as feature_days
        on
            subjects.account_id = feature_days.account_id
            and feature_days.event_date >= subjects.used_from
            and feature_days.event_date <= subjects.used_to

),

counted as (

    select
        subjects.outcome,
        entitlements.feature,
        count(*) as all_count,
        sum(case when has_outcome then 1 else 0 end) as all_hits,
        count(used.account_id) as group_count,
        sum(case when has_outcome and used.account_id is not null then 1 else 0
            end) as group_hits
    from subjects
    inner join {{ ref('int_product_signals__entitlements') }} as entitlements
        on
            subjects.account_id = entitlements.account_id
            and subjects.used_to >= entitlements.valid_from
            and subjects.used_to < entitlements.valid_to
    left join used
        on
            subjects.outcome = used.outcome
            and subjects.account_id = used.account_id
            and entitlements.feature = used.feature
    group by subjects.outcome, entitlements.feature

),

compared as (

    select
        outcomes.outcome,
        features.feature,
        features.feature_name,
        features.is_key,
        features.is_differentiated,
        settings.outcome_days,
        settings.least_accounts,
        coalesce(counted.all_count, 0) as all_count,
        coalesce(counted.all_hits, 0) as all_hits,
        coalesce(counted.group_count, 0) as group_count,
        coalesce(counted.group_hits, 0) as group_hits,
        coalesce(counted.all_count - counted.group_count, 0) as other_count,
        coalesce(counted.all_hits - counted.group_hits, 0) as other_hits
    from features
    cross join settings
    cross join (
        select 'converted' as outcome
        union all
        select 'retained' as outcome
    ) as outcomes
    left join counted
        on
            features.feature = counted.feature
            and outcomes.outcome = counted.outcome

),

chances as (

    {{ product_signals.hypergeometric('compared') }}

),

{# Two-sided: twice the smaller tail, as either way counts. #}
tested as (

    select
        compared.*,
        least(compared.group_count, compared.other_count)
        >= compared.least_accounts as is_enough,
        case
            when
                compared.all_hits > 0
                and compared.all_hits < compared.all_count
                and least(compared.group_count, compared.other_count)
                >= compared.least_accounts
                then least(1.0, 2 * least(
                    chances.p_above, 1 - chances.p_above + chances.p_exactly
                ))
        end as p_value
    from compared
    inner join chances
        on
            compared.all_count = chances.all_count
            and compared.all_hits = chances.all_hits
            and compared.group_count = chances.group_count
            and compared.group_hits = chances.group_hits

),

adjusted as (

    {{ product_signals.adjusted_p_values('tested', 'outcome') }}

),

measured as (

    select
        adjusted.*,
        {{ product_signals.percent('group_hits', 'group_count') }}
            as rate_with,
        {{ product_signals.percent('other_hits', 'other_count') }}
            as rate_without,
        {%- for bound in ['low', 'high'] %}
        {{ product_signals.rounded('100 * ' ~ product_signals.newcombe(
            bound, 'group_hits', 'group_count', 'other_hits', 'other_count'
        )) }} as difference_{{ bound }},
        {{ product_signals.rounded(product_signals.zou_donner(
            bound, 'group_hits', 'group_count', 'other_hits', 'other_count'
        )) }} as lift_{{ bound }},
        {%- endfor %}
        {{ product_signals.band('false_finding_rate', 'adjusted_p_value') }}
            as evidence,
        case outcome when 'retained' then 'stayed' else outcome end as verb
    from adjusted

)

select
    feature,
    feature_name,
    is_key,
    is_differentiated,
    outcome,
    outcome_days,
    cast(group_count as integer) as accounts_with,
    cast(group_hits as integer) as outcomes_with,
    rate_with,
    cast(other_count as integer) as accounts_without,
    cast(other_hits as integer) as outcomes_without,
    rate_without,
    {{ product_signals.rounded('rate_with / nullif(rate_without, 0)') }}
        as lift,
    lift_low,
    lift_high,
    cast(rate_with - rate_without as numeric(12, 2)) as difference,
    difference_low,
    difference_high,
    p_value,
    adjusted_p_value,
    case
        when is_enough and p_value is not null
            then cast(rate_with as text) || ' % of '
                || cast(group_count as text) || ' accounts that used it '
                || verb || ', ' || cast(rate_without as text) || ' % of '
                || cast(other_count as text) || ' others'
                || case
                    when evidence = 'clear' then ''
                    else ': chance may be all'
                end
                || '. A correlation: the feature need not be the cause.'
        when is_enough
            then 'Too little data: all or none ' || verb || '.'
        when all_count = 0
            then 'Too little data: no account could have ' || verb
                || ' and used it.'
        else 'Too little data: ' || cast(group_count as text)
            || case when group_count = 1 then ' account' else ' accounts' end
            || ' used it and ' || cast(other_count as text)
            || ' did not, ' || cast(least_accounts as text)
            || ' of each are needed.'
    end as reading
from measured
