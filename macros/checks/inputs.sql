{#
    Problems with the input models, one message each: not a table or view, a
    missing column, or a column of the wrong type.
#}
{% macro input_problems() %}
    {% set problems = [] %}
    {% for input, spec in product_signals.input_spec().items() %}
        {% set relation = product_signals.input_relation(input) %}
        {% if relation %}
            {% do problems.extend(
                product_signals.relation_problems(input, spec, relation)
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}

{# Problems with the model of one input, by its part of input_spec(). #}
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
        {% elif type in ['text', 'id'] and column in types
                and modules.re.match(
                    'jsonb?$|(struct|map|union|array|object)\\b|.*\\[',
                    types[column] | lower
                ) %}
            {# As text, it has quotes and brackets that aren't in the value. #}
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

{#
    Problems in rows of inputs: keys of users and accounts, unreadable decisive
    columns, and inputs that have lost all their rows.
#}
{% macro entity_problems() %}
    {%- set inputs = product_signals.input_spec() -%}
    {% for input in ['users', 'accounts'] %}
    {%- set model = product_signals.input_relation(input) -%}
    {%- set key = inputs[input]['key'] -%}
    {%- set columns = product_signals.input_columns(model) -%}
    {%- set id = product_signals.input_value(key, 'id', columns) -%}
    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce({{ id }}, '(empty)') as row_name,
        '{{ key }}' as column_name,
        coalesce({{ id }}, '') as value,
        case
            when {{ id }} is null then 'is missing'
            else 'is the key of ' || cast(count(*) as text) || ' rows'
        end as problem,
        case
            when {{ id }} is null then 'leave such rows out of the model'
            else 'make the model one row per {{ key }}'
        end as fix
    from {{ model }}
    group by {{ id }}
    having {{ id }} is null or count(*) > 1

    union all

    {# Tenure, activation and much else begin with created_at. #}
    select
        'warning' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || min({{ id }}) as row_name,
        'created_at' as column_name,
        '' as value,
        'is missing in ' || cast(count(*) as text) || case
            when count(*) = 1 then ' row: it begins with its first event'
            else ' rows: they begin with their first event'
        end as problem,
        'fill it in' as fix
    from {{ model }}
    where coalesce(
        trim({{ product_signals.input_text('created_at', columns) }}), ''
    ) = ''
    having count(*) > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

    {#- Names one of the values that can't be read. #}
    {%- for input, spec in inputs.items() %}
    {%- set model = product_signals.input_relation(input) %}
    {%- set columns = product_signals.input_columns(model) %}
    {%- set key = spec.get(
        'key', 'user_id' if input == 'memberships' else 'account_id'
    ) %}
    {%- for column in spec.get('decisive', []) %}
    {%- set type = spec['required'].get(column, spec['optional'][column]) %}
    {%- set is_unread = product_signals.unread(column, type, columns) %}
    {%- if is_unread %}
    union all

    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce(id, '(empty)') as row_name,
        '{{ column }}' as column_name,
        given as value,
        'is not {{ "true or false" if type == "boolean" else "a time" }}'
        || case
            when unread_rows > 1
                then ', nor are those of '
                    || cast(unread_rows - 1 as text) || ' more rows'
            else ''
        end as problem,
        '{{ "write true or false, or leave it empty" if type == "boolean"
            else "write YYYY-MM-DD hh:mm:ss, from 1900 to 2199 and 00:00:00 to"
            ~ " 23:59:59, or cast it to a timestamp" }}' as fix
    from (
        select
            id,
            given,
            row_number() over (order by given, id) as place,
            count(*) over () as unread_rows
        from (
            select
                {{ product_signals.input_value(key, 'id', columns) }} as id,
                substr(
                    trim({{ product_signals.input_text(column, columns) }}),
                    1, 100
                ) as given
            from {{ model }}
            where {{ is_unread }}
        ) as unread
    ) as {{ input }}
    where place = 1
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    {{- product_signals.emptied_inputs() }}
{%- endmacro %}

{#
    Problems with inputs that had rows in the last run and have none now, as
    while a load empties the table first. Begins with "union all".

    The list of known inputs keeps users and accounts that are gone.
#}
{% macro emptied_inputs() %}
    {%- if flags.FULL_REFRESH or not product_signals.is_real() -%}
        {%- do return('') -%}
    {%- endif -%}
    {%- set history = product_signals.left_behind(
        'attribute_history', prefix='product_signals__'
    ) -%}
    {%- set known = product_signals.left_behind('known_inputs') -%}
    {%- for input, spec in product_signals.input_spec().items()
            if var(input ~ '_model')
            and (history if spec['key'] else known if spec['row']) %}
    union all

    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '(none)' as row_name,
        '{{ spec["key"] or spec["needed"][0] }}' as column_name,
        '' as value,
        'is missing, since the model has no rows; it had '
        || {{ "cast(count(*) as text)" if spec['key'] else "'some'" }}
        || ' before' as problem,
        'run again once it is loaded, or with --full-refresh if none are left'
            as fix
    from (
        {%- if spec['key'] %}
        select
            is_there,
            row_number() over (
                partition by entity_id order by valid_from desc
            ) as age
        from {{ history }}
        where entity = '{{ input[:-1] }}'
        {%- else %}
        select
            true as is_there,
            1 as age
        from {{ known }}
        where kind = '{{ spec["row"] }}'
        {%- endif %}
    ) as {{ input }}_before
    where
        age = 1
        and is_there
        and not exists (
            select 1 from {{ product_signals.input_relation(input) }}
        )
    having count(*) > 0
    {%- endfor %}
{%- endmacro %}

{# What freshness_days says. A history_start that no event has reached yet leaves
   one day to score. #}
{% macro freshness_detail() %}
    {% set start = var('history_start') %}
    {% set late_start %}
        {%- if start %} || case
            when as_of_date < cast('{{ start }}' as date)
                then '; history_start is {{ start }}, so only '
                    || cast(as_of_date as text) || ' is scored'
            else ''
        end
        {%- endif %}
    {%- endset %}
    {% do return(
        "coalesce('the last event is of ' || cast(last_event_date as text)"
        ~ late_start ~ ", 'no event came')"
    ) %}
{% endmacro %}

{#
    Weighted events that don't come: those unseen for long, and those that came
    regularly in the last days and no longer come. Nobody has done the latter
    for several times their longest gap in these days, on which other events
    came. A release that broke one event looks like this.

    Reads the relations named_days, event_weights, bands and scope.
#}
{% macro missing_events() %}
    select
        'unseen_events' as check_name,
        weights.event_name as name,
        1 as amount
    from event_weights as weights
    cross join scope
    inner join bands
        on bands.metric = 'unseen_days' and bands.band = 'unseen'
    left join named_days
        on
            weights.event_name = named_days.event_name
            and named_days.event_date
            > scope.as_of_date - cast(bands.lower_bound as integer)
            and named_days.event_date <= scope.as_of_date
    where weights.weight > 0
    group by weights.event_name
    having count(named_days.event_name) = 0

    union all

    select
        'stopped_events' as check_name,
        rhythms.event_name || ' (last on '
        || cast(rhythms.last_on as text) || ')' as name,
        1 as amount
    from (
        select
            seen.event_name,
            max(seen.event_date) as last_on,
            max(seen.gap_days) as longest_gap,
            count(*) as days
        from (
            select
                named_days.event_name,
                named_days.event_date,
                named_days.event_date - lag(named_days.event_date) over (
                    partition by named_days.event_name
                    order by named_days.event_date
                ) as gap_days
            from named_days
            inner join scope
                on
                    named_days.event_date
                    > scope.as_of_date - {{ var('seen_days') }}
                    and named_days.event_date <= scope.as_of_date
        ) as seen
        group by seen.event_name
    ) as rhythms
    cross join scope
    inner join bands as regular
        on regular.metric = 'event_days' and regular.band = 'regular'
    inner join bands as stopped
        on stopped.metric = 'event_gaps' and stopped.band = 'stopped'
    where
        rhythms.event_name in (
            select event_name from event_weights where weight > 0
        )
        and rhythms.days >= regular.lower_bound
        and scope.as_of_date - rhythms.last_on
        >= stopped.lower_bound * rhythms.longest_gap
{%- endmacro %}

{#
    Values that filters, features and health components ask for and that no
    user or account has or ever had: misspelt, of a column that the input lacks,
    or not sold yet. A product without trials is fine.

    Reads the relations of the seeds.
#}
{% macro unmatched_values() %}
    select distinct
        'unmatched_values' as check_name,
        asked.attribute || ' ' || asked.value
        || ' (' || asked.place || ')' as name,
        1 as amount
    from (
        {% for seed, place, attribute, list in [
            ('score_profiles', "'profile ' || profile", 'filter_attribute',
                'filter_values'),
            ('activation_checklists', "'checklist ' || checklist",
                'filter_attribute', 'filter_values'),
            ('features', "'feature ' || feature", "'plan'", 'plans'),
            ('health_components', "'health'", "'tier'", 'tier'),
        ] %}
        {{ product_signals.listed_values(
            seed,
            place ~ ' as place, ' ~ attribute ~ ' as attribute',
            list,
            'value'
        ) }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as asked
    left join {{ ref('int_product_signals__attribute_periods') }} as periods
        on asked.attribute = periods.attribute and asked.value = periods.value
    where periods.value is null and asked.attribute <> 'subscription_status'
{%- endmacro %}

{#
    Users and accounts that left the inputs on the last day, and attributes that
    nobody has any more, for the seen_days after that: the input lost a column,
    or fills it from a join that finds nothing. Counts who was the last to have
    one; those who are gone don't.

    Reads the relation scope.
#}
{% macro lost_by_inputs() %}
    {%- set last_day = product_signals.last_day() %}
    select
        'removed_' || history.entity || 's_rate' as check_name,
        history.entity_id as name,
        1 as amount
    from {{ ref('product_signals__attribute_history') }} as history
    inner join scope
        on history.valid_from = scope.as_of_date
    where not history.is_there
    {% for entity in ['user', 'account'] %}
    {%- set columns = product_signals.remembered_columns(entity) %}

    union all

    select
        check_name,
        name,
        amount
    from (
        {# The day on which each of them ended. #}
        with ends as (

            select
                entity_id,
                {%- for column, type in columns.items() %}
                max(case
                    when {{ column ~ ('' if type == 'boolean'
                        else ' is not null') }} then valid_to
                end) as {{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            from ({{ product_signals.remembered(entity) }}) as remembered
            group by entity_id
            having max(case when is_there then valid_to end) = {{ last_day }}

        )

        {% for column in columns %}
        {%- set given = column[:-3] ~ '_at'
            if column in product_signals.remembered_days(entity)
            else column[10:] if column.startswith('attribute_')
            else column %}
        select
            'emptied_values' as check_name,
            '{{ given }} of {{ entity }}s (since '
            || cast(max({{ column }}) as text) || ')' as name,
            count(*) as amount
        from ends
        where
            {{ column }} = (select max({{ column }}) from ends)
            and {{ column }} < {{ last_day }}
            and {{ column }}
            > (select as_of_date from scope) - {{ var('seen_days') }}
        having count(*) > 0
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as {{ entity }}_values
    {% endfor %}
{% endmacro %}

{#
    Rows of inputs whose account or user is unknown.

    Reads the relations users and accounts.
#}
{% macro unknown_in_inputs() %}
    {% for input in product_signals.account_inputs() %}
    {% set name = "coalesce(given.account_id, 'no account')" %}
    {% if input == 'memberships' %}
    {% set name = "case when users.user_id is null"
        ~ " then coalesce(given.user_id, 'no user') else " ~ name ~ ' end' %}
    {% endif %}
    select
        'unknown_in_{{ input }}_rate' as check_name,
        {{ name }} as name,
        count(*) as amount
    from {{ product_signals.rows_of(input) }} as given
    left join accounts
        on given.account_id = accounts.account_id
    {% if input == 'memberships' -%}
    left join users
        on given.user_id = users.user_id
    {% endif -%}
    where
        accounts.account_id is null
        {% if input == 'memberships' -%}
        or users.user_id is null
        {%- elif input == 'users' -%}
        {# Users may have no account. #}
        and given.account_id is not null
        {%- endif %}
    group by {{ name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}

{#
    Accounts whose MRR, if the input has it, is not what their subscription
    changes come to, and changes that are there again.

    An account that left pays nothing, whatever its MRR says, and the MRR of a
    trial is yet to come. The accounts input is of now: it may have what changed
    after as_of_date.

    Reads the relations accounts, bands and scope.
#}
{% macro subscription_findings() %}
    {%- set spec = product_signals.input_spec()['subscription_changes'] %}
    {%- set columns = dict(spec['required'], **spec['optional']).keys() %}
    {%- set rows = product_signals.input_rows('subscription_changes') %}
    {%- set amount = 'cast({} as numeric(28, 2))' %}
    {%- if var('subscription_changes_model')
            and product_signals.has_column('accounts', 'mrr') %}
    select
        'conflicting_mrr' as check_name,
        account_id || case
            when is_cancelled then ' (cancelled'
            else ' (mrr ' || {{ product_signals.as_text(
                amount.format('mrr'), 'number'
            ) }}
        end || ', changes ' || {{ product_signals.as_text(
            amount.format('mrr_by_changes'), 'number'
        ) }} || ')' as name,
        1 as amount
    from (
        select
            accounts.account_id,
            coalesce(accounts.cancelled_on <= scope.as_of_date, false)
                as is_cancelled,
            case
                when accounts.cancelled_on <= scope.as_of_date then 0
                else cast(accounts.mrr as numeric(28, 6))
            end as mrr,
            coalesce(sums.mrr, 0) as mrr_by_changes
        from accounts
        cross join scope
        left join (
            select
                account_id,
                sum(mrr_change) as mrr
            from {{ ref('int_product_signals__subscription_entries') }}
            group by account_id
        ) as sums
            on accounts.account_id = sums.account_id
        left join (
            select distinct changes.account_id
            from ({{ rows }}) as changes
            inner join scope
                on
                    changes.changed_on > scope.as_of_date
                    and changes.changed_on
                    <= cast('{{ product_signals.run_date() }}' as date)
        ) as changed_since
            on accounts.account_id = changed_since.account_id
        where
            changed_since.account_id is null
            and (
                accounts.created_on is null
                or accounts.created_on <= scope.as_of_date
            )
            and coalesce(
                accounts.converted_on <= scope.as_of_date,
                accounts.trial_started_on is null
            )
    ) as compared
    inner join bands
        on bands.metric = 'mrr_difference' and bands.band = 'conflict'
    where abs(compared.mrr - compared.mrr_by_changes) >= bands.lower_bound

    union all
    {% endif %}
    select
        'duplicate_subscription_changes' as check_name,
        account_id || ' (' || change_type || ', '
        || cast(changed_on as text) || ')' as name,
        count(*) - 1 as amount
    from ({{ rows }}) as changes
    group by
        changed_on,
        {{ columns | join(',\n        ') }}
    having count(*) > 1
{%- endmacro %}
