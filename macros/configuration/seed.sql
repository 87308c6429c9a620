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
    {%- set known = product_signals.known_in_run() -%}
    {%- set key = 'query of ' ~ relation -%}
    {%- if key in known -%}
    {{ known[key] }}
    {%- else -%}
    {%- set query = product_signals.typed_cells(relation, name) -%}
    {%- do known.update({key: query}) if known.get('columns of ' ~ relation) -%}
    {{ query }}
    {%- endif -%}
{%- endmacro %}

{# The same for the seed's relation, with what it has of the columns. #}
{% macro typed_cells(relation, name) -%}
    {%- set present = product_signals.column_types(relation, in_run=true) -%}
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

{# The seed that holds a part of the configuration; the user's own if the
   variable <name>_seed says so. #}
{% macro config_relation(name) %}
    {% do return(ref(var(name ~ '_seed'))) %}
{% endmacro %}

{#
    A seed's cell as its type; null where the cell is empty or no such value.

    Cells are read as text first: a seed without column_types has the types
    dbt guessed from the cells, and a column that is empty throughout has none.

    column_name  the cell
    type         text, integer, number, boolean or date
#}
{% macro config_value(column_name, type) %}
    {% set cell = 'trim(cast(' ~ column_name ~ ' as text))' %}
    {% if type == 'text' %}
        {% do return("nullif(" ~ cell ~ ", '')") %}
    {% elif type == 'integer' %}
        {% do return(
            'case when ' ~ product_signals.full_match(
                cell, '-?[0-9]{1,9}([.]0+)?'
            ) ~ ' then cast(cast(' ~ cell
            ~ ' as double precision) as integer) end'
        ) %}
    {% elif type == 'number' %}
        {% do return(
            'case when ' ~ product_signals.full_match(
                cell, '-?([0-9]{1,15}([.][0-9]{0,30})?|[.][0-9]{1,30})'
            ) ~ ' then cast(' ~ cell ~ ' as double precision) end'
        ) %}
    {% elif type == 'boolean' %}
        {% do return(
            'case lower(' ~ cell ~ ") when 'true' then true"
            ~ " when 'false' then false end"
        ) %}
    {% elif type == 'date' %}
        {% do return(
            'cast(' ~ product_signals.text_to_utc(cell) ~ ' as date)'
        ) %}
    {% endif %}
{% endmacro %}

{# Whether a configuration seed is in the warehouse by now; never while dbt
   parses. #}
{% macro is_loaded(name) %}
    {% do return(
        execute and load_relation(product_signals.config_relation(name))
        is not none
    ) %}
{% endmacro %}
