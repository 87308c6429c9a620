{#
    Selects messages to accounts and from them: the row of the input, and for
    each

    replied_on   the day of the account's next message after it
    asked_on     the day of the last message to the account before it

    Of the same time, the account's come last, as answers.
#}
{% macro messages() -%}
    {%- set order = 'partition by account_id order by occurred_at, direction desc'
    %}
    select
        account_id,
        occurred_at,
        occurred_on,
        direction,
        nullif(lower(trim(sentiment)), '') as sentiment,
        min(case when direction = 'inbound' then occurred_on end) over (
            {{ order }} rows between 1 following and unbounded following
        ) as replied_on,
        max(case when direction = 'outbound' then occurred_on end) over (
            {{ order }} rows between unbounded preceding and 1 preceding
        ) as asked_on
    from ({{ product_signals.input_rows('communications') }}) as communications
{%- endmacro %}
