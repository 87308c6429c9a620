{{ product_signals.public() }}

with event_weights as (

    {{ product_signals.seed('event_weights') }}

),

bands as (

    {{ product_signals.seed('bands') }}

),

settings as (

    select
        cast(max(case when metric = 'comparison_accounts' then lower_bound end)
            as integer) as least_accounts,
        max(
            case
                when metric = 'standard_errors' and band = 'chance'
                    then upper_bound
            end
        ) as standard_errors
    from bands

),

event_outcomes as (

    select * from {{ ref('int_product_signals__event_outcomes') }}

),

bounded as (

    select
        event_outcomes.*,
        settings.least_accounts,
        event_outcomes.log_odds
        - settings.standard_errors * event_outcomes.standard_error as log_low,
        event_outcomes.log_odds
        + settings.standard_errors * event_outcomes.standard_error as log_high,
        coalesce(
            settings.standard_errors is not null
            and least(
                event_outcomes.compared_with, event_outcomes.compared_without
            ) >= settings.least_accounts,
            false
        ) as is_enough
    from event_outcomes
    cross join settings

),

{# The event that surely helps, and helps most: others are measured by it. #}
strongest as (

    select
        outcome,
        log_odds,
        log_low,
        log_high
    from (
        select
            *,
            row_number() over (
                partition by outcome order by log_odds desc, event_name
            ) as place
        from bounded
        where is_enough and log_low > 0
    ) as helpful
    where place = 1

),

weight_sets as (

    select
        weight_set,
        coalesce(nullif(max(weight), 0), 10) as top_weight
    from event_weights
    group by weight_set

),

{# The range also allows for the error of the strongest event. #}
measured as (

    select
        weight_sets.weight_set,
        bounded.*,
        coalesce(event_weights.weight, 0) as current_weight,
        {%- for name, effect, beside in [
            ('measured_weight', 'log_odds', 'log_odds'),
            ('suggested_low', 'log_low', 'log_high'),
            ('suggested_high', 'log_high', 'log_low'),
        ] %}
        case
            when not bounded.is_enough then null
            when bounded.{{ effect }} <= 0 then 0
            when strongest.outcome is not null
                then {{ product_signals.rounded(
                    'least(10, weight_sets.top_weight * bounded.' ~ effect
                    ~ ' / strongest.' ~ beside ~ ')'
                ) }}
        end as {{ name }},
        {%- endfor %}
        {#- Capped at half a billion to fit the type. #}
        {%- for name, effect in {
            'odds_ratio': 'log_odds',
            'odds_ratio_low': 'log_low',
            'odds_ratio_high': 'log_high',
        }.items() %}
        case
            when bounded.{{ effect }} is not null
                then {{ product_signals.rounded(
                    'exp(greatest(-20, least(20, bounded.' ~ effect ~ ')))'
                ) }}
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from bounded
    cross join weight_sets
    left join event_weights
        on
            weight_sets.weight_set = event_weights.weight_set
            and bounded.event_name = event_weights.event_name
    left join strongest
        on bounded.outcome = strongest.outcome

),

judged as (

    select
        *,
        case
            when not is_enough then 'too_little_data'
            when current_weight < suggested_low then 'raise'
            when current_weight > suggested_high then 'lower'
            else 'keep'
        end as verdict,
        with_hits + with_misses as with_count,
        without_hits + without_misses as without_count,
        case outcome when 'retained' then 'stayed' else outcome end as verb
    from measured

),

suggested as (

    select
        *,
        case verdict
            when 'keep' then {{ product_signals.rounded('current_weight') }}
            else measured_weight
        end as suggested_weight
    from judged

)

select
    weight_set,
    event_name,
    outcome,
    verdict,
    current_weight,
    suggested_weight,
    suggested_low,
    suggested_high,
    {{ product_signals.rounded('suggested_weight - current_weight') }}
        as weight_difference,
    odds_ratio,
    odds_ratio_low,
    odds_ratio_high,
    cast(with_count + without_count as integer) as accounts,
    cast(with_count as integer) as accounts_with,
    compared_with,
    compared_without,
    {{ product_signals.percent('with_hits', 'with_count') }} as rate_with,
    {{ product_signals.percent('without_hits', 'without_count') }}
        as rate_without,
    case
        when is_enough
            then 'The odds that accounts with it ' || verb || ' were '
                || cast(odds_ratio as text) || ' times ('
                || cast(odds_ratio_low as text) || ' to '
                || cast(odds_ratio_high as text)
                || ') those of others as active.'
                || ' A correlation: the event need not be the cause.'
        when with_count + without_count = 0
            then 'Too little data: no account could have ' || verb
                || ' and done it.'
        when
            with_hits + without_hits in (0, with_count + without_count)
            then 'Too little data: all or none ' || verb || '.'
        else 'Too little data: of accounts equally active, '
            || cast(compared_with as text) || ' that did it and '
            || cast(compared_without as text)
            || ' that did not can be compared, '
            || cast(least_accounts as text) || ' of each are needed.'
    end as reading
from suggested
