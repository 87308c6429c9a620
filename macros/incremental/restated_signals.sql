{#
    Selects the signals whose evidence is restated, of
    int_product_signals__episodes: those that opened since something about
    their account or user changed, those about the product as a whole, and
    those that name somebody, whose name may be another.
#}
{% macro restated_signals() -%}
    {%- set episodes = ref('int_product_signals__episodes') -%}
    select signal_id
    from {{ episodes }}
    where entity = 'product' or subject_id is not null
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
