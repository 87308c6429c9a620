{{ product_signals.public() }}
{% set figure = 'cast({} as numeric(12, 4))' %}

with trials as (

    select
        *,
        {{ product_signals.band('communication', 'communication') }}
            as communication_band
    from {{ ref('int_product_signals__trials') }}

),

personas as (

    {{ product_signals.seed('trial_personas') }}

),

{# -- The persona of each trial -- #}

placed as (

    {{ product_signals.placed_personas('trials', 'personas') }}

),

trials_placed as (

    select
        trials.*,
        coalesce(placed.persona, 'unclassified') as persona,
        placed.certainty,
        placed.possible_personas,
        placed.nearest_persona,
        placed.differs_by
    from trials
    inner join placed
        on trials.account_id = placed.account_id

),

{# -- How likely it is to convert, by the seed and by ended trials -- #}

{# While its time is not over, a trial can only end by converting or leaving. #}
evidence as (

    select
        personas.persona,
        personas.action,
        personas.prior_strength,
        personas.likelihood * personas.prior_strength as prior_converted,
        count(ended.account_id) as ended_trials,
        count(
            case when ended.trial_outcome = 'converted' then 1 end
        ) as converted_trials
    from personas
    cross join {{ ref('int_product_signals__scope') }} as scope
    left join trials_placed as ended
        on
            personas.persona = ended.persona
            and ended.trial_outcome <> 'open'
            and coalesce(ended.trial_ends_on < scope.as_of_date, true)
    group by
        personas.persona,
        personas.action,
        personas.prior_strength,
        personas.likelihood

),

beliefs as (

    select
        *,
        prior_converted + converted_trials as alpha,
        prior_strength - prior_converted + ended_trials - converted_trials
            as beta
    from evidence

),

spread_beliefs as (

    select * from beliefs
    where alpha > 0 and beta > 0

),

intervals as (

    {{ product_signals.beta_interval(
        'spread_beliefs', 'persona', 'relation.alpha', 'relation.beta'
    ) }}

),

likelihoods as (

    select
        beliefs.*,
        beliefs.alpha / (beliefs.alpha + beliefs.beta) as likelihood,
        coalesce(
            intervals.low, beliefs.alpha / (beliefs.alpha + beliefs.beta)
        ) as low,
        coalesce(
            intervals.high, beliefs.alpha / (beliefs.alpha + beliefs.beta)
        ) as high
    from beliefs
    left join intervals
        on beliefs.persona = intervals.persona

),

{# If a trial may be one of several personas: from the least to the most
   likely. #}
ranges as (

    select
        possible.possible_personas,
        min(likelihoods.likelihood) as low,
        max(likelihoods.likelihood) as high
    from (
        select distinct possible_personas from trials_placed
    ) as possible
    inner join likelihoods
        on {{ product_signals.in_list(
            'likelihoods.persona', 'possible.possible_personas'
        ) }}
    group by possible.possible_personas

),

{# -- What it is worth while the trial is open -- #}

valued as (

    select
        trials_placed.*,
        accounts.account_name,
        scope.as_of_date as today,
        trials_placed.trial_outcome = 'open' as is_open,
        coalesce(trials_placed.deal_size, trials_placed.default_deal_size)
            as worth,
        likelihoods.action,
        likelihoods.ended_trials,
        likelihoods.converted_trials,
        {{ figure.format('likelihoods.likelihood') }} as likelihood,
        {{ figure.format(
            'case when ranges.low < likelihoods.likelihood then ranges.low'
            ~ ' when ranges.low is not null then likelihoods.likelihood'
            ~ ' else likelihoods.low end'
        ) }} as likelihood_low,
        {{ figure.format(
            'case when ranges.high > likelihoods.likelihood then ranges.high'
            ~ ' when ranges.high is not null then likelihoods.likelihood'
            ~ ' else likelihoods.high end'
        ) }} as likelihood_high
    from trials_placed
    cross join {{ ref('int_product_signals__scope') }} as scope
    left join {{ ref('stg_product_signals__accounts') }} as accounts
        on trials_placed.account_id = accounts.account_id
    left join likelihoods
        on trials_placed.persona = likelihoods.persona
    left join ranges
        on trials_placed.possible_personas = ranges.possible_personas

)

select
    account_id,
    account_name,
    today as as_of_date,
    case when is_open then cast(row_number() over (
        partition by is_open
        order by
            case
                when pql_state = 'overdue' then 1
                when pql_state = 'qualified' then 2
                when pql_state = 'nudge' then 3
                else 4
            end,
            coalesce(worth * likelihood, -1) desc,
            coalesce(likelihood, -1) desc,
            trial_ends_on,
            account_id
    ) as integer) end as lead_rank,
    csm as owner,
    pql_state,
    cast(state_since as date) as state_since,
    qualified_by,
    persona,
    case when is_open then action end as action,
    {%- for name in ['', '_low', '_high'] %}
    {#- To the cent. #}
    case
        when is_open
            then cast(
                floor(worth * likelihood{{ name }} * 100 + 0.5) / 100
                as numeric(18, 2)
            )
    end as expected_value{{ name }},
    {%- endfor %}
    worth as deal_size,
    case
        when deal_size is not null then 'given'
        when worth is not null then 'default'
    end as deal_size_source,
    {%- for name in ['', '_low', '_high'] %}
    case when is_open then likelihood{{ name }} end as likelihood{{ name }},
    {%- endfor %}
    cast(ended_trials as integer) as ended_trials,
    cast(converted_trials as integer) as converted_trials,
    certainty as persona_certainty,
    possible_personas,
    nearest_persona,
    differs_by,
    activation_band,
    {{ product_signals.band_order('activation_rate', 'activation_band') }}
        as activation_band_order,
    score_band as engagement_band,
    {{ product_signals.band_order('score', 'score_band') }}
        as engagement_band_order,
    communication_band,
    {{ product_signals.band_order('communication', 'communication_band') }}
        as communication_band_order,
    activation_rate,
    score,
    cast(active_users as integer) as active_users,
    communication,
    sentiment,
    fit,
    complexity,
    complexity_source,
    size_band,
    {{ product_signals.band_order('size_value', 'size_band') }}
        as size_band_order,
    trial_outcome,
    talks_from as trial_started_on,
    trial_ends_on,
    ended_on,
    as_of_date as figures_on,
    nudged_on,
    qualified_on,
    contacted_on,
    overdue_on,
    case when pql_state = 'converted' then ended_on end as converted_on,
    {{ product_signals.null_reasons([
        ('activation_rate is null', 'activation_rate', 'no checklist fits'),
        ('score is null', 'score', 'no profile fits'),
        ('communication is null', 'communication', 'no such input'),
        ('not has_threshold', 'qualified_on', 'no threshold for that size'),
        ('not is_open', 'expected_value', 'the trial is over'),
        ('is_open and worth is null', 'expected_value', 'no deal size'),
        ('is_open and likelihood is null', 'expected_value',
            'no likelihood for that persona'),
    ]) }} as null_reasons
from valued
