{# The optional columns of the accounts input, and so of the account history:
   name -> type. #}
{% macro account_columns() %}
    {% do return({
        'account_name': 'text',
        'domain': 'text',
        'crm_id': 'id',
        'trial_started_at': 'timestamp',
        'trial_ends_at': 'timestamp',
        'converted_at': 'timestamp',
        'cancelled_at': 'timestamp',
        'contract_ends_at': 'timestamp',
        'plan': 'text',
        'employees': 'quantity',
        'seats': 'quantity',
        'mrr': 'number',
        'deal_size': 'quantity',
        'tier': 'text',
        'industry': 'text',
        'region': 'text',
        'acquisition_channel': 'text',
        'csm': 'text',
        'is_key_account': 'boolean',
        'is_target_logo': 'boolean',
        'fit': 'text',
    }) %}
{% endmacro %}

{#
    The columns that the user adds to slice by: those in the variable
    <entity>_attributes that aren't in the contract anyway; quoted, as columns
    of the package's own tables.
#}
{% macro extra_attributes(entity, quoted=false) %}
    {% set spec = product_signals.input_spec()[entity ~ 's'] %}
    {% set extra = [] %}
    {% for name in product_signals.listed(entity ~ '_attributes') %}
        {% if name | lower not in spec['required']
                and name | lower not in spec['optional'] %}
            {% do extra.append(
                product_signals.quoted(name) if quoted else name | lower
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(extra) %}
{% endmacro %}

{# The columns of the package's own tables that keep extra_attributes(). #}
{% macro own_attributes(entity) %}
    {% set columns = [] %}
    {% for attribute in product_signals.extra_attributes(entity) %}
        {% do columns.append(
            product_signals.remembered_as(entity, attribute)
        ) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{#
    The attributes of an entity that filters and segments may use: its input's
    categories and amounts, and the user's own.
#}
{% macro filter_attributes(entity) %}
    {% set names = [] %}
    {% set named = (
        product_signals.listed(entity ~ '_attributes') | map('lower') | list
    ) %}
    {% for column, type in (
        product_signals.input_spec()[entity ~ 's']['optional'].items()
    ) %}
        {% if column in named or (type != 'timestamp' and column not in [
            'account_name', 'domain', 'crm_id',
            'email', 'full_name', 'is_internal', 'csm_email',
        ]) %}
            {% do names.append(column) %}
        {% endif %}
    {% endfor %}
    {% do return(names + product_signals.extra_attributes(entity)) %}
{% endmacro %}

{#
    The account columns whose value on a day comes from the account history, if
    it has them. Trial, conversion and cancellation are dates already and stay
    the account's own.
#}
{% macro history_columns() %}
    {% set history = product_signals.input_relation('account_history') %}
    {% if not history %}
        {% do return([]) %}
    {% endif %}
    {% set types = product_signals.column_types(history, in_run=true) %}
    {% set columns = [] %}
    {% for column in (
        product_signals.account_columns().keys() | list
        + product_signals.extra_attributes('account')
    ) %}
        {% if (types is none or column in types) and column not in [
            'trial_started_at', 'trial_ends_at', 'converted_at', 'cancelled_at'
        ] %}
            {% do columns.append(column) %}
        {% endif %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{# Names that the user's own attributes can't have, because the package uses
   them. #}
{% macro reserved_attributes() %}
    {% do return(product_signals.segment_bands() + [
        'all',
        'subscription_status',
        'created_on',
        'trial_started_on',
        'trial_ends_on',
        'converted_on',
        'cancelled_on',
        'contract_ends_on',
        'deactivated_on',
        'licensed_on',
        'started_at',
        'starts_on',
        'ends_on',
        'valid_from',
        'valid_to',
    ]) %}
{% endmacro %}

{# What segments are made of besides attributes: columns with an account's
   bands. #}
{% macro segment_bands() %}
    {% do return(['tenure_band', 'size_band', 'mrr_band', 'lifecycle_stage']) %}
{% endmacro %}

{# The account attributes that segments are made of. #}
{% macro segment_attributes() %}
    {% set names = [
        'plan',
        'tier',
        'industry',
        'region',
        'acquisition_channel',
        'csm',
        'is_key_account',
        'is_target_logo',
        'fit',
        'subscription_status',
    ] %}
    {% for name in product_signals.listed('account_attributes')
            if name | lower not in names %}
        {% do names.append(name | lower) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{#
    Selects the segments of accounts (`segments`: segment_periods) over all of
    time, for tables whose segments add up to the whole: until an attribute is
    first used, it is unknown of every account.
#}
{% macro segments_of_all_days(segments) %}
    select account_id, attribute, value, valid_from, valid_to
    from {{ segments }}

    union all

    select
        account_id,
        attribute,
        'unknown' as value,
        {{ product_signals.first_day() }} as valid_from,
        min(used.valid_from) as valid_to
    from {{ segments }} as used
    group by account_id, attribute
    having min(used.valid_from) > {{ product_signals.first_day() }}
{% endmacro %}

{#
    Selects users or accounts from product_signals__attribute_history, in
    periods without gaps (valid_from, valid_to). The first row's values also
    hold before it. A run for a past day uses today's values for those not known
    yet.

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

{# Selects the days on which inputs first had a user or account, and on which
   it was last back after being gone or internal. #}
{% macro heard_of() %}
    select
        entity,
        entity_id,
        min(valid_from) as heard_on,
        max(case when counts and not counted then valid_from end) as back_on
    from (
        select
            *,
            lag(counts) over (
                partition by entity, entity_id order by valid_from
            ) as counted
        from (
            select
                *,
                is_there and not coalesce(is_internal, false) as counts
            from {{ ref('product_signals__attribute_history') }}
        ) as rows_of_history
    ) as history
    group by entity, entity_id
{% endmacro %}

{#
    What product_signals__attribute_history keeps of a user or an account:
    column -> type. A user's name, email and CRM id aren't kept: they are
    today's everywhere. An account's are, because rules may use them.

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

{# The dates kept for a user or an account. #}
{% macro remembered_days(entity) %}
    {% do return({
        'user': ['created_on', 'deactivated_on', 'licensed_on'],
        'account': [
            'created_on', 'trial_started_on', 'trial_ends_on', 'converted_on',
            'cancelled_on', 'contract_ends_on',
        ],
    }[entity]) %}
{% endmacro %}

{# The staged input's column for a column of
   product_signals__attribute_history. #}
{% macro staged_as(column) %}
    {% if column.startswith('attribute_') %}
        {% do return(product_signals.quoted(column[10:])) %}
    {% endif %}
    {% do return(column) %}
{% endmacro %}
