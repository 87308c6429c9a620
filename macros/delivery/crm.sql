{# A text as a CRM takes it: trimmed, null if empty, and cut off if it is too
   long. #}
{% macro crm_text(text, length=255) -%}
    case
        when length(trim({{ text }})) > {{ length }}
            then substr(trim({{ text }}), 1, {{ length - 1 }}) || '…'
        else nullif(trim({{ text }}), '')
    end
{%- endmacro %}

{# Whether an id can be a key in a CRM: up to 255 characters, trimmed. #}
{% macro is_crm_key(id) %}
    {% do return(
        'length(' ~ id ~ ') <= 255 and trim(' ~ id ~ ') = ' ~ id
    ) %}
{% endmacro %}

{# The owner's email: csm_email, or csm if that is an address. #}
{% macro owner_email(accounts) %}
    {% set csm = accounts ~ '.csm' %}
    {% do return(product_signals.crm_text(
        'coalesce(' ~ accounts ~ '.csm_email, case when position(\'@\' in '
        ~ csm ~ ') > 0 then ' ~ csm ~ ' end)'
    )) %}
{% endmacro %}

{#
    Selects the work list for each account or user: every signal once, by its
    label, most urgent first. A label that doesn't fit into 255 characters is
    left out whole; open_signal_count counts it.

    work_list   a relation with the rows of product_signals__work_list
    key         account_id or user_id
#}
{% macro crm_work(work_list, key) %}
    select
        {{ key }},
        {{ dbt.listagg(
            measure='case when characters <= 256 then label end',
            delimiter_text="';'",
            order_by_clause='order by place'
        ) }} as open_signals,
        cast(count(*) as integer) as open_signal_count,
        max(case when place = 1 then severity end) as signal_severity,
        max(case when place = 1 then next_action end) as next_action,
        {{ dbt.listagg(
            measure="label || coalesce(' (' || "
            ~ product_signals.one_line('user_name')
            ~ " || ')', '') || '. ' || " ~ product_signals.one_line('reason'),
            delimiter_text="'\n'",
            order_by_clause='order by place'
        ) }} as signal_detail
    from (
        select
            {{ key }},
            label,
            user_name,
            severity,
            next_action,
            reason,
            row_number() over (partition by {{ key }} order by priority)
                as place,
            sum(length(label) + 1) over (
                partition by {{ key }} order by priority
            ) as characters
        from (
            select
                {{ key }},
                user_name,
                severity,
                next_action,
                reason,
                priority,
                {{ product_signals.crm_text(
                    "replace(signal_name, ';', ',')"
                ) }} as label,
                row_number() over (
                    partition by {{ key }}, signal_name order by priority
                ) as turn
            from {{ work_list }}
        ) as labelled
        where turn = 1
    ) as placed
    group by {{ key }}
{%- endmacro %}

{#
    Selects everybody who is listed, and everybody who was published before but
    is gone. Anyone gone gives up a CRM record that somebody listed has now, as
    after a merge or with a new id: otherwise a sync would write both to it, and
    the last would win.

    listed   a relation with everybody, as of now, without the columns in later
    key      the id column
    kept     columns that stay when somebody is gone; others become null or
             false
    left     column -> SQL: its value for somebody who is gone
    later    columns that are added later
#}
{% macro crm_everybody(listed, key, kept, left, later=[]) %}
    {%- set columns = product_signals.crm_content() | reject('in', later)
        | list %}
    select
        {%- for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ listed }}
    {%- if is_incremental() %}

    union all

    select
        {%- for column in columns %}
        {%- set type = model['columns'][column]['data_type'] %}
        {% if column in left -%}
        {{ left[column] }}
        {%- elif column == 'crm_id' -%}
        case when taken.crm_id is null then known.crm_id end
        {%- elif column in kept -%}
        known.{{ column }}
        {%- elif type == 'boolean' -%}
        {{ 'true' if column == 'is_deleted' else 'false' }}
        {%- else -%}
        cast(null as {{ type }})
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as known
    left join {{ listed }} as listed
        on known.{{ key }} = listed.{{ key }}
    left join (
        select distinct crm_id from {{ listed }}
    ) as taken
        on known.crm_id = taken.crm_id
    where listed.{{ key }} is null
    {%- endif %}
{%- endmacro %}

{#
    Selects the rows that a run writes to a CRM table, with row_hash and
    changed_at: those that are new, gone, back or changed enough. All others
    stay exactly as published.

    everybody   a relation as in crm_everybody(), with all columns
    key         the id column
    near        column -> changes too small to publish: points, days, or, in a
                sentence, anything after its first colon
#}
{% macro crm_changes(everybody, key, near) %}
    {%- set columns = product_signals.crm_content() %}
    {%- set now = "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S')
        ~ "' as timestamp)" %}
    select
        {%- for column in columns %}
        now.{{ column }},
        {%- endfor %}
        {{ product_signals.row_hash(columns, 'now') }} as row_hash,
    {%- if is_incremental() %}
    {%- set exact = columns | reject('in', near) | list %}
        publication.changed_at
    from {{ everybody }} as now
    cross join {{ ref('int_product_signals__scope') }} as scope
    {#- Later than any before, whatever the clock says. A run for a past day
        publishes nothing. #}
    cross join (
        select case
            when max(changed_at) >= {{ now }}
                then cast({{ dbt.dateadd('second', 1, 'max(changed_at)') }}
                    as timestamp)
            else {{ now }}
        end as changed_at
        from {{ this }}
    ) as publication
    left join {{ this }} as known
        on now.{{ key }} = known.{{ key }}
    where
        scope.is_delivered
        and scope.as_of_date >= {{ product_signals.last_published_day() }}
        and (
            known.{{ key }} is null
            {%- if columns | reject('in', product_signals.column_types(this))
                | list %}
            or 1 = 1
            {%- else %}
            or {{ product_signals.joined(exact, 'now') }}
            <> {{ product_signals.joined(exact, 'known') }}
            {%- for column, measure in near.items() %}
            or {{ product_signals.crm_moved(column, measure) }}
            {%- endfor %}
            {%- endif %}
        )
    {%- else %}
        {{ now }} as changed_at
    from {{ everybody }} as now
    cross join {{ ref('int_product_signals__scope') }} as scope
    where scope.is_delivered
    {%- endif %}
{%- endmacro %}

{# The columns with content: all except row_hash and changed_at. #}
{% macro crm_content() %}
    {% do return(
        model['columns'].keys() | reject('in', ['row_hash', 'changed_at'])
        | list
    ) %}
{% endmacro %}

{# Whether a column has changed enough, from known to now. #}
{% macro crm_moved(column, measure) %}
    {% set now, before = 'now.' ~ column, 'known.' ~ column %}
    {% if measure == 'points' %}
        {% set change = 'abs(coalesce(' ~ now ~ ', -999) - coalesce(' ~ before
            ~ ', -999))' %}
        {% do return(
            '(' ~ change ~ ' > 0 and coalesce('
            ~ product_signals.band('crm_points', change) ~ " = 'moved', true))"
        ) %}
    {% elif measure == 'days' %}
        {# Activity that goes on can wait; its end is published. #}
        {% set change = 'abs(coalesce(' ~ now ~ ', ' ~ product_signals.first_day()
            ~ ') - coalesce(' ~ before ~ ', ' ~ product_signals.first_day()
            ~ '))' %}
        {% do return(
            '(' ~ change ~ ' > 0 and (coalesce('
            ~ product_signals.band('crm_days', change)
            ~ " = 'moved', true) or coalesce(" ~ product_signals.band(
                'crm_days', '(scope.as_of_date - ' ~ now ~ ')'
            ) ~ " = 'moved', true)))"
        ) %}
    {% endif %}
    {% do return(
        "coalesce(split_part(" ~ now ~ ", ':', 1), '') <> coalesce(split_part("
        ~ before ~ ", ':', 1), '')"
    ) %}
{% endmacro %}

{#
    A hash of columns that is the same in every warehouse, whatever the
    session's date format.

    columns    names, described with their types
    relation   the relation they are in
#}
{% macro row_hash(columns, relation) %}
    {% set texts = [] %}
    {% for column in columns %}
        {% set name = relation ~ '.' ~ column %}
        {% do texts.append(
            '(' ~ name ~ " - cast('1970-01-01' as date))"
            if model['columns'][column]['data_type'] == 'date' else name
        ) %}
    {% endfor %}
    {% do return(dbt.hash(product_signals.joined(texts))) %}
{% endmacro %}

{# The latest day that any run with events has looked at. #}
{% macro last_published_day() %}
    {% set log = product_signals.left_behind('completed_runs') %}
    {% set days = [
        '(select coalesce(max(valid_from), ' ~ product_signals.first_day()
        ~ ') from ' ~ ref('product_signals__attribute_history') ~ ')',
    ] %}
    {% if log %}
        {% do days.append(
            '(select coalesce(max(as_of_date), ' ~ product_signals.first_day()
            ~ ') from ' ~ log ~ ' where last_event_date is not null)'
        ) %}
    {% endif %}
    {% do return(
        'greatest(' ~ days | join(', ') ~ ')' if days | length > 1 else days[0]
    ) %}
{% endmacro %}

{#
    Selects the checks of CRM keys in product_signals__data_health, as in
    int_product_signals__health_findings: entities without a key, keys that
    several share, and ids that can't be CRM keys, which ignore case.

    entities   entity -> a relation with its id and crm_id
#}
{% macro crm_findings(entities) %}
    {%- for entity, relation in entities.items() %}
    {%- set id = entity ~ '_id' %}
    {%- if product_signals.has_column(entity ~ 's', 'crm_id') %}
    select
        '{{ entity }}s_without_crm_id' as check_name,
        {{ id }} as name,
        1 as amount
    from {{ relation }}
    where crm_id is null

    union all

    select
        'repeated_crm_ids' as check_name,
        '{{ entity }}s ' || {{ dbt.listagg(
            measure=id,
            delimiter_text="' = '",
            order_by_clause='order by ' ~ id
        ) }} || ' (' || crm_id || ')' as name,
        count(*) as amount
    from {{ relation }}
    where crm_id is not null
    group by crm_id
    having count(*) > 1

    union all
    {% endif %}
    select
        'ids_unfit_for_crm' as check_name,
        '{{ entity }} ' || {{ dbt.listagg(
            measure='substr(' ~ id ~ ', 1, 255)',
            delimiter_text="' = '",
            order_by_clause='order by ' ~ id
        ) }} as name,
        count(*) as amount
    from {{ relation }}
    group by lower(trim({{ id }}))
    having
        count(*) > 1
        or not max(case when {{ product_signals.is_crm_key(id) }}
            then 1 else 0 end) = 1
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
