{# What is wrong with the model of one input, by its part of input_spec(). #}
{% macro relation_problems(input, spec, relation) %}
    {% set model = var(input ~ '_model') %}
    {% if relation.is_cte %}
        {% do return([
            'model ' ~ model ~ ' (variable ' ~ input ~ '_model) is ephemeral,'
            ~ ' so its columns cannot be read; make it a view or a table'
        ]) %}
    {% endif %}
    {% set types = product_signals.column_types(relation, in_run=true) %}
    {% if types is none %}
        {% do return([
            'model ' ~ model ~ ' (variable ' ~ input ~ '_model) has not been'
            ~ ' built; run dbt build, or put it before product_signals in'
            ~ ' your selection'
        ]) %}
    {% endif %}
    {% set problems = [] %}
    {% for column in spec['required'] if column not in types %}
        {% do problems.append(
            'model ' ~ model ~ ' (variable ' ~ input ~ '_model) has no column '
            ~ column ~ '; select it under that name (the model has '
            ~ types.keys() | sort | join(', ') ~ ')'
        ) %}
    {% endfor %}
    {% for column, type in (
        spec['required'].items() | list + spec['optional'].items() | list
    ) %}
        {% if type == 'timestamp' and column in types
                and product_signals.kind_of(types[column])
                in ['number', 'boolean', 'other'] %}
            {% do problems.append(
                'model ' ~ model ~ ', column ' ~ column ~ ' is '
                ~ types[column] ~ '; cast it to a timestamp or a date'
            ) %}
        {% elif type == 'text' and column in types
                and modules.re.match(
                    'jsonb?$|(struct|map|union|array|object)\\b|.*\\[',
                    types[column] | lower
                ) %}
            {# As text, it has quotes and brackets that are not of the value. #}
            {% do problems.append(
                'model ' ~ model ~ ', column ' ~ column ~ ' is '
                ~ types[column] ~ '; take the one text out of it'
            ) %}
        {% endif %}
    {% endfor %}
    {% set attributes = (
        product_signals.extra_attributes('account') if input == 'accounts'
        else product_signals.extra_attributes('user') if input == 'users'
        else []
    ) %}
    {% for column in attributes if column not in types %}
        {% do problems.append(
            'model ' ~ model ~ ' has no column ' ~ column
            ~ ', which the variable ' ~ input[:-1]
            ~ '_attributes names; select it, or drop it there'
        ) %}
    {% endfor %}
    {% set read = (
        spec['required'].keys() | list + spec['optional'].keys() | list
        + attributes
    ) %}
    {% set names = {} %}
    {% for column in product_signals.columns_in_run(relation) %}
        {% set known = names.get(column.name | lower) %}
        {% if known and column.name | lower in read %}
            {% do problems.append(
                'model ' ~ model ~ ' has columns ' ~ known ~ ' and '
                ~ column.name ~ ', which differ only by case; keep one of them,'
                ~ ' or give one another name'
            ) %}
        {% endif %}
        {% do names.update({column.name | lower: column.name}) %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}
