{#
    Cells that name what another seed does not have, by "names" of
    config_spec().
#}
{% macro reference_problems() %}
    {%- set references = [] -%}
    {%- for seed, spec in product_signals.config_spec().items() -%}
        {%- for column, rules in spec['columns'].items() if 'names' in rules -%}
            {%- do references.append((seed, column, rules['names'])) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for seed, column, names in references %}
    {%- set cell = 'naming.' ~ column %}
    {%- set named = 'named.' ~ names.get('column', column) %}
    select
        '{{ names.get("severity", "error") }}' as severity,
        naming.source,
        naming.row_name,
        '{{ column }}' as column_name,
        {{ cell }} as value,
        'is not {{ names["what"] }} of {{ var(names["seed"] ~ "_seed") }}
        {{- ": " ~ names["else"] if "else" in names }}' as problem,
        'add the {{ names["what"].split(" ", 1)[1] }} there, or correct the
        {{- " " }}name' as fix
    from {{ seed }} as naming
    {%- if names.get('list') %}
    left join {{ names['seed'] }} as named
        on {{ product_signals.in_list(named, cell) }}
    where {{ cell }} is not null
    group by naming.source, naming.row_name, {{ cell }}
    having
        count(distinct {{ named }})
        <= length({{ cell }}) - length(replace({{ cell }}, '|', ''))
    {%- else %}
    left join {{ names['seed'] }} as named
        on {{ cell }} = {{ named }}
    where {{ cell }} is not null and {{ named }} is null
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
