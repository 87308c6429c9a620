{#
    What is wrong with single cells and keys of a configuration seed, by
    config_spec(): a value of the wrong type or out of bounds, an empty cell
    that is required, two rows of one key.

    Gives severity, source, row_name, column_name, value, problem and fix.
#}
{% macro cell_problems(name) %}
    {%- set spec = product_signals.config_spec()[name] -%}
    {%- set relation = product_signals.config_relation(name) -%}
    {%- set source = var(name ~ '_seed') -%}
    {%- set types = product_signals.column_types(relation) -%}
    {%- set nouns = {
        'integer': 'a whole number',
        'number': 'a number',
        'boolean': 'true or false',
        'date': 'a date, YYYY-MM-DD',
    } -%}
    {%- set key = [] -%}
    {%- set key_values = [] -%}
    {%- for column in spec['key'] if types is none or column in types -%}
        {%- do key.append(column) -%}
        {%- do key_values.append(product_signals.config_value(
            column, spec['columns'][column]['type']
        ) ~ ' as ' ~ column) -%}
    {%- endfor -%}
    {%- set row_name = (
        product_signals.row_name(key) if key else "'(any)'"
    ) -%}

    {%- for column, rules in spec['columns'].items() %}
    {%- if types is not none and column not in types %}
    {%- if rules.get('required') %}
    select
        'error' as severity,
        '{{ source }}' as source,
        'header' as row_name,
        '{{ column }}' as column_name,
        '' as value,
        'the column is missing' as problem,
        'add a column {{ column }}' as fix
    union all
    {%- endif %}
    {%- else %}
    {%- set cell = product_signals.config_value(column, 'text') %}
    {%- set value = product_signals.config_value(column, rules['type']) %}
    {%- set bounds = [] %}
    {%- if 'min' in rules %}
        {%- do bounds.append('from ' ~ rules['min']) %}
    {%- endif %}
    {%- if 'max' in rules %}
        {%- do bounds.append('to ' ~ rules['max']) %}
    {%- endif %}
    {%- set noun = (
        'one of ' ~ rules['allowed'] | join(', ') if 'allowed' in rules
        else (nouns.get(rules['type'], 'a text') ~ ' ' ~ bounds | join(' '))
        | trim
    ) %}
    select
        'error',
        '{{ source }}',
        {{ row_name }},
        '{{ column }}',
        coalesce({{ cell }}, ''),
        {% if rules.get('required') -%}
        case
            when {{ cell }} is null then 'is empty' else 'is not a valid value'
        end,
        {%- else -%}
        'is not a valid value',
        {%- endif %}
        'write {{ noun }}'
    from {{ relation }}
    where
        {{ cell ~ ' is null' if rules.get('required') else '1 = 0' }}
        {%- if rules['type'] != 'text' %}
        or ({{ cell }} is not null and {{ value }} is null)
        {%- endif %}
        {%- if 'min' in rules %}
        or {{ value }} < {{ rules['min'] }}
        {%- endif %}
        {%- if 'max' in rules %}
        or {{ value }} > {{ rules['max'] }}
        {%- endif %}
        {%- if 'allowed' in rules %}
        or {{ cell }} not in ('{{ rules['allowed'] | join("', '") }}')
        {%- endif %}
    union all
    {%- endif %}
    {%- endfor %}
    select
        'error',
        '{{ source }}',
        {{ row_name }},
        '{{ spec['key'] | join(', ') }}',
        {% for column in key -%}
        cast({{ column }} as text){{ " || ', ' || " if not loop.last }}
        {%- else -%}
        ''
        {%- endfor %},
        'is the key of ' || cast(count(*) as text) || ' rows',
        'keep one of them'
    {#- By value: blanks around a cell, or 1 and 1.0, make no difference. #}
    from (
        select {{ (key_values or ['1 as nothing']) | join(', ') }}
        from {{ relation }}
    ) as keys
    {%- if key | length == spec['key'] | length %}
    where {{ key | join(' is not null and ') }} is not null
    group by {{ key | join(', ') }}
    having count(*) > 1
    {%- else %}
    where 1 = 0
    {%- endif %}
{%- endmacro %}
