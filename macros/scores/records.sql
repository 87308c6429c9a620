{#
    The metrics of what is on file of an account, in the order of
    product_signals__accounts: its input, its type, and what none on file
    means.
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

{# The same as columns; null without their input. #}
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

{# True for a ticket's priority that the variable urgent_priorities lists. #}
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
    An answer in percent of its survey's scale: nps unless it says otherwise,
    as for negative_surveys. Null for surveys and scores off these scales.
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
