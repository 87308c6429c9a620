{#
    Selects a configuration seed, with cells cast to their types in
    config_spec() and defaults for empty ones. An invalid cell, or one whose
    column is missing, counts as empty. While dbt parses, only the refs matter.

    name        the seed, as in the name of its variable: bands
    is_checked  whether the gate must pass the configuration first
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
    {%- elif execute -%}
    {%- set query = product_signals.typed_cells(relation, name) -%}
    {%- do known.update({key: query}) if known.get('columns of ' ~ relation) -%}
    {{ query }}
    {%- endif -%}
{%- endmacro %}

{# The query of seed(), which allows for missing columns. #}
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
    from {{ relation }} {{ product_signals.calculated_once() }}
{%- endmacro %}

{# The seed metrics, and a row for each of the user's own attributes. #}
{% macro metrics(is_checked=true) -%}
    select * from (
        {{ product_signals.seed('metrics', is_checked) }}
    ) as metrics
    {%- set columns = product_signals.config_spec()['metrics']['columns'] %}
    {%- for entity in ['account', 'user'] %}
    {%- for attribute in product_signals.extra_attributes(entity) %}

    union all

    select
        {%- set metric = product_signals.remembered_as(entity, attribute) %}
        {%- set cells = {
            'metric': metric,
            'entity': entity,
            'value_type': 'text',
            'time_window': 'day',
            'null_means': attribute ~ ' is unknown',
            'sentence': attribute ~ ' {' ~ metric ~ '}',
        } %}
        {%- for column, rules in columns.items() %}
        {{ product_signals.text_literal(cells[column]) if column in cells
            else product_signals.typed_null(rules['type']) }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{# The seed for a part of the configuration: the user's own if the variable
   <name>_seed names one. #}
{% macro config_relation(name) %}
    {% do return(ref(var(name ~ '_seed'))) %}
{% endmacro %}

{#
    A seed's cell cast to its type; null if it is empty or invalid.

    Reads cells as text first: without column_types, dbt guesses a seed's types
    from its cells, and an empty column has none.

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

{# Whether a configuration seed is in the warehouse yet; false while parsing. #}
{% macro is_loaded(name) %}
    {% do return(
        execute and load_relation(product_signals.config_relation(name))
        is not none
    ) %}
{% endmacro %}
