{#
    What rules said of an account on a day, and when the outcome they are tested
    against happened: conversion for trials; for customers cancellation, the
    next purchase of more, and leaving: cancellation, or as many days without
    use as the horizon has. The rule "all" speaks of every account each Sunday,
    and of every trial.

    compared_with   whose rule "all" gives the base rate: account_weeks, trials,
                    or trials of one complexity and size
    is_left_out     uses an attribute whose value that day is unknown
    is_hit          whether it happened within the horizon, or for trials at
                    all; null if that is still to be seen, or left out

    Trials count once their time is over, if they have an end: before, only
    conversions and cancellations are known.
#}
{% set horizon_days = product_signals.band_begins('outcome_days', 'before') %}
{% set of_history = ['role'] %}
{% for column in product_signals.history_columns() %}
{% do of_history.append(product_signals.remembered_as('account', column)) %}
{% endfor %}
{% if var('size_column') | lower in of_history %}
{% do of_history.append('size_column') %}
{% endif %}

with scope as (

    select * from {{ ref('int_product_signals__scope') }}

),

leads as (

    select
        *,
        complexity || ', ' || coalesce(size_band, 'unknown') as kind
    from {{ ref('product_signals__leads') }}
    where
        trial_outcome <> 'open'
        and coalesce(trial_ends_on < as_of_date, true)

),

expansions as (

    select distinct
        account_id,
        happened_on
    from {{ ref('int_product_signals__subscription_entries') }}
    where part in ('upsell', 'cross_sell')

),

figures as (

    select
        figures.account_id,
        figures.as_of_date,
        figures.attributes_as_of,
        figures.score_band,
        figures.habit_band,
        figures.health_grade,
        figures.days_since_last_active,
        entities.converted_on,
        entities.cancelled_on,
        {%- for day, condition in {
            'expanded_on': 'expansions.account_id is not null',
            'silent_on': 'figures.days_since_last_active = ' ~ horizon_days,
        }.items() %}
        min(case when {{ condition }} then figures.as_of_date end) over (
            partition by figures.account_id
            order by figures.as_of_date
            rows between 1 following and unbounded following
        ) as {{ day }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_product_signals__account_figures') }} as figures
    inner join {{ ref('int_product_signals__entities') }} as entities
        on
            entities.entity = 'account'
            and figures.account_id = entities.entity_id
    left join expansions
        on
            figures.account_id = expansions.account_id
            and figures.as_of_date = expansions.happened_on

),

account_days as (

    {# An account has no days after its cancellation. #}
    {% for outcome, status, happened_on in [
        ('cancelled', 'paid', 'figures.cancelled_on'),
        ('left', 'paid', 'coalesce(figures.silent_on, figures.cancelled_on)'),
        ('expanded', 'paid', 'figures.expanded_on'),
        ('converted', 'trial', 'figures.converted_on'),
    ] %}
    select
        figures.*,
        '{{ outcome }}' as outcome,
        {{ happened_on }} as happened_on
    from figures
    inner join {{ ref('int_product_signals__segment_periods') }} as statuses
        on
            statuses.attribute = 'subscription_status'
            and statuses.value = '{{ status }}'
            and figures.account_id = statuses.account_id
            and figures.as_of_date >= statuses.valid_from
            and figures.as_of_date < statuses.valid_to
    {%- if outcome == 'left' %}
    where figures.days_since_last_active < {{ horizon_days }}
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

account_weeks as (

    select * from account_days
    where {{ product_signals.days_since_sunday('as_of_date') }} = 0

),

{# The account history may have some attributes, but not all. #}
attribute_signals as (

    select
        signal,
        max(
            case
                {%- for column in of_history %}
                when
                    {{ product_signals.text_literal(column) }}
                    in (needs_input, metric)
                    then 0
                {%- endfor %}
                else 1
            end
        ) = 1 as is_of_input
    from {{ ref('int_product_signals__signal_rules') }}
    where needs_input in (
        {%- for column in product_signals.remembered_columns('account') %}
        '{{ column }}',
        {%- endfor %}
        'size_column',
        'role'
    )
    {%- for entity in ['account', 'user'] %}
    {%- for metric in product_signals.own_attributes(entity) %}
    or metric = {{ product_signals.text_literal(metric) }}
    {%- endfor %}
    {%- endfor %}
    group by signal

),

heard as (

    {{ product_signals.heard_of() }}

),

of_days as (

    {# Two users with a signal on one day say the same of the account. #}
    select distinct
        'signal' as rule_type,
        signals.signal as rule,
        account_days.outcome,
        account_days.account_id,
        account_days.as_of_date as said_on,
        account_days.happened_on,
        attribute_signals.signal is not null
        and (
            account_days.attributes_as_of = 'current'
            or (
                attribute_signals.is_of_input
                and account_days.as_of_date < heard.heard_on
            )
        ) as is_left_out
    from {{ ref('product_signals__signals') }} as signals
    inner join account_days
        on
            signals.account_id = account_days.account_id
            and signals.opened_on = account_days.as_of_date
    left join attribute_signals
        on signals.signal = attribute_signals.signal
    left join heard
        on
            heard.entity = 'account'
            and account_days.account_id = heard.entity_id

    {% for column in ['score_band', 'habit_band', 'health_grade', 'all'] %}
    union all

    select
        '{{ 'all' if column == 'all' else 'score' }}' as rule_type,
        {{ "'all'" if column == 'all'
            else "'" ~ column ~ " = ' || " ~ column }} as rule,
        outcome,
        account_id,
        as_of_date as said_on,
        happened_on,
        false as is_left_out
    from account_weeks
    {%- if column != 'all' %}
    where {{ column }} is not null
    {%- endif %}

    {% endfor %}

),

of_trials as (

    {% for rule_type, rule, compared_with, said_on in [
        ('all', "'all'", "'trials'", 'trial_started_on'),
        ('persona', 'persona', "'trials'", 'figures_on'),
        ('pql', "'nudge'", "'trials'", 'nudged_on'),
        ('pql', "'qualified'", "'trials'", 'qualified_on'),
        ('pql', "'overdue'", "'trials'", 'overdue_on'),
        ('all', "'all'", 'kind', 'trial_started_on'),
        ('pql', "'qualified: ' || kind", 'kind', 'qualified_on'),
    ] %}
    select
        '{{ rule_type }}' as rule_type,
        {{ rule }} as rule,
        {{ compared_with }} as compared_with,
        account_id,
        {{ said_on }} as said_on,
        converted_on as happened_on
    from leads
    where {{ said_on }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

statements as (

    select
        rule_type,
        rule,
        'account_weeks' as compared_with,
        outcome,
        account_id,
        said_on,
        happened_on,
        is_left_out
    from of_days

    union all

    select
        rule_type,
        rule,
        compared_with,
        'converted' as outcome,
        account_id,
        said_on,
        happened_on,
        false as is_left_out
    from of_trials

)

select
    statements.*,
    case
        when statements.is_left_out then null
        when statements.compared_with <> 'account_weeks'
            then coalesce(statements.happened_on > statements.said_on, false)
        when
            statements.said_on + {{ horizon_days }} <= scope.as_of_date
            then coalesce(
                statements.happened_on > statements.said_on
                and statements.happened_on
                <= statements.said_on + {{ horizon_days }},
                false
            )
    end as is_hit
from statements
cross join scope
