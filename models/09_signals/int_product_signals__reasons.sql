{# Why a signal opened, as one text: its sentences of evidence, each once. #}
{{ product_signals.restated_by(['signals'], 'signal_id') }}

with restated as (

    {{ product_signals.restated_signals() }}

),

sentences as (

    select
        evidence.signal_id,
        evidence.sentence,
        min(evidence.condition_group * 1000 + evidence.condition_number)
            as place
    from {{ ref('product_signals__signal_evidence') }} as evidence
    inner join restated
        on evidence.signal_id = restated.signal_id
    group by evidence.signal_id, evidence.sentence

)

select
    signal_id,
    {{ dbt.listagg(
        measure='sentence',
        delimiter_text="'; '",
        order_by_clause='order by place, sentence'
    ) }} as reason
from sentences
group by signal_id
