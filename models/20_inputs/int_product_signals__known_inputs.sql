{#
    What this run knew of everything but events, for the next one to compare
    with: int_product_signals__current_inputs, kept once the run is logged.
#}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}
-- depends_on: {{ ref('int_product_signals__runs') }}
{% do product_signals.refuse_unlogged() %}

select * from {{ ref('int_product_signals__current_inputs') }}
