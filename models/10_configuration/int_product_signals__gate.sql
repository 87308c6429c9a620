{#
    Stops the run if the configuration is bad. All other models that read seeds
    or inputs wait for this one, so the tables of the last good run stay as they
    are.
#}
{{ config(materialized='table') }}

{% set problems = ref('int_product_signals__problems') %}
{% do product_signals.refuse_bad_configuration(problems) %}

select * from {{ problems }}
