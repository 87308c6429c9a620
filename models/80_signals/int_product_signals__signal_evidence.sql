{#
    Why a signal opened: every condition of every group that held on that day,
    with the figure it saw and a sentence that says so. {subject} in it stands
    for the subject of the signal.
#}
{{ product_signals.incremental_by_day('opened_on') }}
{% set metrics = {
    'account': ref('int_product_signals__account_figures'),
    'user': ref('int_product_signals__user_figures'),
    'product': ref('int_product_signals__product_metrics'),
} %}
{% set first_day = product_signals.first_day_of(
    ref('int_product_signals__episodes'),
    'observed_on',
    product_signals.in_rebuild('opened_on'),
) %}

with score_profiles as (

    {{ product_signals.seed('score_profiles') }}

),

rules as (

    select * from {{ ref('int_product_signals__signal_rules') }}

),

episodes as (

    select
        *,
        case when subject_id is not null then '{subject}' end as subject
    from {{ ref('int_product_signals__episodes') }}
    where {{ product_signals.in_rebuild('opened_on') }}

),

{% for entity, relation in metrics.items() %}
{{ product_signals.evidence(
    entity, relation, 'observed_on', first_day
) }},

{% endfor %}
evidence as (

    {% for entity in metrics %}
    select * from {{ entity }}_evidence
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

groups_met as (

    select
        signal_id,
        condition_group
    from evidence
    group by signal_id, condition_group
    having min(case when is_met then 1 else 0 end) = 1

)

select
    evidence.signal_id,
    evidence.opened_on,
    evidence.condition_group,
    evidence.condition_number,
    evidence.metric,
    evidence.operator,
    evidence.threshold,
    evidence.observed,
    evidence.observed_on,
    evidence.window_days,
    evidence.sentence
from evidence
inner join groups_met
    on
        evidence.signal_id = groups_met.signal_id
        and evidence.condition_group = groups_met.condition_group
