{# A view where possible, as names of users and features are today's. #}
{{ product_signals.public() }}
{{ config(
    materialized=product_signals.view_or_table(),
    meta={'needs': {'materialized': ['view', 'table']}},
) }}

with features as (

    {{ product_signals.seed('features') }}

),

subjects as (

    select
        'user' as subject_type,
        user_id as subject_id,
        coalesce(full_name, email, user_id) as subject
    from {{ ref('stg_product_signals__users') }}

    union all

    select
        'feature' as subject_type,
        feature as subject_id,
        feature_name as subject
    from features

)

select
    evidence.signal_id,
    evidence.condition_group,
    evidence.condition_number,
    evidence.metric,
    evidence.operator,
    evidence.threshold,
    evidence.observed,
    evidence.observed_on,
    evidence_now.observed as observed_now,
    evidence.window_days,
    case
        when episodes.subject_id is null then evidence.sentence
        else replace(
            evidence.sentence,
            '{subject}',
            coalesce(subjects.subject, episodes.subject_id)
        )
    end as sentence
from {{ ref('int_product_signals__signal_evidence') }} as evidence
inner join {{ ref('int_product_signals__episodes') }} as episodes
    on evidence.signal_id = episodes.signal_id
left join {{ ref('int_product_signals__evidence_now') }} as evidence_now
    on
        evidence.signal_id = evidence_now.signal_id
        and episodes.closed_on is null
        and evidence.condition_group = evidence_now.condition_group
        and evidence.condition_number = evidence_now.condition_number
left join subjects
    on
        episodes.subject_type = subjects.subject_type
        and episodes.subject_id = subjects.subject_id
