{#
    Every other model waits for this one. It lets a good configuration pass
    and stops the run at a bad one, before anything is built: the tables of
    the last good run stay as they are.
#}
{{ config(materialized='table') }}

{% set problems = ref('int_product_signals__problems') %}
{% do product_signals.refuse_bad_configuration(problems) %}

select * from {{ problems }}
