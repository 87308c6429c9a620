{#
    Selects what product_signals__data_health says of keys in a CRM, as
    int_product_signals__health_findings has it: who has none, which ones
    several have, and ids that can't be keys there, where upper and lower case
    are the same.

    entities   entity -> a relation with its id and crm_id
#}
{% macro crm_findings(entities) %}
    {%- for entity, relation in entities.items() %}
    {%- set id = entity ~ '_id' %}
    {%- if product_signals.has_column(entity ~ 's', 'crm_id') %}
    select
        '{{ entity }}s_without_crm_id' as check_name,
        {{ id }} as name,
        1 as amount
    from {{ relation }}
    where crm_id is null

    union all

    select
        'repeated_crm_ids' as check_name,
        '{{ entity }}s ' || {{ dbt.listagg(
            measure=id,
            delimiter_text="' = '",
            order_by_clause='order by ' ~ id
        ) }} || ' (' || crm_id || ')' as name,
        count(*) as amount
    from {{ relation }}
    where crm_id is not null
    group by crm_id
    having count(*) > 1

    union all
    {% endif %}
    select
        'ids_unfit_for_crm' as check_name,
        '{{ entity }} ' || {{ dbt.listagg(
            measure='substr(' ~ id ~ ', 1, 255)',
            delimiter_text="' = '",
            order_by_clause='order by ' ~ id
        ) }} as name,
        count(*) as amount
    from {{ relation }}
    group by lower(trim({{ id }}))
    having
        count(*) > 1
        or not max(case when {{ product_signals.is_crm_key(id) }}
            then 1 else 0 end) = 1
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
