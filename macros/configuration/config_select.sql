{#
    Selects a configuration seed with every cell cast. A cell that is no value
    of its type, or whose column is missing, is null.

    fill_defaults  give empty cells the default of config_spec()
#}
{% macro config_select(name, fill_defaults=false) %}
    {%- set relation = product_signals.config_relation(name) -%}
    {%- set present = product_signals.column_types(relation) -%}
    select
    {%- for column, spec in (
        product_signals.config_spec()[name]['columns'].items()
    ) %}
        {%- if present is not none and column not in present %}
            {%- set value = product_signals.typed_null(spec['type']) %}
        {%- else %}
            {%- set value = product_signals.config_value(
                column, spec['type']
            ) %}
        {%- endif %}
        {%- if fill_defaults and 'default' in spec %}
            {%- set value = 'coalesce(' ~ value ~ ', '
                ~ spec['default'] ~ ')' %}
        {%- endif %}
        {{ value }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ relation }}
{%- endmacro %}
