{# Inputs of what happened to accounts besides events. #}
{% macro further_inputs() %}
    {% set names = [] %}
    {% for input, spec in product_signals.input_spec().items()
            if 'days' in spec %}
        {% do names.append(input) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{# Inputs whose rows name accounts; those that are off say nothing. #}
{% macro account_inputs(given=true) %}
    {% set names = [] %}
    {% for input in ['users', 'memberships', 'account_history']
            + product_signals.further_inputs()
            if var(input ~ '_model') or not given %}
        {% do names.append(input) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{# The rows of an input, to select from: of a staging model, or as they are. #}
{% macro rows_of(input) %}
    {% if input in product_signals.further_inputs() %}
        {% do return('(' ~ product_signals.input_rows(input) ~ ')') %}
    {% endif %}
    {% do return(ref('stg_product_signals__' ~ input)) %}
{% endmacro %}

{#
    Selects the rows of an input that have what they need, its columns as their
    types, and of every time the calendar day in the variable timezone, too:
    answered_at, answered_on. No rows without the input.

    input   as in input_spec(): surveys
#}
{% macro input_rows(input) -%}
    {%- do ref('int_product_signals__gate') %}
    {%- set spec = product_signals.input_spec()[input] %}
    {%- set relation = product_signals.input_relation(input) %}
    {%- set columns = product_signals.input_columns(relation) %}
    {%- set value = product_signals.input_value %}
    {%- set conditions = [] %}
    {%- for column in spec['needed'] %}
        {%- do conditions.append(column ~ ' is not null') %}
    {%- endfor %}
    {%- for column in spec.get('needed_if_given', []) %}
        {%- do conditions.append('not is_' ~ column ~ '_unread') %}
    {%- endfor %}
    select *
    from (
        select
            {%- for column, type in (
                dict(spec['required'], **spec['optional']).items()
            ) %}
            {{ value(column, type, columns) }} as {{ column }},
            {%- if type == 'timestamp' %}
            {{ value(column, 'date', columns) }}
                as {{ column | replace('_at', '') }}_on,
            {%- endif %}
            {%- if column in spec.get('needed_if_given', []) %}
            {# A text that is null is none that can't be read. #}
            coalesce(
                {{ product_signals.unread(column, type, columns) or '1 = 0' }},
                false
            ) as is_{{ column }}_unread,
            {%- endif %}
            {%- endfor %}
            '{{ input }}' as input
        {%- if relation %}
        from {{ relation }}
        {%- else %}
        where 1 = 0
        {%- endif %}
    ) as given
    where {{ conditions | join(' and ') }}
{%- endmacro %}

{#
    Selects what further inputs say of a day, for
    int_product_signals__current_inputs. The same row may be there twice, and
    then both count.
#}
{% macro further_contents() %}
    {%- for input in product_signals.further_inputs() %}
    {%- set spec = product_signals.input_spec()[input] %}
    {%- set columns = dict(spec['required'], **spec['optional']).keys()
        | reject('in', spec['days']) | list %}
    {%- for day in spec['days'] %}
    {%- set date_day = day | replace('_at', '_on') %}
    select
        '{{ spec['row'] }}' as kind,
        account_id as name,
        '{{ day }}|' || {{ product_signals.joined(
            columns + [day, 'count(*)']
        ) }} as content,
        coalesce({{ date_day }}, {{ product_signals.first_day() }}) as day
    from ({{ product_signals.input_rows(input) }}) as {{ input }}
    {%- if not loop.first %}
    where {{ date_day }} is not null
    {%- endif %}
    group by {{ (columns + [day, date_day]) | join(', ') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
