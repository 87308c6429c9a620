{#
    Selects what product_signals__attribute_history says of users or accounts,
    in periods without gaps (valid_from, valid_to): before the first row, that
    row's values hold. Whom it does not know yet, for a run that looks at the
    past, is as today.

    entity   user or account
#}
{% macro remembered(entity) %}
    {%- set columns = product_signals.remembered_columns(entity) -%}
    {%- set history = ref('product_signals__attribute_history') -%}
    select
        entity_id,
        case
            when age = 1 then {{ product_signals.first_day() }}
            else valid_from
        end as valid_from,
        lead(valid_from, 1, {{ product_signals.last_day() }}) over (
            partition by entity_id order by valid_from
        ) as valid_to,
        valid_from as remembered_from,
        is_there,
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            row_number() over (
                partition by entity_id order by valid_from
            ) as age
        from {{ history }}
        where entity = '{{ entity }}'
    ) as history

    union all

    select
        listed.{{ entity }}_id as entity_id,
        {{ product_signals.first_day() }} as valid_from,
        {{ product_signals.last_day() }} as valid_to,
        {{ product_signals.last_day() }} as remembered_from,
        true as is_there,
        {%- for column in columns %}
        listed.{{ product_signals.staged_as(column) }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_product_signals__' ~ entity ~ 's') }} as listed
    left join (
        select distinct entity_id from {{ history }}
        where entity = '{{ entity }}'
    ) as known
        on listed.{{ entity }}_id = known.entity_id
    where known.entity_id is null
{%- endmacro %}
