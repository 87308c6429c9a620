{#
    How much of what it is allowed an account uses, by meter: each reading
    until the next. A reading without account, meter, use or allowance, or with
    a time that can't be read, is left out. Empty without the usage_limits
    input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set limits = product_signals.input_relation('usage_limits') %}
{% set columns = product_signals.input_columns(limits) %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('account_id', 'text', columns) }} as account_id,
        {{ value('meter', 'text', columns) }} as meter,
        {{ value('used', 'number', columns) }} as used,
        {{ value('allowed', 'number', columns) }} as allowed,
        {{ value('measured_at', 'timestamp', columns) }} as measured_at,
        {{ product_signals.unread('measured_at', 'timestamp', columns)
            or '1 = 0' }} as is_time_unread,
        coalesce(
            {{ value('measured_at', 'date', columns) }},
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
    where
        account_id is not null
        and meter is not null
        and used is not null
        and allowed is not null
        and not is_time_unread

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
