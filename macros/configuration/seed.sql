{#
    Selects a configuration seed with every cell as its type by config_spec(),
    and empty ones with their default. A cell that is not a value of its type,
    or whose column is missing, counts as empty.

    name        the seed, as its variable calls it: bands
    is_checked  whether the gate has to let the configuration pass first
#}
{% macro seed(name, is_checked=true) %}
    {%- if is_checked -%}
    -- depends_on: {{ ref('int_product_signals__gate') }}
    {% endif -%}
    {%- set relation = product_signals.config_relation(name) -%}
    {%- set present = product_signals.column_types(relation) -%}
    select
    {%- for column, rules in (
        product_signals.config_spec()[name]['columns'].items()
    ) %}
        {%- if present is not none and column not in present %}
            {%- set value = product_signals.typed_null(rules['type']) %}
        {%- else %}
            {%- set value = product_signals.config_value(
                column, rules['type']
            ) %}
        {%- endif %}
        {%- if 'default' in rules %}
            {%- set value = 'coalesce(' ~ value ~ ', '
                ~ rules['default'] ~ ')' %}
        {%- endif %}
        {{ value }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ relation }}
{%- endmacro %}
