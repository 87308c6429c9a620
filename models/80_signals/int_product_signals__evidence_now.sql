{#
    The conditions of int_product_signals__signal_evidence for open states, and
    for those that closed within a month, with the figures of the last day.
#}
{% set metrics = {
    'account': ref('int_product_signals__account_figures'),
    'user': ref('int_product_signals__user_figures'),
    'product': ref('int_product_signals__product_metrics'),
} %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

signals as (

    {{ product_signals.seed('signals') }}

),

rules as (

    select * from {{ ref('int_product_signals__signal_rules') }}

),

episodes as (

    select
        episodes.*,
        cast(null as text) as subject,
        scope.as_of_date
    from {{ ref('int_product_signals__episodes') }} as episodes
    cross join scope
    inner join signals
        on episodes.signal = signals.signal
    where
        signals.kind = 'state'
        and coalesce(episodes.closed_on > scope.as_of_date - 30, true)

),

{% for entity, relation in metrics.items() %}
{{ product_signals.evidence(
    entity, relation, 'as_of_date', '(select scope.as_of_date from scope)'
) }},

{% endfor %}
evidence as (

    {% for entity in metrics %}
    select * from {{ entity }}_evidence
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    evidence.signal_id,
    evidence.condition_group,
    evidence.condition_number,
    evidence.observed,
    evidence.sentence
from evidence
inner join {{ ref('int_product_signals__signal_evidence') }} as opened
    on
        evidence.signal_id = opened.signal_id
        and evidence.condition_group = opened.condition_group
        and evidence.condition_number = opened.condition_number
