{#
    Selects the signals whose evidence is restated, of
    int_product_signals__episodes: those that opened since something about
    their account or user changed, those about the product as a whole, and
    those that name somebody who has another name now.
#}
{% macro restated_signals() -%}
    {%- set episodes = ref('int_product_signals__episodes') -%}
    select signal_id
    from {{ episodes }}
    where entity = 'product'

    union distinct

    select episodes.signal_id
    from {{ episodes }} as episodes
    inner join {{ ref('int_product_signals__changed_inputs') }} as changed
        on
            changed.entity = 'user'
            and changed.kind = 'name'
            and episodes.subject_id = changed.entity_id
    where episodes.subject_type = 'user'
    {%- for entity in ['account', 'user'] %}
    {%- set partial = product_signals.is_partial(entity) %}

    union distinct

    select episodes.signal_id
    from {{ episodes }} as episodes
    {{ product_signals.join_restated(partial, entity, 'episodes.entity_id') }}
    where
        episodes.entity = '{{ entity }}'
        and {{ product_signals.is_restated_since(
            partial, 'episodes.opened_on'
        ) }}
    {%- endfor %}
{%- endmacro %}
