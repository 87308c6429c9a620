{#
    Values that could not be read and are null, and rows left out for them: a
    row per column of an input with such values, and one per input that left
    rows out. Only accepted events count; the others are in
    product_signals__rejected_events.
#}
{{ config(materialized='table') }}
{% set events = ref('int_product_signals__daily_events') %}
{% set unread = {} %}
{% for input in product_signals.input_spec() if input != 'events' %}
{% set relation = product_signals.input_relation(input) %}
{% if relation and product_signals.unread_columns(input) %}
{% do unread.update({input: relation}) %}
{% endif %}
{% endfor %}
{% set nothing %}
select
        cast(null as text) as check_name,
        cast(null as text) as model_name,
        cast(null as text) as column_name,
        cast(0 as bigint) as unread_rows,
        cast(null as text) as example,
        cast(null as bigint) as received_rows
    where 1 = 0
{% endset %}

with {% for input, relation in unread.items() -%}
{{ input }} as (

    select
        {%- for column, is_unread in (
            product_signals.unread_columns(input).items()
        ) %}
        sum(case when {{ is_unread['condition'] }} then 1 else 0 end)
            as unread_{{ loop.index }},
        {{ "min(case when " ~ is_unread['condition'] ~ " then substr("
            ~ is_unread['text'] ~ ", 1, 100) end)" if is_unread['text']
            else 'cast(null as text)' }} as example_{{ loop.index }},
        {%- endfor %}
        count(*) as received_rows
    from {{ relation }}

),

{% endfor -%}
{% for column in product_signals.unreadable_of_events() -%}
events_{{ column }} as (

    select
        sum({{ column }}_unread_rows) as unread_rows,
        min({{ column }}_unread_example) as example
    from {{ events }}

),

{% endfor -%}
counted as (

    {{ nothing }}
    {%- for input in unread %}
    {%- for column, is_unread in (
        product_signals.unread_columns(input).items()
    ) %}

    union all

    select
        '{{ 'unreadable_' ~ input ~ '_' ~ column if is_unread['text']
            else 'left_out_' ~ input }}' as check_name,
        '{{ var(input ~ "_model") }}' as model_name,
        '{{ column }}' as column_name,
        unread_{{ loop.index }} as unread_rows,
        example_{{ loop.index }} as example,
        received_rows
    from {{ input }}
    {%- endfor %}
    {%- endfor %}
    {%- for column in product_signals.unreadable_of_events() %}

    union all

    select
        'unreadable_events_{{ column }}' as check_name,
        '{{ var("events_model") }}' as model_name,
        '{{ column }}' as column_name,
        unread_rows,
        example,
        cast(null as bigint) as received_rows
    from events_{{ column }}
    {%- endfor %}

)

select * from counted
where unread_rows > 0
