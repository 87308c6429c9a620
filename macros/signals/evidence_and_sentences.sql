{#
    What the rules of an entity's signals see on a day, as common table
    expressions; the last is <entity>_evidence, one row per episode and
    condition.

    entity     account, user or product
    relation   its metrics
    day        the column of episodes with the day
    first_day  the earliest day that an episode needs

    Reads the relations episodes (with subject), rules and score_profiles.
#}
{% macro evidence(entity, relation, day, first_day) -%}
{%- set entity_rules = product_signals.signal_rules()
    | selectattr('entity', 'equalto', entity) | list -%}
{%- set types = product_signals.metric_types(entity) -%}
{{ entity }}_windows as (

    select
        opened.signal_id,
        opened.opened_on,
        opened.observed_on,
        opened.subject,
        opened.subject_count,
        rules.rule_number,
        rules.condition_group,
        rules.condition_number,
        rules.metric,
        rules.operator,
        rules.value as threshold,
        rules.null_means,
        {{ product_signals.window_days('rules.time_window', 'profiles') }}
            as window_days,
        metrics.*
    from episodes as opened
    inner join rules
        on opened.signal = rules.signal
    inner join {{ relation }} as metrics
        on
            opened.entity_id = metrics.{{ entity }}_id
            and opened.{{ day }} = metrics.as_of_date
    left join score_profiles as profiles
        on metrics.profile = profiles.profile
    where
        opened.entity = '{{ entity }}'
        and metrics.as_of_date >= {{ first_day }}

),

{{ entity }}_evidence as (

    select
        windows.signal_id,
        windows.opened_on,
        windows.condition_group,
        windows.condition_number,
        windows.metric,
        windows.operator,
        windows.threshold,
        windows.observed_on,
        cast(windows.window_days as integer) as window_days,
        {% if entity_rules -%}
        case
            {%- for metric, same in entity_rules | groupby(
                'metric', case_sensitive=true
            ) %}
            when windows.rule_number in ({{
                same | map(attribute='rule_number') | map('int') | join(', ')
            }})
                then cast(windows.{{ product_signals.metric_column(
                    metric, same[0]['value_type']
                ) }} as text)
            {%- endfor %}
        end as observed,
        case windows.rule_number
            {%- for rule in entity_rules %}
            when {{ rule['rule_number'] | int }}
                then {{ product_signals.condition(rule, rule['value']) }}
            {%- endfor %}
        end as is_met,
        case
            {%- for metric, same in entity_rules | groupby(
                'metric', case_sensitive=true
            ) %}
            when windows.rule_number in ({{
                same | map(attribute='rule_number') | map('int') | join(', ')
            }})
                then case
                    {# Of a missing value, says what that means; of one that
                       only guards others, if the rule asks for it. #}
                    when
                        windows.{{ product_signals.metric_column(
                            metric, same[0]['value_type']
                        ) }} is null
                        {%- if same[0]['sentence'] == '-' %}
                        and windows.operator = 'is_null'
                        {%- endif %}
                        and windows.null_means not like 'unknown for %'
                        then windows.null_means
                    else {{ product_signals.sentence(
                        same[0]['sentence'], metric, types, 'windows', {
                            'window_days': 'windows.window_days',
                            'subject': 'windows.subject',
                            'subject_count': 'windows.subject_count',
                        }
                    ) }}
                end
            {%- endfor %}
        end as sentence
        {%- else -%}
        cast(null as text) as observed,
        false as is_met,
        cast(null as text) as sentence
        {%- endif %}
    from {{ entity }}_windows as windows

)
{%- endmacro %}

{#
    A sentence from the metrics seed as SQL, with its {names} filled in:

    {metric}              its value, "unknown" if null
    {metric|whole}        without decimals
    {metric|floor}        rounded down from 1 on, so that it stays in its band
    {metric|size}         without its sign, and without decimals from 10 on
    {metric|fell|rose}    the first text below 0, else the second
    {metric|s}            the text unless the value is 1 or -1: a plural
    {metric|ago}          a number of days ago
    {window_days}         days that the condition's metric covers
    {subject}             whom or what the signal is about
    {subject_count}       how often it happened there that day
    {through_others}      what changed the score besides {behavior_change}

    template   the sentence; none: the metric and its value; "-": nothing, for
               a metric that only guards others
    metric     the condition's metric
    types      metric_types() of its entity
    relation   the relation with the metrics
    special    SQL for window_days, subject and subject_count
#}
{% macro sentence(template, metric, types, relation, special) %}
    {% if template == '-' %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% set special = dict(
        special, through_others=product_signals.through_others(relation)
    ) %}
    {% set parts = [] %}
    {% for piece in (template or metric ~ ' {' ~ metric ~ '}').split('{') %}
        {% set name, closed, text = piece.partition('}') %}
        {% if loop.first %}
            {% set text = piece %}
        {% else %}
            {% set words = name.split('|') %}
            {% set name = words[0] | trim %}
            {% if name in special %}
                {% set column, type = special[name], 'text' if
                    name in ('subject', 'through_others') else 'number' %}
            {% elif name in types %}
                {% set type = types[name] %}
                {% set column = relation ~ '.'
                    ~ product_signals.metric_column(name, type) %}
            {% else %}
                {% set column, type = 'cast(null as text)', 'text' %}
            {% endif %}
            {% if words | length == 3 %}
                {% do parts.append(
                    'case when ' ~ column ~ ' < 0 then '
                    ~ product_signals.text_literal(words[1])
                    ~ ' else '
                    ~ product_signals.text_literal(words[2])
                    ~ ' end'
                ) %}
            {% elif words[1] == 'ago' %}
                {% do parts.append(
                    'coalesce(case ' ~ column ~ " when 0 then 'less than a day'"
                    ~ " when 1 then '1 day' else "
                    ~ product_signals.plain_text(column, type)
                    ~ " || ' days' end || ' ago', 'unknown')"
                ) %}
            {% elif words | length == 2
                    and words[1] not in ('whole', 'floor', 'size') %}
                {% do parts.append(
                    'case when abs(' ~ column ~ ") = 1 then '' else "
                    ~ product_signals.text_literal(words[1])
                    ~ ' end'
                ) %}
            {% else %}
                {% if words[1] == 'whole' %}
                    {% set column = 'round(' ~ column ~ ')' %}
                {% elif words[1] == 'floor' %}
                    {% set column = 'case when ' ~ column
                        ~ ' >= 1 then floor(' ~ column ~ ') else ' ~ column
                        ~ ' end' %}
                {% elif words[1] == 'size' %}
                    {% set column = 'case when abs(' ~ column
                        ~ ') >= 10 then round(abs(' ~ column ~ ')) else abs('
                        ~ column ~ ') end' %}
                {% endif %}
                {% do parts.append(
                    'coalesce(' ~ product_signals.plain_text(column, type)
                    ~ ", 'unknown')"
                ) %}
            {% endif %}
        {% endif %}
        {% if text %}
            {% do parts.append(product_signals.text_literal(text)) %}
        {% endif %}
    {% endfor %}
    {% do return(parts | join(' || ')) %}
{% endmacro %}

{#
    How far others' activity moved a score, after how far its own did, so that
    both add up to its change: " and rose 4 through others'". Nothing if that
    rounds to 0.

    relation   the relation with the metrics
#}
{% macro through_others(relation) -%}
    {%- set moved = '(' ~ relation ~ '.score - ' ~ relation
        ~ '.previous_score - ' ~ relation ~ '.behavior_change)' -%}
    case
        when abs({{ moved }}) >= 0.5
            then case
                when ({{ moved }} < 0) = ({{ relation }}.behavior_change < 0)
                    then ' and '
                when {{ moved }} < 0 then ' and fell '
                else ' and rose '
            end
            || {{ product_signals.plain_text(
                'round(abs(' ~ moved ~ '))', 'number'
            ) }}
            || ' through others'''
        else ''
    end
{%- endmacro %}

{#
    Selects what the conditions of each signal say, in order: signal_id and
    sentences.

    evidence   a relation with a row per condition, and its sentence
#}
{% macro sentences_of(evidence) -%}
    select
        signal_id,
        {{ dbt.listagg(
            measure='sentence',
            delimiter_text="'; '",
            order_by_clause='order by place, sentence'
        ) }} as sentences
    from (
        select
            signal_id,
            sentence,
            min(condition_group * 1000 + condition_number) as place
        from {{ evidence }}
        where sentence is not null
        group by signal_id, sentence
    ) as told
    group by signal_id
{%- endmacro %}

{# A metric as people write it: 27 rather than 27.00, 0.5 rather than 0.50. #}
{% macro plain_text(column, value_type) %}
    {% if value_type == 'number' %}
        {% do return(
            "replace(replace(replace(cast(cast(" ~ column
            ~ " as numeric(28, 2)) as text) || '|', '.00|', ''), '0|', ''),"
            ~ " '|', '')"
        ) %}
    {% endif %}
    {% do return('cast(' ~ column ~ ' as text)') %}
{% endmacro %}

{#
    Days that a metric covers, null for all of history.

    time_window   SQL: as in the metrics seed
    profiles      a relation of score profiles: the entity's own
#}
{% macro window_days(time_window, profiles) -%}
    case {{ time_window }}
            when 'day' then 1
            when 'period' then {{ profiles }}.period_days
            when 'change' then {{ profiles }}.change_days
            when 'adoption' then {{ var('adoption_window_days') }}
            when 'month' then 30
            when 'quarter' then 90
            when 'half_year' then 180
            when 'slope' then {{ product_signals.slope_days() }}
            when 'active'
                then least(
                    {{ profiles }}.period_days, {{ var('active_window_days') }}
                )
            when 'seen'
                then greatest(
                    least(
                        {{ profiles }}.period_days,
                        {{ var('active_window_days') }}
                    ),
                    {{ var('seen_days') }}
                )
        end
{%- endmacro %}

{#
    What a figure goes by from a day on, for sentences: ", with another profile",
    or nothing if it is the same as before. A figure may move by that alone.

    yardsticks   columns, each with its value before in previous_...
#}
{% macro with_another(yardsticks) %}
    {%- for name in yardsticks %}
        case
            when ({{ name }} is distinct from previous_{{ name }})
                then ', with another {{ name }}'
            else ''
        end {{ '||' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
