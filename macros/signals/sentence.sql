{#
    A sentence of the metrics seed as SQL, its {names} filled in:

    {metric}              its value, "unknown" where that is null
    {metric|whole}        without decimals
    {metric|size}         without its sign, and without decimals from 10 on
    {metric|fell|rose}    the first text below 0, else the second
    {metric|s}            the text unless the value is 1: a plural
    {window_days}         days that the condition's metric looks at
    {subject}             whom or what the signal is about
    {subject_count}       how often it happened there that day

    template   the sentence; none: the metric and its value; "-": nothing, for
               a metric that only guards others
    metric     the condition's metric
    types      metric_types() of its entity
    relation   with the metrics
    special    SQL for window_days, subject and subject_count
#}
{% macro sentence(template, metric, types, relation, special) %}
    {% if template == '-' %}
        {% do return('cast(null as text)') %}
    {% endif %}
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
                    name == 'subject' else 'number' %}
            {% elif name in types %}
                {% set column, type = relation ~ '.' ~ name, types[name] %}
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
            {% elif words | length == 2
                    and words[1] not in ('whole', 'size') %}
                {% do parts.append(
                    'case when ' ~ column ~ " = 1 then '' else "
                    ~ product_signals.text_literal(words[1])
                    ~ ' end'
                ) %}
            {% else %}
                {% if words[1] == 'whole' %}
                    {% set column = 'round(' ~ column ~ ')' %}
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

{# A metric as people write it: 27 rather than 27.00, 0.5 rather than 0.50. #}
{% macro plain_text(column, value_type) %}
    {% if value_type == 'number' %}
        {% do return(
            "replace(replace(replace(cast(cast(" ~ column
            ~ " as numeric(28, 2)) as text) || '|', '.00|', ''), '0|', ''),"
            ~ " '|', '')"
        ) %}
    {% elif value_type == 'date' %}
        {% do return('cast(cast(' ~ column ~ ' as date) as text)') %}
    {% endif %}
    {% do return('cast(' ~ column ~ ' as text)') %}
{% endmacro %}

{#
    Days that a metric looks at, null for all of history.

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
            when 'seen'
                then case
                    when {{ profiles }}.period_days > {{ var('seen_days') }}
                        then {{ profiles }}.period_days
                    else {{ var('seen_days') }}
                end
        end
{%- endmacro %}
