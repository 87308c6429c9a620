{#
    What the rules of an entity's signals see on a day, as common table
    expressions; the last is <entity>_evidence, a row per episode and condition.

    entity     account, user or product
    relation   its metrics
    day        the column of episodes with the day
    first_day  no episode asks for an earlier one, if that is known

    Reads the relations episodes (with subject), rules and score_profiles.
#}
{% macro evidence(entity, relation, day, first_day=none) -%}
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
        {%- if first_day %}
        and metrics.as_of_date >= {{ first_day }}
        {%- endif %}

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
                then cast(windows.{{ metric }} as text)
            {%- endfor %}
        end as observed,
        case windows.rule_number
            {%- for rule in entity_rules %}
            when {{ rule['rule_number'] | int }}
                then {{ product_signals.condition(rule, rule['value']) }}
            {%- endfor %}
        end as is_met,
        {# A rule that asks for the lack of a value means what the lack does. #}
        case
            when
                operator = 'is_null'
                and null_means not like 'unknown for %'
                then null_means
            {%- for metric, same in entity_rules | groupby(
                'metric', case_sensitive=true
            ) %}
            when windows.rule_number in ({{
                same | map(attribute='rule_number') | map('int') | join(', ')
            }})
                then {{ product_signals.sentence(
                    same[0]['sentence'], metric, types, 'windows', {
                        'window_days': 'windows.window_days',
                        'subject': 'windows.subject',
                        'subject_count': 'windows.subject_count',
                    }
                ) }}
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
