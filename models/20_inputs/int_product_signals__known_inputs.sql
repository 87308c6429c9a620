{#
    A copy of int_product_signals__current_inputs, made once this run is logged,
    for the next run to compare with.
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
-- depends_on: {{ ref('int_product_signals__runs') }}
{% do product_signals.refuse_unlogged() %}

select * from {{ ref('int_product_signals__current_inputs') }}
