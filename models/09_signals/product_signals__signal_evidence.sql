{#
    Why a signal opened: every condition of every group that held on that day,
    with the figure it saw.
#}
{{ config(access='public') }}
-- depends_on: {{ ref('int_product_signals__signal_rules') }}
{% set rules = product_signals.signal_rules() %}
{% set vectors = {
    'account': ref('product_signals__accounts_daily'),
    'user': ref('int_product_signals__user_vectors'),
} %}

with observed as (

    {% for rule in rules %}
    select
        episodes.signal_id,
        {{ rule['condition_group'] }} as condition_group,
        {{ rule['condition_number'] }} as condition_number,
        vectors.profile,
        cast(vectors.{{ rule['metric'] }} as text) as observed,
        vectors.as_of_date as observed_on,
        {{ product_signals.condition(rule, rule['value']) }} as is_met
    from {{ ref('int_product_signals__episodes') }} as episodes
    inner join {{ vectors[rule['entity']] }} as vectors
        on
            episodes.entity_id = vectors.{{ rule['entity'] }}_id
            and episodes.opened_on = vectors.as_of_date
    where
        episodes.signal = {{ product_signals.metric_literal(
            rule['signal'], 'text'
        ) }}
    union all
    {% endfor %}
    {# So that there is a query with no rule switched on, too. #}
    select
        cast(null as text) as signal_id,
        cast(null as integer) as condition_group,
        cast(null as integer) as condition_number,
        cast(null as text) as profile,
        cast(null as text) as observed,
        cast(null as date) as observed_on,
        cast(null as boolean) as is_met
    where 1 = 0

),

groups_met as (

    select
        signal_id,
        condition_group
    from observed
    group by signal_id, condition_group
    having min(case when is_met then 1 else 0 end) = 1

),

evidence as (

    select
        observed.signal_id,
        observed.condition_group,
        observed.condition_number,
        rules.metric,
        rules.operator,
        rules.value as threshold,
        observed.observed,
        observed.observed_on,
        case rules.time_window
            when 'day' then 1
            when 'period' then profiles.period_days
            when 'adoption' then {{ var('adoption_window_days') }}
            when 'seen'
                then case
                    when profiles.period_days > {{ var('seen_days') }}
                        then profiles.period_days
                    else {{ var('seen_days') }}
                end
        end as window_days
    from observed
    inner join groups_met
        on
            observed.signal_id = groups_met.signal_id
            and observed.condition_group = groups_met.condition_group
    inner join {{ ref('int_product_signals__episodes') }} as episodes
        on observed.signal_id = episodes.signal_id
    inner join {{ ref('int_product_signals__signal_rules') }} as rules
        on
            episodes.signal = rules.signal
            and observed.condition_group = rules.condition_group
            and observed.condition_number = rules.condition_number
    left join {{ ref('stg_product_signals__score_profiles') }} as profiles
        on observed.profile = profiles.profile

)

select * from evidence
