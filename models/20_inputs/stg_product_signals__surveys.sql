{#
    What accounts answered in surveys: one row per answer that has an account,
    a time and a score. Empty without the surveys input.
#}
{{ config(materialized='table') }}
-- depends_on: {{ ref('int_product_signals__gate') }}
{% set surveys = product_signals.input_relation('surveys') %}
{% set columns = product_signals.input_columns(surveys) %}
{% set value = product_signals.input_value %}

with given as (

    select
        {{ value('account_id', 'text', columns) }} as account_id,
        {{ value('user_id', 'text', columns) }} as user_id,
        coalesce(
            lower(trim({{ value('survey', 'text', columns) }})), 'nps'
        ) as survey,
        {{ value('score', 'number', columns) }} as score,
        {{ value('answered_at', 'timestamp', columns) }} as answered_at,
        {{ value('answered_at', 'date', columns) }} as answered_on
    {% if surveys %}
    from {{ surveys }}
    {% else %}
    where 1 = 0
    {% endif %}

)

select * from given
where
    account_id is not null
    and answered_at is not null
    and score is not null
