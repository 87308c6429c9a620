{#
    What is wrong with the rows of inputs: keys of users and accounts, and what
    decides who lives.
#}
{% macro entity_problems() %}
    {%- set inputs = product_signals.input_spec() -%}
    {% for input in ['users', 'accounts'] %}
    {%- set model = product_signals.input_relation(input) -%}
    {%- set key = inputs[input]['key'] -%}
    {%- set columns = product_signals.input_columns(model) -%}
    {%- set id = product_signals.input_value(key, 'text', columns) -%}
    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce({{ id }}, '(empty)') as row_name,
        '{{ key }}' as column_name,
        coalesce({{ id }}, '') as value,
        case
            when {{ id }} is null then 'is missing'
            else 'is the key of ' || cast(count(*) as text) || ' rows'
        end as problem,
        case
            when {{ id }} is null then 'leave such rows out of the model'
            else 'make the model one row per {{ key }}'
        end as fix
    from {{ model }}
    group by {{ id }}
    having {{ id }} is null or count(*) > 1

    union all

    {# Tenure, activation and much else begin with created_at. #}
    select
        'warning' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || min({{ id }}) as row_name,
        'created_at' as column_name,
        '' as value,
        'is missing in ' || cast(count(*) as text)
        || ' rows: they begin with their first event' as problem,
        'fill it in' as fix
    from {{ model }}
    where coalesce(
        trim({{ product_signals.input_text('created_at', columns) }}), ''
    ) = ''
    having count(*) > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

    {#- Of many values that can't be read, one is named. #}
    {%- for input, spec in inputs.items() %}
    {%- set model = product_signals.input_relation(input) %}
    {%- set columns = product_signals.input_columns(model) %}
    {%- set key = spec.get(
        'key', 'user_id' if input == 'memberships' else 'account_id'
    ) %}
    {%- for column in spec.get('decisive', []) %}
    {%- set type = spec['required'].get(column, spec['optional'][column]) %}
    {%- set is_unread = product_signals.unread(column, type, columns) %}
    {%- if is_unread %}
    union all

    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce(id, '(empty)') as row_name,
        '{{ column }}' as column_name,
        given as value,
        'is not {{ "true or false" if type == "boolean" else "a time" }}'
        || case
            when unread_rows > 1
                then ', nor are those of '
                    || cast(unread_rows - 1 as text) || ' more rows'
            else ''
        end as problem,
        '{{ "write true or false, or leave it empty" if type == "boolean"
            else "write YYYY-MM-DD hh:mm:ss, from 1900 to 2199, or cast it to"
            ~ " a timestamp" }}' as fix
    from (
        select
            id,
            given,
            row_number() over (order by given, id) as place,
            count(*) over () as unread_rows
        from (
            select
                {{ product_signals.input_value(key, 'text', columns) }} as id,
                substr(
                    trim({{ product_signals.input_text(column, columns) }}),
                    1, 100
                ) as given
            from {{ model }}
            where {{ is_unread }}
        ) as unread
    ) as {{ input }}
    where place = 1
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
