{#
    Selects what product_signals__attribute_history says of users or accounts,
    in periods without gaps (valid_from, valid_to): before the first row, that
    row's values hold. Whom it does not know yet, for a run that looks at the
    past, is as today.

    entity   user or account
#}
{% macro remembered(entity) %}
    {%- set columns = product_signals.remembered_columns(entity) -%}
    {%- set history = ref('product_signals__attribute_history') -%}
    select
        entity_id,
        case
            when age = 1 then {{ product_signals.first_day() }}
            else valid_from
        end as valid_from,
        lead(valid_from, 1, {{ product_signals.last_day() }}) over (
            partition by entity_id order by valid_from
        ) as valid_to,
        valid_from as remembered_from,
        is_there,
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            row_number() over (
                partition by entity_id order by valid_from
            ) as age
        from {{ history }}
        where entity = '{{ entity }}'
    ) as history

    union all

    select
        listed.{{ entity }}_id as entity_id,
        {{ product_signals.first_day() }} as valid_from,
        {{ product_signals.last_day() }} as valid_to,
        {{ product_signals.last_day() }} as remembered_from,
        true as is_there,
        {%- for column in columns %}
        listed.{{ product_signals.staged_as(column) }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_product_signals__' ~ entity ~ 's') }} as listed
    left join (
        select distinct entity_id from {{ history }}
        where entity = '{{ entity }}'
    ) as known
        on listed.{{ entity }}_id = known.entity_id
    where known.entity_id is null
{%- endmacro %}

{# The column of product_signals__attribute_history that keeps an attribute. #}
{% macro remembered_as(entity, attribute) %}
    {% if attribute in product_signals.extra_attributes(entity) %}
        {% do return('attribute_' ~ attribute) %}
    {% endif %}
    {% do return(attribute) %}
{% endmacro %}

{#
    What product_signals__attribute_history keeps of a user or an account:
    column -> type. A user's name, email and CRM id are not kept: they are
    today's everywhere. An account's are, for rules may look at them.

    entity   user or account
#}
{% macro remembered_columns(entity) %}
    {% set columns = {} %}
    {% if entity == 'user' %}
        {% do columns.update({
            'account_id': 'text',
            'role': 'text',
            'is_internal': 'boolean',
        }) %}
    {% else %}
        {% for column, type in product_signals.account_columns().items() %}
            {% if column not in [
                'trial_started_at', 'converted_at', 'cancelled_at',
            ] %}
                {% do columns.update({column: type}) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% for column in product_signals.remembered_days(entity) %}
        {% do columns.update({column: 'date'}) %}
    {% endfor %}
    {% set types = product_signals.input_spec()[entity ~ 's']['optional'] %}
    {% for attribute in product_signals.filter_attributes(entity) %}
        {% do columns.update({
            product_signals.remembered_as(entity, attribute):
                types.get(attribute, 'text')
        }) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{# The days in the life of a user or an account. #}
{% macro remembered_days(entity) %}
    {% do return({
        'user': ['created_on', 'deactivated_on', 'licensed_on'],
        'account': [
            'created_on', 'trial_started_on', 'trial_ends_on', 'converted_on',
            'cancelled_on', 'contract_ends_on',
        ],
    }[entity]) %}
{% endmacro %}

{# The column of a staged input that has what a column of
   product_signals__attribute_history keeps. #}
{% macro staged_as(column) %}
    {% if column.startswith('attribute_') %}
        {% do return(product_signals.quoted(column[10:])) %}
    {% endif %}
    {% do return(column) %}
{% endmacro %}
