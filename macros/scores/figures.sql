{# A share in percent with two decimals, at most a million either way; null if
   there is nothing to divide by. #}
{% macro percent(part, whole) %}
    {% set share = '100.0 * cast(' ~ part ~ ' as double precision) / nullif('
        ~ whole ~ ', 0)' %}
    {% do return(product_signals.rounded(
        'case when ' ~ share ~ ' > 1e6 then 1e6 when ' ~ share
        ~ ' < -1e6 then -1e6 else ' ~ share ~ ' end'
    )) %}
{% endmacro %}

{#
    A published figure: numeric(12,2), rounding halves away from zero.

    Rounds to six decimals first, so that 1.005, which double precision stores
    as 1.00499…, rounds up everywhere.
#}
{% macro rounded(number) %}
    {% do return(
        'cast(round(cast(' ~ number
        ~ ' as numeric(18, 6)), 2) as numeric(12, 2))'
    ) %}
{% endmacro %}

{#
    The band of a metric that a value is in; null if none. It includes the lower
    bound but not the upper, and an empty bound is open. Bands are few and rows
    many, so bands become SQL before the query runs.

    metric     as in the bands seed
    value      SQL; null is in no band
    as_order   its place instead of its name, from 1 for the lowest
#}
{% macro band(metric, value, as_order=false) %}
    {% set cases = [] %}
    {% for row in product_signals.bands() if row[0] == metric %}
        {% set bounds = [value ~ ' is not null'] %}
        {% for bound in row.values()[2:] if bound is not none %}
            {% do bounds.append(value ~ ' ' ~ bound) %}
        {% endfor %}
        {% do cases.append(
            'when ' ~ bounds | join(' and ') ~ ' then ' ~ (
                loop.index if as_order
                else product_signals.text_literal(row[1][1:])
            )
        ) %}
    {% endfor %}
    {% if not cases %}
        {% do return(
            'cast(null as ' ~ ('integer' if as_order else 'text') ~ ')'
        ) %}
    {% endif %}
    {% do return('case ' ~ cases | join(' ') ~ ' end') %}
{% endmacro %}

{#
    The place of a band in its metric, from 1 for the lowest, for BI tools to
    sort by.

    metric   as in the bands seed
    name     SQL: the band; null has no place
#}
{% macro band_order(metric, name) %}
    {% set cases = [] %}
    {% for row in product_signals.bands() if row[0] == metric %}
        {% do cases.append(
            'when ' ~ product_signals.text_literal(row[1][1:])
            ~ ' then ' ~ loop.index
        ) %}
    {% endfor %}
    {% if not cases %}
        {% do return('cast(null as integer)') %}
    {% endif %}
    {% do return('case ' ~ name ~ ' ' ~ cases | join(' ') ~ ' end') %}
{% endmacro %}

{# The rows of the bands seed in order, read once a run. #}
{% macro bands() %}
    {% set bands = product_signals.seed('bands') %}
    {% set known = product_signals.known_in_run() %}
    {% if 'bands' not in known and product_signals.is_loaded('bands') %}
        {# The sign keeps dbt from reading "01" as the number 1. #}
        {% do known.update({'bands': run_query(
            "select metric, '=' || band, '>= ' || cast(lower_bound as text),"
            ~ " '< ' || cast(upper_bound as text) from (" ~ bands
            ~ ') as bands order by metric, band_order, band'
        ).rows}) %}
    {% endif %}
    {% do return(known.get('bands', [])) %}
{% endmacro %}

{# The first whole number in a band; otherwise if there is no band: by default
   more days than any history has. #}
{% macro band_begins(metric, band, otherwise=16383) %}
    {% for row in product_signals.bands()
            if row[0] == metric and row[1] == '=' ~ band and row[2] %}
        {% do return(row[2][3:] | float | round(0, 'ceil') | int) %}
    {% endfor %}
    {% do return(otherwise) %}
{% endmacro %}

{# The direction of a score, by the published change and the variable
   trend_threshold. #}
{% macro trend(change) %}
    {%- set threshold = var('trend_threshold') -%}
    case
        when {{ change }} is null then 'new'
        when {{ change }} >= {{ threshold }} then 'rising'
        when {{ change }} <= -{{ threshold }} then 'falling'
        else 'flat'
    end
{%- endmacro %}

{#
    The part of a score's change that the entity itself caused: its score now
    minus its score before, both at today's benchmark.

    Reads normalization, benchmark, published_score, published_previous_score
    and published_previous_at_benchmark. A percentile has no benchmark to hold
    constant. If nobody has points today, there is no benchmark either, and all
    of the drop is behaviour.
#}
{% macro behavior_change() -%}
    case
        when normalization = 'percentile' then null
        when benchmark is null then -published_previous_score
        else published_score - published_previous_at_benchmark
    end
{%- endmacro %}

{#
    Whether a user is active: in the profile's period and the active window.

    active_days    days with activity in the period
    days_inactive  days since the last activity
#}
{% macro is_active(active_days, days_inactive) -%}
    coalesce(
        {{ active_days }} > 0
        and {{ days_inactive }} < {{ var('active_window_days') }},
        false
    )
{%- endmacro %}

{#
    Whether there is enough data to trust a change: users that an average of the
    account is over, and events in this window or the one it is compared with.

    metrics   a relation with averaged_users, event_count and
              previous_event_count
#}
{% macro is_comparable(metrics) -%}
    coalesce(
        {{ product_signals.band(
            'alert_minimum_users', metrics ~ '.averaged_users'
        ) }} = 'enough'
        and {{ product_signals.band(
            'alert_minimum_events',
            'greatest(' ~ metrics ~ '.event_count, '
            ~ metrics ~ '.previous_event_count)'
        ) }} = 'enough',
        false
    )
{%- endmacro %}

{#
    The columns confidence, confidence_order and confidence_reason: how much
    data a score is based on. High if nothing is short, low if two things are.

    Reads the relations scope and profiles.

    metrics            a relation with score, tenure_days, as_of_date and
                       is_comparable
    benchmark_source   SQL
#}
{% macro confidence(metrics, benchmark_source) %}
    {%- set history = 'least(' ~ metrics ~ '.tenure_days, ' ~ metrics
        ~ '.as_of_date - scope.history_start) + 1' %}
    {%- set shortfalls = [
        (history ~ ' < profiles.period_days',
            'cast(' ~ history ~ " as text) || ' of '"
            ~ " || cast(profiles.period_days as text) || ' days of history'"),
        ('not ' ~ metrics ~ '.is_comparable', "'few users or events'"),
        (benchmark_source ~ " = 'fallback'", "'few others to compare with'"),
    ] %}
    {%- set counted, reasons = [], [] %}
    {%- for condition, reason in shortfalls %}
        {%- do counted.append('case when ' ~ condition ~ ' then 1 else 0 end') %}
        {%- do reasons.append(
            'case when ' ~ condition ~ " then '; ' || " ~ reason
            ~ " else '' end"
        ) %}
    {%- endfor %}
    {%- set short = counted | join(' + ') %}
    case
        when {{ metrics }}.score is null then null
        when {{ short }} = 0 then 'high'
        when {{ short }} = 1 then 'medium'
        else 'low'
    end as confidence,
    case
        when {{ metrics }}.score is null then null
        when {{ short }} = 0 then 3
        when {{ short }} = 1 then 2
        else 1
    end as confidence_order,
    case
        when {{ metrics }}.score is not null
            then nullif(substr({{ reasons | join(' || ') }}, 3), '')
    end as confidence_reason
{%- endmacro %}

{# Days that the slope of scores covers: twelve weeks. #}
{% macro slope_days() %}
    {% do return(84) %}
{% endmacro %}

{#
    The least-squares slope of the scores of slope_days(), in points a week;
    null unless each day has one. All arguments are SQL.

    scored_days    how many of them have a score
    days_back      days since the first of them
    day_number     of the last of them, since history_start
    score_sum      scores in hundredths: whole numbers, so that sums are exact
    weighted_sum   the same times day_number

    Days are evenly spaced: their mean is the middle, and their squared
    distances from it add up to n (n² - 1) / 12. 0.07 turns hundredths a day
    into points a week.
#}
{% macro slope(scored_days, days_back, day_number, score_sum, weighted_sum) -%}
    {%- set days = product_signals.slope_days() -%}
    case
        when {{ scored_days }} = {{ days }} and {{ days_back }} = {{ days - 1 }}
            then 0.07 * (
                {{ weighted_sum }}
                - ({{ day_number }} - {{ (days - 1) / 2 }}) * {{ score_sum }}
            ) / {{ days * (days * days - 1) / 12 }}
    end
{%- endmacro %}

{# A lifecycle stage's place on the way from trial to adopted; an account up for
   renewal has been adopted. #}
{% macro stage_number(stage) -%}
    case {{ stage }}
        when 'trial' then 1
        when 'onboarding' then 2
        when 'adopted' then 3
        when 'renewal' then 3
    end
{%- endmacro %}

{# The column that the variable size_column names, as a number. #}
{% macro size_value(relation) %}
    {% set column = var('size_column') | lower %}
    {% set name = relation ~ '.'
        ~ product_signals.remembered_as('account', column) %}
    {% if column in product_signals.extra_attributes('account') %}
        {% do return(product_signals.config_value(name, 'number')) %}
    {% endif %}
    {% do return(name) %}
{% endmacro %}

{#
    Why figures in a row are null, "figure: reason; figure: reason"; null if
    none is.

    reasons   (condition, figure, reason) each
#}
{% macro null_reasons(reasons) %}
    {%- set parts = [] %}
    {%- for condition, figure, reason in reasons %}
        {%- do parts.append(
            'case when ' ~ condition ~ " then '; " ~ figure ~ ': '
            ~ reason ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 3), '')
{%- endmacro %}

{#
    Selects the columns in the model's description: daily account metrics, and
    today's account names and dates. It doesn't use a star, because the table of
    metrics keeps old columns.

    other_columns   those that the model adds itself
#}
{% macro named_accounts(other_columns=[]) %}
    {%- set looked_up = [
        'account_name', 'domain', 'crm_id',
        'created_at', 'trial_started_at', 'converted_at', 'cancelled_at',
    ] %}
    {#- While dbt parses, no column below asks for the seed. #}
    {%- do product_signals.bands() %}
    {%- set band_orders = {
        'tenure_band_order': 'tenure_days',
        'size_band_order': 'size_value',
        'activation_band_order': 'activation_rate',
        'score_band_order': 'score',
        'active_user_band_order': 'active_user_rate',
        'adoption_band_order': 'adoption_rate',
        'habit_band_order': 'habit',
    } %}
select
    {%- for column in model['columns'] if column not in other_columns %}
    {%- if column == 'null_reasons' %}
    case
        when metrics.health_score is not null then metrics.null_reasons
        else coalesce(metrics.null_reasons || '; ', '') || 'health_score: '
            || case
                when metrics.lifecycle_stage = 'churned'
                    then 'the account has left'
                else 'no component has a value'
            end
    end as null_reasons
    {%- elif column in band_orders %}
    {{ product_signals.band_order(band_orders[column], 'metrics.'
        ~ column | replace('_order', '')) }} as {{ column }}
    {%- elif column not in looked_up %}
    metrics.{{ column }}
    {%- elif column.endswith('_at') %}
    coalesce(
        accounts.{{ column }},
        cast(entities.{{ 'begins_on' if column == 'created_at'
            else column | replace('_at', '_on') }} as timestamp)
    ) as {{ column }}
    {%- else %}
    accounts.{{ column }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- else %}
    *
    {%- endfor %}
from {{ ref('int_product_signals__account_figures') }} as metrics
left join {{ ref('stg_product_signals__accounts') }} as accounts
    on metrics.account_id = accounts.account_id
{#- Accounts gone from the input. #}
left join {{ ref('int_product_signals__entities') }} as entities
    on
        entities.entity = 'account'
        and metrics.account_id = entities.entity_id
        and accounts.account_id is null
{%- endmacro %}
