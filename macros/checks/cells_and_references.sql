{#
    Problems in single cells and keys of the configuration seeds, by
    config_spec(): values of the wrong type or out of bounds, empty required
    cells and duplicate keys.
#}
{% macro cell_problems() %}
    {%- set nouns = {
        'text': 'a text',
        'integer': 'a whole number',
        'number': 'a number',
        'boolean': 'true or false',
        'date': 'a date, YYYY-MM-DD',
    } -%}
    {%- for seed, spec in product_signals.config_spec().items() %}
    {%- set source = var(seed ~ '_seed') %}
    {%- set relation = product_signals.config_relation(seed) %}
    {%- set present = (
        product_signals.column_types(relation, in_run=true)
        or spec['columns']
    ) %}
    {%- set key = spec['key'] | select('in', present) | list %}
    {#- With another separator, the header is a single column. #}
    {%- set between = [] %}
    {%- for sign, called in {';': '";"', '|': '"|"', '\t': 'a tab'}.items()
            if present | length == 1 and sign in present | join %}
        {%- do between.append(called) %}
    {%- endfor %}
    {%- for column, rules in spec['columns'].items() %}
    {%- if column not in present and rules.get('required') %}
    select
        'error' as severity,
        '{{ source }}' as source,
        'header' as row_name,
        '{{ column }}' as column_name,
        '' as value,
        'the column is missing' as problem,
        {%- if between %}
        'save the file with commas: it has {{ between[0] }} between cells'
            as fix
        {%- else %}
        'add a column {{ column }}' as fix
        {%- endif %}
    union all
    {%- elif column in present %}
    {%- set cell = product_signals.config_value(column, 'text') %}
    {%- set value = product_signals.config_value(column, rules['type']) %}
    {%- set expected = [nouns[rules['type']]] %}
    {%- if 'allowed' in rules %}
        {%- set expected = ['one of', rules['allowed'] | join(', ')] %}
    {%- endif %}
    {%- for bound, word in {'min': 'from', 'max': 'to'}.items()
            if bound in rules %}
        {%- do expected.extend([word, rules[bound] | string]) %}
    {%- endfor %}
    {%- set wrong = [] %}
    {%- if rules.get('required') %}
        {%- do wrong.append(cell ~ ' is null') %}
    {%- endif %}
    {%- if rules['type'] != 'text' %}
        {%- do wrong.append(
            '(' ~ cell ~ ' is not null and ' ~ value ~ ' is null)'
        ) %}
    {%- endif %}
    {%- if 'min' in rules %}
        {%- do wrong.append(value ~ ' < ' ~ rules['min']) %}
    {%- endif %}
    {%- if 'max' in rules %}
        {%- do wrong.append(value ~ ' > ' ~ rules['max']) %}
    {%- endif %}
    {%- if 'allowed' in rules %}
        {%- do wrong.append(
            cell ~ " not in ('" ~ rules['allowed'] | join("', '") ~ "')"
        ) %}
    {%- endif %}
    {%- if wrong %}
    select
        'error' as severity,
        '{{ source }}' as source,
        {{ product_signals.row_name(key) if key else "'(any)'" }} as row_name,
        '{{ column }}' as column_name,
        coalesce({{ cell }}, '') as value,
        {%- if rules.get('required') %}
        case
            when {{ cell }} is null then 'is empty' else 'is not a valid value'
        end as problem,
        {%- else %}
        'is not a valid value' as problem,
        {%- endif %}
        'write {{ expected | join(" ") }}' as fix
    from {{ relation }}
    where
        {{ wrong | join(' or ') }}
    union all
    {%- endif %}
    {%- endif %}
    {%- endfor %}
    {# By value: spaces around a cell, or 1 and 1.0, make no difference. #}
    select
        'error' as severity,
        source,
        row_name,
        '{{ spec["key"] | join(", ") }}' as column_name,
        {% for column in spec['key'] -%}
        coalesce(cast({{ column }} as text), 'any')
        {{- " || ', ' || " if not loop.last }}
        {%- endfor %} as value,
        'is the key of ' || cast(count(*) as text) || ' rows' as problem,
        'keep one of them' as fix
    from {{ seed }}
    where
        {%- for column in spec['key']
                if spec['columns'][column].get('required') %}
        {{ 'and ' if not loop.first }}{{ column }} is not null
        {%- endfor %}
    group by source, row_name, {{ spec['key'] | join(', ') }}
    having count(*) > 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    Cells that name what another seed doesn't have, by "names" in config_spec().
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
        {{- ", or is there twice" if names.get("list") }}
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

{# A seed's row by its key, as in messages: weight_set=a, event=b. #}
{% macro row_name(columns) %}
    {% set parts = [] %}
    {% for column in columns %}
        {% do parts.append(
            "'" ~ column ~ "=' || coalesce(cast(" ~ column
            ~ " as text), '(empty)')"
        ) %}
    {% endfor %}
    {% do return(parts | join(" || ', ' || ")) %}
{% endmacro %}
