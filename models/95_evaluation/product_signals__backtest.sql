{#
    An interval counts each account once: repeated statements about one account
    are one observation.
#}
{{ product_signals.public() }}
{% set horizon_days = product_signals.band_begins('outcome_days', 'before') %}

with signals as (

    {{ product_signals.seed('signals') }}

),

personas as (

    {{ product_signals.seed('trial_personas') }}

),

thresholds as (

    {{ product_signals.seed('pql_thresholds') }}

),

scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

statements as (

    select * from {{ ref('int_product_signals__statements') }}

),

counted as (

    select
        rule_type,
        rule,
        compared_with,
        outcome,
        count(is_hit) as fired,
        sum(case when is_hit then 1 else 0 end) as hits,
        count(distinct case when is_hit is not null then account_id end)
            as accounts,
        sum(case when is_left_out then 1 else 0 end) as left_out
    from statements
    group by rule_type, rule, compared_with, outcome

),

{# -- What happened, and how long before a rule said so -- #}

happened as (

    select distinct
        statements.compared_with,
        statements.outcome,
        statements.account_id,
        statements.happened_on
    from statements
    cross join scope
    where
        statements.rule_type = 'all'
        and statements.happened_on <= scope.as_of_date
        and (
            statements.compared_with <> 'account_weeks'
            or statements.happened_on - {{ horizon_days }}
            >= scope.history_start
        )

),

foretold as (

    select
        statements.rule_type,
        statements.rule,
        happened.compared_with,
        happened.outcome,
        happened.happened_on - min(statements.said_on) as lead_days
    from happened
    inner join statements
        on
            happened.compared_with = statements.compared_with
            and happened.outcome = statements.outcome
            and happened.account_id = statements.account_id
            and happened.happened_on > statements.said_on
            and (
                happened.compared_with <> 'account_weeks'
                or happened.happened_on - {{ horizon_days }}
                <= statements.said_on
            )
    group by
        statements.rule_type,
        statements.rule,
        happened.compared_with,
        happened.outcome,
        happened.account_id,
        happened.happened_on

),

recalled as (

    select
        rule_type,
        rule,
        compared_with,
        outcome,
        count(*) as foretold,
        percentile_cont(0.5) within group (order by lead_days)
            as median_lead_days
    from foretold
    group by rule_type, rule, compared_with, outcome

),

outcomes as (

    select
        compared_with,
        outcome,
        count(*) as outcomes
    from happened
    group by compared_with, outcome

),

{# -- Every rule, whether or not it ever fired -- #}

rules as (

    select
        'signal' as rule_type,
        signals.signal as rule,
        'account_weeks' as compared_with,
        outcomes.outcome
    from signals
    cross join (
        {%- for outcome in ['cancelled', 'left', 'expanded', 'converted'] %}
        select '{{ outcome }}' as outcome
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as outcomes
    where signals.is_enabled and signals.entity <> 'product'

    union

    select
        'persona' as rule_type,
        persona as rule,
        'trials' as compared_with,
        'converted' as outcome
    from personas

    union

    select
        'pql' as rule_type,
        'qualified: ' || complexity || ', ' || size_band as rule,
        complexity || ', ' || size_band as compared_with,
        'converted' as outcome
    from thresholds

    {% for state in ['nudge', 'qualified', 'overdue'] %}
    union

    select
        'pql' as rule_type,
        '{{ state }}' as rule,
        'trials' as compared_with,
        'converted' as outcome

    {% endfor %}
    union

    select
        rule_type,
        rule,
        compared_with,
        outcome
    from counted
    where rule_type <> 'all'

),

compared as (

    select
        rules.rule_type,
        rules.rule,
        rules.outcome,
        case when rules.compared_with = 'account_weeks'
            then {{ horizon_days }}
        end as horizon_days,
        coalesce(counted.fired, 0) as fired,
        coalesce(counted.accounts, 0) as accounts,
        coalesce(counted.hits, 0) as hits,
        coalesce(counted.left_out, 0) as left_out,
        cast(counted.hits as double precision) / nullif(counted.fired, 0)
            as hit_share,
        base.hits > 0 and base.hits < base.fired as tells_apart,
        cast(base.hits as double precision) / nullif(base.fired, 0)
            as base_share,
        coalesce(outcomes.outcomes, 0) as outcomes,
        coalesce(recalled.foretold, 0) as foretold,
        recalled.median_lead_days
    from rules
    left join counted as base
        on
            base.rule_type = 'all'
            and rules.compared_with = base.compared_with
            and rules.outcome = base.outcome
    left join outcomes
        on
            rules.compared_with = outcomes.compared_with
            and rules.outcome = outcomes.outcome
    {%- for relation in ['counted', 'recalled'] %}
    left join {{ relation }}
        on
            rules.rule_type = {{ relation }}.rule_type
            and rules.rule = {{ relation }}.rule
            and rules.compared_with = {{ relation }}.compared_with
            and rules.outcome = {{ relation }}.outcome
    {%- endfor %}

),

bounded as (

    select
        *,
        {%- for bound in ['low', 'high'] %}
        {{ product_signals.wilson(
            bound, 'hit_share * accounts', 'accounts'
        ) }} as {{ bound }}_share{{ ',' if not loop.last }}
        {%- endfor %}
    from compared

)

select
    rule_type,
    rule,
    outcome,
    cast(horizon_days as integer) as horizon_days,
    case
        when
            {{ product_signals.band('comparison_accounts', 'accounts') }}
            <> 'enough'
            or not coalesce(tells_apart, false)
            then 'too_little_data'
        when low_share > base_share then 'more_often'
        when high_share < base_share then 'less_often'
        else 'no_difference'
    end as verdict,
    cast(fired as integer) as fired,
    cast(accounts as integer) as accounts,
    cast(hits as integer) as hits,
    {{ product_signals.rounded('100 * hit_share') }} as precision_rate,
    {{ product_signals.rounded('100 * low_share') }} as precision_low,
    {{ product_signals.rounded('100 * high_share') }} as precision_high,
    {{ product_signals.rounded('100 * base_share') }} as base_rate,
    {%- for lift, share in {
        'lift': 'hit_share', 'lift_low': 'low_share', 'lift_high': 'high_share',
    }.items() %}
    {{ product_signals.rounded(share ~ ' / nullif(base_share, 0)') }}
        as {{ lift }},
    {%- endfor %}
    cast(outcomes as integer) as outcomes,
    {# Nobody knows what left-out statements foretold. #}
    case
        when left_out = 0
            then {{ product_signals.percent('foretold', 'outcomes') }}
    end as recall_rate,
    case
        when left_out = 0
            then {{ product_signals.rounded('median_lead_days') }}
    end as median_lead_days,
    cast(left_out as integer) as left_out
from bounded
