{#
    Joins rows with the user or account whose rows are restated, as the
    relation restated; nothing where the model is built in full.

    partial   is_partial() of the model
    entity    user or account
    key       the column with its id
#}
{% macro join_restated(partial, entity, key) -%}
    {%- set restated = ref(
        'int_product_signals__restated_' ~ entity ~ 's'
    ) -%}
    {%- if partial -%}
    inner join {{ restated }} as restated
        on {{ key }} = restated.{{ entity }}_id
    {%- endif -%}
{%- endmacro %}
