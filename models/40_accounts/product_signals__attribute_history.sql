{{ product_signals.public() }}
{{ product_signals.incremental_by(
    'keys', ['entity', 'entity_id', 'valid_from']
) }}
{% set columns = {} %}
{% for entity in ['user', 'account'] %}
{% do columns.update(product_signals.remembered_columns(entity)) %}
{% endfor %}
{% set kept = (
    product_signals.column_types(this) if is_incremental() else none
) or {} %}
{% set names = ['is_there'] + columns.keys() | list %}
{% set compared = names | select('in', kept) | list if kept else names %}
{# New columns: all earlier rows get today's values, since no others are
   known. #}
{% set added = names | reject('in', kept) | list if kept else [] %}

with scope as (

    select as_of_date
    from {{ ref('int_product_signals__scope') }}
    where is_delivered

),

listed as (

    {% for entity in ['user', 'account'] %}
    {%- set own = product_signals.remembered_columns(entity) %}
    select
        '{{ entity }}' as entity,
        {{ entity }}_id as entity_id,
        true as is_there,
        {%- for column, type in columns.items() %}
        {% if column in own -%}
        {{ product_signals.staged_as(column) }} as {{ column }}
        {%- else -%}
        {{ product_signals.typed_null(type) }} as {{ column }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_product_signals__' ~ entity ~ 's') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{% if is_incremental() -%}
latest as (

    select *
    from (
        select
            *,
            row_number() over (
                partition by entity, entity_id order by valid_from desc
            ) as age
        from {{ this }}
    ) as history
    where age = 1

),

gone as (

    select
        latest.entity,
        latest.entity_id,
        false as is_there,
        {%- for column, type in columns.items() %}
        {% if column in compared -%}
        latest.{{ column }}
        {%- else -%}
        {{ product_signals.typed_null(type) }} as {{ column }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from latest
    left join listed
        on
            latest.entity = listed.entity
            and latest.entity_id = listed.entity_id
    where latest.is_there and listed.entity_id is null

),

now as (

    select * from listed
    union all
    select * from gone

),

changed as (

    select now.*
    from now
    left join latest
        on
            now.entity = latest.entity
            and now.entity_id = latest.entity_id
    where
        latest.entity_id is null
        or {{ product_signals.joined(compared, 'now') }}
        <> {{ product_signals.joined(compared, 'latest') }}

),

{%- else -%}
{# The first run keeps everybody. #}
changed as (

    select * from listed

),

{%- endif %}

{# A run for an earlier day adds no rows. #}
dated as (

    select
        changed.entity,
        changed.entity_id,
        scope.as_of_date as valid_from,
        {%- for column in names %}
        changed.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changed
    cross join scope
    {%- if is_incremental() %}
    where
        scope.as_of_date >= coalesce(
            (select max(valid_from) from {{ this }}), scope.as_of_date
        )
    {%- endif %}

)

{%- if added %},

completed as (

    select
        history.entity,
        history.entity_id,
        history.valid_from,
        {%- for column in names %}
        {{ 'history' if column in compared else 'listed' }}.{{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as history
    left join listed
        on
            history.entity = listed.entity
            and history.entity_id = listed.entity_id
    left join dated
        on
            history.entity = dated.entity
            and history.entity_id = dated.entity_id
            and history.valid_from = dated.valid_from
    where dated.entity_id is null

)

select * from completed
union all
{%- endif %}

select * from dated
