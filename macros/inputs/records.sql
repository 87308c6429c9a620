{# Inputs about what happened to accounts besides events. #}
{% macro further_inputs() %}
    {% set names = [] %}
    {% for input, spec in product_signals.input_spec().items()
            if 'days' in spec %}
        {% do names.append(input) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{# Inputs whose rows name accounts; if given, only those in use. #}
{% macro account_inputs(given=true) %}
    {% set names = [] %}
    {% for input in ['users', 'memberships', 'account_history']
            + product_signals.further_inputs()
            if var(input ~ '_model') or not given %}
        {% do names.append(input) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{#
    Further inputs, with the first of their times as a day: the latest says
    whether rows still come. If given, only those in use.
#}
{% macro dated_inputs(given=true) %}
    {% set days = {} %}
    {% for input in product_signals.further_inputs()
            if var(input ~ '_model') or not given %}
        {% do days.update({
            input: product_signals.input_spec()[input]['days'][0]
                | replace('_at', '_on')
        }) %}
    {% endfor %}
    {% do return(days) %}
{% endmacro %}

{#
    The product_signals__data_health checks of inputs in use, as its list of
    checks has them.

    named   the amount of what int_product_signals__health_findings names
#}
{% macro input_checks(named) %}
    {% set checks = [] %}
    {% for input in ['users', 'accounts'] %}
        {% do checks.append((
            input ~ '_without_crm_id', named, input ~ '_rows'
            if product_signals.has_column(input, 'crm_id') else '0', 'names'
        )) %}
        {% do checks.append((
            'removed_' ~ input ~ '_rate', named, input ~ '_rows + ' ~ named,
            "'no longer in " ~ var(input ~ '_model') ~ ": ' || names"
        )) %}
    {% endfor %}
    {% for input in product_signals.account_inputs() %}
        {% do checks.append((
            'unknown_in_' ~ input ~ '_rate', named, input ~ '_rows', 'names'
        )) %}
    {% endfor %}
    {% for input, day in product_signals.dated_inputs().items() %}
        {% set last_on = input ~ '_last_on' %}
        {% do checks.append((
            input ~ '_freshness_days',
            'case when ' ~ last_on ~ ' < as_of_date then as_of_date - '
            ~ last_on ~ ' when ' ~ last_on ~ ' is not null then 0 end',
            input ~ '_rows',
            "case when " ~ input ~ "_rows > 0 then coalesce("
            ~ "'the last row is of ' || cast(" ~ last_on ~ " as text), "
            ~ "'no row has a day that has come') end"
        )) %}
    {% endfor %}
    {% if var('subscription_changes_model') %}
        {% do checks.append((
            'conflicting_mrr', named, 'accounts_rows'
            if product_signals.has_column('accounts', 'mrr') else '0',
            "'revenue_retention goes by "
            ~ var('subscription_changes_model') ~ ", mrr and cancelled_at of"
            ~ " accounts by " ~ var('accounts_model') ~ ", and they differ: '"
            ~ " || names || '; correct one of the two, such as by a row for a"
            ~ " cancellation'"
        )) %}
        {% do checks.append((
            'duplicate_subscription_changes', named,
            'subscription_changes_rows',
            "'equal rows count once: ' || names || '; if they are two changes,"
            ~ " give each its own `product` or time in "
            ~ var('subscription_changes_model') ~ "'"
        )) %}
    {% endif %}
    {% do return(checks) %}
{% endmacro %}

{# An input's rows, to select from: its staging model, or input_rows(). #}
{% macro rows_of(input) %}
    {% if input in product_signals.further_inputs() %}
        {% do return('(' ~ product_signals.input_rows(input) ~ ')') %}
    {% endif %}
    {% do return(ref('stg_product_signals__' ~ input)) %}
{% endmacro %}

{#
    Selects an input's complete rows, with columns cast to their types, and for
    every time also the calendar day in the variable timezone: answered_at,
    answered_on. No rows without the input.

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
            {# A null text isn't unreadable. #}
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
    Selects the content of further inputs by day, for
    int_product_signals__current_inputs. Duplicate rows all count.
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

{#
    Selects messages to and from accounts: the input's rows, with

    replied_on   the day of the account's next message after it
    asked_on     the day of the last message to the account before it

    At the same time, the account's come last, as answers.
#}
{% macro messages() -%}
    {%- set order = 'partition by account_id order by occurred_at, direction desc'
    %}
    select
        account_id,
        occurred_at,
        occurred_on,
        direction,
        nullif(lower(trim(sentiment)), '') as sentiment,
        min(case when direction = 'inbound' then occurred_on end) over (
            {{ order }} rows between 1 following and unbounded following
        ) as replied_on,
        max(case when direction = 'outbound' then occurred_on end) over (
            {{ order }} rows between unbounded preceding and 1 preceding
        ) as asked_on
    from ({{ product_signals.input_rows('communications') }}) as communications
{%- endmacro %}

{#
    Selects subscription changes up to as_of_date, with their kind and the
    columns below. They have no id, so equal rows are one that was sent again.

    place      the order of an account's changes of a product: at the same
               time, by their amounts; if these don't say, new ones come first
               and cancellations last
    mrr_from   the MRR before the change; if not given, the one that the change
               before left
    mrr_to     the MRR after the change; if not given, it stays, except on a
               cancellation
#}
{% macro subscription_rows() %}
    {%- set so_far = 'over (partition by account_id, product order by place)' %}
    with given_changes as (

        select
            changes.account_id,
            coalesce(changes.product, '') as product,
            changes.changed_at,
            changes.changed_on,
            changes.renewal_due_on,
            {{ product_signals.subscription_kind('changes.change_type') }}
                as kind,
            cast(changes.mrr_before as numeric(28, 6)) as mrr_before,
            cast(changes.mrr_after as numeric(28, 6)) as mrr_after
        from (
            select distinct *
            from ({{ product_signals.input_rows('subscription_changes') }})
                as given
        ) as changes
        inner join {{ ref('int_product_signals__scope') }} as scope
            on changes.changed_on <= scope.as_of_date

    ),

    known_changes as (

        select
            given_changes.*,
            coalesce(
                mrr_after,
                case when kind = 'cancellation' then 0 else mrr_before end
            ) as known_mrr,
            row_number() over (
                partition by account_id, product
                order by
                    changed_on,
                    changed_at,
                    case kind
                        when 'new' then 1
                        when 'reactivation' then 1
                        when 'renewal' then 2
                        when 'cancellation' then 4
                        else 3
                    end,
                    mrr_before,
                    mrr_after
            ) as kind_place
        from given_changes

    ),

    {# What all changes of each moment change, and what is paid after it, if no
       change before is missing. #}
    moment_changes as (

        select
            known_changes.*,
            sum(known_mrr - mrr_before) over (
                partition by account_id, product, changed_on, changed_at
            ) as change_then,
            first_value(coalesce(mrr_before, 0)) over (
                partition by account_id, product order by kind_place
            ) + sum(known_mrr - coalesce(mrr_before, 0)) over (
                partition by account_id, product order by changed_on, changed_at
            ) as mrr_then
        from known_changes

    ),

    {# Of several at the same time, as in a table of days, what the first begins
       with and what the last leaves differ by what all change. If that is
       nothing, any could be the first: it begins with what is paid then. #}
    placed_changes as (

        select
            changes.*,
            row_number() over (
                partition by changes.account_id, changes.product
                order by
                    changes.changed_on,
                    changes.changed_at,
                    case
                        when firsts.mrr is null
                            or (
                                changes.change_then = 0
                                and changes.known_mrr <> changes.mrr_then
                            )
                            then 1
                        when changes.mrr_before <> changes.known_mrr then 2
                        else 3
                    end,
                    case
                        when lasts.mrr is not null
                            and (
                                changes.change_then <> 0
                                or changes.mrr_before = changes.mrr_then
                            )
                            then 1
                        else 2
                    end,
                    changes.kind_place
            ) as place
        from moment_changes as changes
        {% for name, amount, other in [
            ('firsts', 'mrr_before', 'known_mrr - changes.change_then'),
            ('lasts', 'known_mrr', 'mrr_before + changes.change_then'),
        ] %}
        left join (
            select distinct
                account_id,
                product,
                changed_at,
                {{ amount }} as mrr
            from known_changes
        ) as {{ name }}
            on
                changes.account_id = {{ name }}.account_id
                and changes.product = {{ name }}.product
                and changes.changed_at = {{ name }}.changed_at
                and changes.{{ other }} = {{ name }}.mrr
        {% endfor %}

    ),

    numbered_changes as (

        select
            placed_changes.*,
            count(known_mrr) {{ so_far }} as known_number
        from placed_changes

    ),

    {# The one known MRR of each number is that of its first change. #}
    followed_changes as (

        select
            numbered_changes.*,
            coalesce(
                max(known_mrr) over (
                    partition by account_id, product, known_number
                ),
                0
            ) as mrr_to
        from numbered_changes

    )

    select
        account_id,
        product,
        changed_on,
        renewal_due_on,
        kind,
        place,
        coalesce(mrr_before, lag(mrr_to) {{ so_far }}, 0) as mrr_from,
        mrr_to
    from followed_changes
{%- endmacro %}

{#
    The kind of a subscription change, by its change_type; case, spaces, "-" and
    "_" in it don't matter. Anything else is "other".
#}
{% macro subscription_kind(change_type) -%}
    case lower(replace(replace(replace(
        {{- change_type }}, ' ', ''), '-', ''), '_', ''))
        {%- for kind, spellings in {
            'new': ['new', 'newbusiness', 'start', 'started'],
            'reactivation': ['reactivation', 'reactivated', 'winback'],
            'renewal': ['renewal', 'renewed', 'renew'],
            'upsell': ['upsell', 'upgrade', 'upgraded', 'expansion'],
            'cross_sell': ['crosssell', 'addon'],
            'downsell': ['downsell', 'downgrade', 'downgraded', 'contraction'],
            'cancellation': [
                'cancellation', 'cancelled', 'canceled', 'cancel', 'churn',
                'churned',
            ],
        }.items() %}
        {%- for spelling in spellings %}
        when '{{ spelling }}' then '{{ kind }}'
        {%- endfor %}
        {%- endfor %}
        else 'other'
    end
{%- endmacro %}

{#
    The metrics from an account's records, in the order of
    product_signals__accounts: input, type, and the value without records.
#}
{% macro record_metrics() %}
    {% do return({
        'open_tickets': ['tickets', 'integer', 0],
        'urgent_tickets': ['tickets', 'integer', 0],
        'days_since_last_communication': ['communications', 'integer', none],
        'communications_90d': ['communications', 'integer', 0],
        'reply_rate': ['communications', 'numeric(12, 2)', none],
        'survey_score': ['surveys', 'numeric(12, 2)', none],
        'assessment_rating': ['assessments', 'numeric(12, 2)', none],
        'assessment_age_days': ['assessments', 'integer', none],
        'mrr_change_90d': ['subscription_changes', 'double precision', 0],
        'days_since_down_sell': ['subscription_changes', 'integer', none],
    }) %}
{% endmacro %}

{# The metrics as columns; null without their input. #}
{% macro record_columns(relation) %}
    {%- for metric, (input, type, none_means)
            in product_signals.record_metrics().items() %}
    cast(
        {%- if not var(input ~ '_model') -%} null
        {%- elif none_means is none -%} {{ relation }}.{{ metric }}
        {%- else -%} coalesce({{ relation }}.{{ metric }}, {{ none_means }})
        {%- endif %} as {{ type }}) as {{ metric }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# True if the variable urgent_priorities lists a ticket's priority. #}
{% macro is_urgent(priority) -%}
    lower(trim({{ priority }})) in (
        {%- for name in product_signals.listed('urgent_priorities')
            or [''] %}
        {{- product_signals.text_literal(name | lower) }}
        {{- ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{#
    An answer as a percentage of its survey's scale; nps by default, as for
    negative_surveys. Null for other surveys and scores off the scale.
#}
{% macro survey_score(surveys) -%}
    {%- set scales = {'nps': [0, 10], 'csat': [1, 5]} -%}
    case coalesce(lower(trim({{ surveys }}.survey)), 'nps')
        {%- for survey, (lowest, highest) in scales.items() %}
        when '{{ survey }}'
            then case
                when {{ surveys }}.score between {{ lowest }} and {{ highest }}
                    then ({{ surveys }}.score - {{ lowest }})
                        * {{ 100 // (highest - lowest) }}
            end
        {%- endfor %}
    end
{%- endmacro %}
