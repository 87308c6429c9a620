{#
    How much of what it is allowed an account uses, by meter: each reading
    until the next. Empty without the usage_limits input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set limits = product_signals.input_relation('usage_limits') %}
{% set types = product_signals.column_types(limits) if limits else {} %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('account_id', 'text', types) }} as account_id,
        {{ value('meter', 'text', types) }} as meter,
        {{ value('used', 'number', types) }} as used,
        {{ value('allowed', 'number', types) }} as allowed,
        {{ value('measured_at', 'timestamp', types) }} as measured_at,
        coalesce(
            {{ value('measured_at', 'date', types) }},
            {{ product_signals.first_day() }}
        ) as valid_from
    {% if limits %}
    from {{ limits }}
    {% else %}
    where 1 = 0
    {% endif %}

),

last_of_day as (

    select
        *,
        row_number() over (
            partition by account_id, meter, valid_from
            order by measured_at desc, used desc, allowed
        ) as place
    from given

)

select
    account_id,
    meter,
    used,
    allowed,
    valid_from,
    lead(valid_from, 1, {{ product_signals.last_day() }}) over (
        partition by account_id, meter order by valid_from
    ) as valid_to
from last_of_day
where place = 1
