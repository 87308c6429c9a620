{# The user's model for an input; none if the variable <input>_model is empty.
   With --empty, it has no rows. #}
{% macro input_relation(input) %}
    {% if var(input ~ '_model') %}
        {% do return(builtins.ref(var(input ~ '_model'))) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}

{# What a metric may need of the configuration: the seed, and which rows of it
   define some. #}
{% macro configured_inputs() %}
    {% do return({
        'key_features': ('features', 'is_key'),
        'settings': ('features', 'is_setting'),
        'risk_events': ('event_catalog', 'is_risk'),
        'flows': (
            'event_catalog', 'flow is not null and flow_step is not null'
        ),
        'account_checklists': ('activation_checklists', "entity = 'account'"),
        'user_checklists': ('activation_checklists', "entity = 'user'"),
    }) %}
{% endmacro %}

{#
    Selects whether there is data for a metric: an input, a column of the events
    input, a column of the accounts or users input with values, or a row of the
    seed that defines what is measured.
#}
{% macro input_is_there(input) %}
    {%- set configured = product_signals.configured_inputs() %}
    {%- set column = var('size_column') | lower if input == 'size_column'
        else input %}
    select
        '{{ input }}' as input,
    {%- if input in product_signals.input_spec() %}
        {{ 'true' if var(input ~ '_model') else 'false' }} as is_there
    {%- elif input in configured %}
        {%- set seed, condition = configured[input] %}
        count(case when {{ condition }} then 1 end) > 0 as is_there
    from {{ seed }}
    {%- elif input == 'actor_type' %}
        {{ 'true' if product_signals.knows_agents() else 'false' }} as is_there
    {%- elif input == 'event_value' %}
        {{ 'true' if product_signals.has_column('events', input) else 'false'
        }} as is_there
    {%- elif input == 'size_column'
            or input in product_signals.account_columns() %}
        count({{ product_signals.quoted(column) }}) > 0 as is_there
    from {{ ref('stg_product_signals__accounts') }}
    {%- else %}
        count({{ input }}) > 0 as is_there
    from {{ ref('stg_product_signals__users') }}
    {%- endif %}
{%- endmacro %}

{#
    The columns of an input as {name in lower case: column}: its quoted name, as
    in the warehouse, its kind, and whether its type only holds whole numbers.
    None if unknown, as in column_types().
#}
{% macro input_columns(relation) %}
    {% if not relation %}
        {% do return({}) %}
    {% endif %}
    {% if not execute or relation.is_cte %}
        {% do return(none) %}
    {% endif %}
    {% set columns = {} %}
    {% for column in product_signals.columns_in_run(relation) %}
        {% do columns.update({column.name | lower: {
            'name': adapter.quote(column.name),
            'kind': product_signals.kind_of(column.data_type),
            'is_whole': modules.re.search(
                'int|, ?0[)]$', column.data_type | lower
            ) is not none,
        }}) %}
    {% endfor %}
    {% do return(columns or none) %}
{% endmacro %}

{# An input column's quoted name and kind; columns as in input_columns(). #}
{% macro input_column(column_name, columns) %}
    {% do return((columns or {}).get(
        column_name, {'name': adapter.quote(column_name), 'kind': 'other'}
    )) %}
{% endmacro %}

{# Whether an input has an optional column. Missing ones aren't carried along: a
   sum of nulls costs as much as one of numbers. #}
{% macro has_column(input, column_name) %}
    {% set relation = product_signals.input_relation(input) %}
    {% if not relation %}
        {% do return(false) %}
    {% endif %}
    {% set types = product_signals.column_types(relation, in_run=true) %}
    {% do return(types is none or column_name in types) %}
{% endmacro %}

{#
    The names of inputs that a row lacks, a|b; null if it has all of them.

    inputs   name to list -> the column that is null without it
#}
{% macro missing_inputs(inputs) %}
    {%- set parts = [] %}
    {%- for name, column in inputs.items() %}
        {%- do parts.append(
            'case when ' ~ column ~ " is null then '|" ~ name
            ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 2), '')
{%- endmacro %}

{#
    A column of an input cast to the package's type; a typed null if the input
    lacks it or the value is invalid (unread() counts those).

    column_name  the column
    type         text (without spaces around it, as no cell of a seed has
                 them), id (with them), number (an amount: 0, or from a
                 millionth to 10^15, positive or negative), quantity (a number
                 that isn't negative), boolean, timestamp (UTC, from 1900 to
                 2199), date (the calendar day in the variable timezone), or
                 the allowed words, a|b, in any case
    columns      input_columns()
#}
{% macro input_value(column_name, type, columns) %}
    {% if columns is not none and column_name not in columns %}
        {% do return(product_signals.typed_null(type)) %}
    {% endif %}
    {% if type == 'quantity' %}
        {% set number = product_signals.input_value(
            column_name, 'number', columns
        ) %}
        {% do return('case when ' ~ number ~ ' >= 0 then ' ~ number ~ ' end') %}
    {% endif %}
    {% set column = product_signals.input_column(column_name, columns) %}
    {% set name = column['name'] %}
    {% set kind = column['kind'] %}
    {% set text = 'trim(cast(' ~ name ~ ' as text))' %}
    {% if type in ['text', 'id'] %}
        {% if kind == 'text' and type == 'id' %}
            {% do return(
                'case when ' ~ text ~ " <> '' then "
                ~ 'cast(' ~ name ~ ' as text) end'
            ) %}
        {% elif kind == 'text' %}
            {% do return('nullif(' ~ text ~ ", '')") %}
        {% elif kind == 'number' and not column['is_whole'] %}
            {# 7 is the same id in every type; NaN, infinity aren't ids. #}
            {% do return(
                'case when ' ~ name ~ ' > -1e15 and ' ~ name ~ ' < 1e15 and '
                ~ name ~ ' = floor(' ~ name ~ ') then cast(cast(' ~ name
                ~ ' as bigint) as text) when lower(cast(' ~ name
                ~ " as text)) not in ('nan', 'inf', '-inf', 'infinity',"
                ~ " '-infinity') then cast(" ~ name ~ ' as text) end'
            ) %}
        {% endif %}
        {% do return('cast(' ~ name ~ ' as text)') %}
    {% elif type == 'number' %}
        {% if kind == 'number' %}
            {# Infinity and NaN aren't amounts. #}
            {% do return(
                'case when ' ~ name ~ ' = 0 or (' ~ name ~ ' >= 1e-6 and '
                ~ name ~ ' < 1e15) or (' ~ name ~ ' <= -1e-6 and ' ~ name
                ~ ' > -1e15) then cast(' ~ name ~ ' as double precision) end'
            ) %}
        {% endif %}
        {% do return(
            'case when not ' ~ product_signals.full_match(
                text, '-?0*[.]0{6}0*[1-9][0-9]*'
            ) ~ ' then ' ~ product_signals.config_value(name, 'number')
            ~ ' end'
        ) %}
    {% elif type == 'boolean' %}
        {% if kind == 'number' %}
            {% do return(
                'case when ' ~ name ~ ' = 1 then true when ' ~ name
                ~ ' = 0 then false end'
            ) %}
        {% endif %}
        {% do return(
            'case when lower(' ~ text ~ ") in ('true', 't', 'yes', 'y', 'on', '1')"
            ~ ' then true when lower(' ~ text
            ~ ") in ('false', 'f', 'no', 'n', 'off', '0') then false end"
        ) %}
    {% elif '|' in type %}
        {% do return(
            'case when lower(' ~ text ~ ") in ('"
            ~ type.split('|') | join("', '") ~ "') then lower(" ~ text
            ~ ') end'
        ) %}
    {% elif type == 'timestamp' %}
        {% do return(product_signals.to_utc(name, kind)) %}
    {% elif type == 'date' %}
        {% do return(product_signals.to_day(name, kind)) %}
    {% endif %}
{% endmacro %}

{# A column of an input as unchanged text; null if the input lacks it. #}
{% macro input_text(column_name, columns) %}
    {% if columns is not none and column_name not in columns %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% set column = product_signals.input_column(column_name, columns) %}
    {% do return('cast(' ~ column['name'] ~ ' as text)') %}
{% endmacro %}

{#
    A data type's kind, for reading columns: date, instant (a timestamp with
    time zone), timestamp, text, number, boolean or other.
#}
{% macro kind_of(data_type) %}
    {% set type = data_type | lower %}
    {% if type in ('date', 'boolean') %}
        {% do return(type) %}
    {% elif modules.re.fullmatch(
        'timestamp(\\([0-9]+\\))? with time zone|timestamp_?l?tz[^\\[]*', type
    ) %}
        {% do return('instant') %}
    {% elif modules.re.fullmatch('(timestamp|datetime)[^\\[]*', type) %}
        {% do return('timestamp') %}
    {% elif modules.re.fullmatch(
        '(n?(var)?char2?|character( varying)?|bpchar|text|string)'
        ~ '( ?\\([0-9]+\\))?', type
    ) %}
        {% do return('text') %}
    {% elif modules.re.match(
        'u?(tiny|small|big|huge)?int(eger|[0-9]+)?$'
        ~ '|(numeric|decimal|number|double|float|real|decfloat)[^\\[]*$', type
    ) %}
        {% do return('number') %}
    {% else %}
        {% do return('other') %}
    {% endif %}
{% endmacro %}

{#
    True if a column of an input holds a value that input_value() makes null;
    none if that can't be.

    Open ends are readable: a period from before 1900 has always been valid, and
    one to after 2199 still is.
#}
{% macro unread(column_name, type, columns) %}
    {% if not columns or column_name not in columns
            or type in ['text', 'id'] %}
        {% do return(none) %}
    {% endif %}
    {% set name = columns[column_name]['name'] %}
    {% set kind = columns[column_name]['kind'] %}
    {% if kind == 'boolean' and type == 'boolean' %}
        {% do return(none) %}
    {% endif %}
    {% set parts = [
        name ~ ' is not null' if kind not in ['text', 'other']
            else 'trim(cast(' ~ name ~ " as text)) <> ''",
        '(' ~ product_signals.input_value(column_name, type, columns)
            ~ ') is null',
    ] %}
    {% if column_name in ['valid_from', 'valid_to'] %}
        {% do parts.append('not ' ~ product_signals.is_beyond(
            name, kind, after=column_name == 'valid_to'
        )) %}
    {% endif %}
    {% do return('(' ~ parts | join(' and ') ~ ')') %}
{% endmacro %}

{#
    What may be unreadable in an input: column -> its condition (unread()) and
    its text. The last one is for rows that are left out: the needed columns as
    one name, a condition and no text.
#}
{% macro unread_columns(input) %}
    {% set spec = product_signals.input_spec()[input] %}
    {% set columns = product_signals.input_columns(
        product_signals.input_relation(input)
    ) %}
    {% set types = {} %}
    {% do types.update(spec['required']) %}
    {% do types.update(spec['optional']) %}
    {% if input == 'accounts' and var('size_column') | lower not in types %}
        {% do types.update({var('size_column') | lower: 'number'}) %}
    {% endif %}
    {% set found = {} %}
    {% for column, type in types.items() %}
        {% set condition = product_signals.unread(column, type, columns) %}
        {% if condition %}
            {% do found.update({column: {
                'condition': condition,
                'text': product_signals.input_text(column, columns),
            }}) %}
        {% endif %}
    {% endfor %}
    {% if spec['needed'] %}
        {% set parts = [] %}
        {% for column in spec['needed'] %}
            {% do parts.append('(' ~ product_signals.input_value(
                column, types[column], columns
            ) ~ ') is null') %}
        {% endfor %}
        {% for column in spec['needed_if_given'] or []
                if column in found %}
            {% do parts.append(found[column]['condition']) %}
        {% endfor %}
        {% do found.update({spec['needed'] | join(', '): {
            'condition': parts | join(' or '), 'text': none
        }}) %}
    {% endif %}
    {% do return(found) %}
{% endmacro %}

{# The optional columns of the events input that become null if unreadable:
   column -> condition. #}
{% macro unreadable_of_events() %}
    {% set columns = product_signals.input_columns(
        product_signals.input_relation('events')
    ) %}
    {% set found = {} %}
    {% for column, type in [
        ('event_value', 'number'), ('loaded_at', 'timestamp')
    ] %}
        {% set unread = product_signals.unread(column, type, columns) %}
        {% if unread %}
            {% do found.update({column: unread}) %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
