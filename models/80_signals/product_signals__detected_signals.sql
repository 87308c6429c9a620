{{ product_signals.public() }}
{{ product_signals.incremental_by('keys', ['signal_id']) }}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

)

select
    episodes.signal_id,
    scope.as_of_date as detected_on
from {{ ref('int_product_signals__episodes') }} as episodes
cross join scope
{%- if is_incremental() %}
left join {{ this }} as detected
    on episodes.signal_id = detected.signal_id
{%- endif %}
where
    scope.is_delivered
    {%- if is_incremental() %}
    and detected.signal_id is null
    {%- endif %}
