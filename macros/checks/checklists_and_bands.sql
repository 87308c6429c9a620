{# Problems with activation checklists, their steps and bounds on their rate. #}
{% macro checklist_problems() %}
    with step_counts as (

        select
            activation_checklists.source,
            activation_checklists.row_name,
            activation_checklists.checklist,
            activation_checklists.entity,
            count(activation_steps.step) as steps
        from activation_checklists
        left join activation_steps
            on activation_checklists.checklist = activation_steps.checklist
        group by
            activation_checklists.source,
            activation_checklists.row_name,
            activation_checklists.checklist,
            activation_checklists.entity

    ),

    rate_bounds as (

        select
            source,
            row_name,
            'lower_bound' as column_name,
            lower_bound as bound,
            'account' as entity,
            'warning' as severity
        from bands
        where metric = 'activation_rate'

        union all

        {# The package's own are for checklists of any length: a build can't
           warn of each, so these are notes. #}
        {% for column in ['nudge_at', 'qualify_at'] %}
        select
            source,
            row_name,
            '{{ column }}' as column_name,
            {{ column }} as bound,
            'account' as entity,
            'note' as severity
        from pql_thresholds

        union all

        {% endfor %}

        select
            signal_conditions.source,
            signal_conditions.row_name,
            'value' as column_name,
            {{ product_signals.config_value(
                'signal_conditions.value', 'number'
            ) }} as bound,
            signals.entity,
            'warning' as severity
        from signal_conditions
        inner join signals
            on signal_conditions.signal = signals.signal
        where
            signal_conditions.metric = 'activation_rate'
            and signal_conditions.operator in ('=', '>=', '<')

    ),

    {# With n steps, a rate moves in steps of 100 / n, so a bound in between
       works like the next rate up. It is fine if another checklist has that
       rate, since checklists share bounds. #}
    checked_bounds as (

        select
            rate_bounds.severity,
            rate_bounds.source,
            rate_bounds.row_name,
            rate_bounds.column_name,
            rate_bounds.bound,
            step_counts.checklist,
            step_counts.steps,
            min(abs(
                rate_bounds.bound * step_counts.steps / 100
                - floor(rate_bounds.bound * step_counts.steps / 100 + 0.5)
            )) over (
                partition by
                    rate_bounds.source,
                    rate_bounds.row_name,
                    rate_bounds.column_name,
                    rate_bounds.bound
            ) as nearest
        from rate_bounds
        inner join step_counts
            on rate_bounds.entity = step_counts.entity
        where step_counts.steps > 0

    )

    select
        'error' as severity,
        source,
        row_name,
        'checklist' as column_name,
        checklist as value,
        'has no steps' as problem,
        'add steps to {{ var("activation_steps_seed") }}, or drop the checklist'
            as fix
    from step_counts
    where steps = 0

    union all

    select
        'error' as severity,
        activation_steps.source,
        activation_steps.row_name,
        'min_users' as column_name,
        cast(activation_steps.min_users as text) as value,
        'can never be met: a step of a user is met by that user alone'
            as problem,
        'leave it empty, or make it a checklist of accounts' as fix
    from activation_steps
    inner join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist
    where
        activation_checklists.entity = 'user'
        and activation_steps.min_users > 1

    union all

    select
        'warning' as severity,
        step_counts.source,
        step_counts.row_name,
        'checklist' as column_name,
        cast(step_counts.steps as text) as value,
        'is its number of steps, which the bands of checklist_steps call '
        || bands.band || ': few tell nobody apart, many nobody finishes'
            as problem,
        'add or drop steps in {{ var("activation_steps_seed") }}' as fix
    from step_counts
    inner join bands
        on
            bands.metric = 'checklist_steps'
            and bands.band <> 'fine'
            and step_counts.steps
            >= coalesce(bands.lower_bound, step_counts.steps)
            and (
                bands.upper_bound is null
                or step_counts.steps < bands.upper_bound
            )
    where step_counts.steps > 0

    union all

    select
        severity,
        source,
        row_name,
        column_name,
        cast(bound as text) as value,
        'cannot be reached exactly with the ' || cast(steps as text)
        || case when steps = 1 then ' step' else ' steps' end
        || ' of checklist ' || checklist as problem,
        'the next rate is '
        || cast(ceil(bound * steps / 100) * 100 / steps as text) as fix
    from checked_bounds
    where bound > 0 and bound <= 100 and nearest > 0.001
{%- endmacro %}

{# Problems with bands: bounds out of order, names that nothing reads, and
   missing bands. #}
{% macro band_problems() %}
    {%- set used_bands = product_signals.used_bands() -%}
    with ordered_bands as (

        select
            *,
            lag(upper_bound) over (
                partition by metric order by band_order, band
            ) as bound_before,
            row_number() over (
                partition by metric order by band_order, band
            ) as place,
            count(*) over (partition by metric) as places
        from bands

    ),

    needed_bands as (

        select *
        from (
            values
            {%- for metric, band, consequence in used_bands %}
            (
                '{{ metric }}',
                {{ "'" ~ band ~ "'" if band else 'null' }},
                '{{ consequence }}'
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as used_bands (metric, band, consequence)

    )

    select
        'error' as severity,
        source,
        row_name,
        case
            when place < places and upper_bound is null then 'upper_bound'
            else 'lower_bound'
        end as column_name,
        case
            when place < places and upper_bound is null then ''
            else coalesce(cast(lower_bound as text), '')
        end as value,
        case
            when lower_bound >= upper_bound
                then 'is not below the upper bound '
                    || cast(upper_bound as text)
            when place < places and upper_bound is null
                then 'is empty, but another band follows'
            when place > 1 and lower_bound is null
                then 'is empty, but another band comes before'
            when lower_bound < bound_before
                then 'overlaps the band before, which ends at '
                    || cast(bound_before as text)
            else 'leaves a gap after the band before, which ends at '
                || cast(bound_before as text)
        end as problem,
        case
            when lower_bound >= upper_bound
                then 'write bounds in order'
            when place < places and upper_bound is null
                then 'write where the next band begins'
            else 'write ' || coalesce(
                cast(bound_before as text), 'where the band before ends'
            )
        end as fix
    from ordered_bands
    where
        lower_bound >= upper_bound
        or (place < places and upper_bound is null)
        or (place > 1 and lower_bound is null)
        or (place > 1 and lower_bound <> bound_before)

    union all

    select
        'error' as severity,
        source,
        row_name,
        'band' as column_name,
        band as value,
        'has a |, which separates the items of a list: no rule could name it'
            as problem,
        'choose another name' as fix
    from bands
    where position('|' in band) > 0

    union all

    select
        'warning' as severity,
        '{{ var("bands_seed") }}' as source,
        'metric=' || needed_bands.metric as row_name,
        'metric' as column_name,
        needed_bands.metric as value,
        'has no band' || coalesce(' ' || needed_bands.band, 's') || ': '
        || needed_bands.consequence as problem,
        'add it' as fix
    from needed_bands
    left join bands
        on
            needed_bands.metric = bands.metric
            and coalesce(needed_bands.band, bands.band) = bands.band
    where bands.metric is null

    union all

    select
        'warning' as severity,
        bands.source,
        bands.row_name,
        'metric' as column_name,
        bands.metric as value,
        'is not a metric that has bands' as problem,
        'correct the name, or drop the row' as fix
    from bands
    left join metrics
        on bands.metric = metrics.metric
    where
        metrics.metric is null
        and bands.metric not in (
            '{{ (used_bands | map(attribute=0) | list + [
                "received_rows", "accepted_rows", "duplicate_rows",
                "nps", "csat",
            ]) | join("', '") }}'
        )
{%- endmacro %}

{#
    What reads the bands seed, besides metrics that conditions may use: [metric,
    band or none for any, what happens without it].
#}
{% macro used_bands() %}
    {% set used = [
        ('tenure_days', none, 'its band column is null'),
        ('size_value', none, 'its band column is null'),
        ('mrr', none, 'the segments of mrr_band are unknown'),
        ('score', none, 'its band column is null'),
        ('activation_rate', none, 'its band column is null'),
        ('active_user_rate', none, 'its band column is null'),
        ('adoption_rate', none, 'its band column is null'),
        ('habit', none, 'its band column is null'),
        ('health_score', none, 'health_grade is null'),
        ('champion_days', 'champion', 'no champion is ever lost'),
        ('silent_days', 'silent',
            'no champion is ever silent, nor an account held down'),
        ('flow_days', 'abandoned', 'no flow is ever left unfinished'),
        ('feature_days', 'lost', 'no key feature is ever lost'),
        ('feature_weeks', 'usual', 'no key feature is ever lost'),
        ('survey_days', 'outdated', 'no answer is ever outdated'),
        ('reply_days', 'unanswered', 'a reply may come any time later'),
        ('alert_minimum_users', 'enough', 'no account has enough users to compare'),
        ('alert_minimum_events', 'enough', 'no change has enough events'),
        ('inactive_days', 'dormant', 'no account is ever dormant'),
        ('inactive_days', 'lost', 'no account is ever lost'),
        ('top_percentile', 'top', 'nobody is ever at the top'),
        ('advocate_days', 'tenured', 'nobody is ever an advocate'),
        ('entry_point_place', 'entry_point', 'no user is ever an entry point'),
        ('telling_accounts', 'enough', 'no ideal customer is ever telling'),
        ('snooze_days', 'over', 'a snooze without a date never ends'),
        ('response_days', 'recent', 'no account is ever touched'),
        ('team_alerts', 'many', 'alerts are never told in one message'),
        ('alert_age_days', 'old', 'a new id of an account makes all anew'),
        ('outcome_days', 'before', 'no outcome is looked at'),
        ('trial_use_days', 'after', 'no conversion is looked at'),
        ('comparison_accounts', 'enough', 'no comparison has enough accounts'),
        ('crm_points', 'moved', 'any move of a score is one to the CRM'),
        ('crm_days', 'moved', 'any later day is one to the CRM'),
        ('false_finding_rate', 'clear', 'no churn hot-spot is ever clear'),
        ('standard_errors', 'chance',
            'no hot-spot is explained by another, and no weight suggested'),
        ('unseen_days', 'unseen', 'no weighted event is ever unseen'),
        ('event_days', 'regular', 'no event ever stops'),
        ('event_gaps', 'stopped', 'no event ever stops'),
        ('mrr_difference', 'conflict', 'no two amounts of MRR ever conflict'),
        ('gap_days', 'stray', 'no first event is ever a stray'),
        ('gap_rate', 'usual', 'no first event is ever a stray'),
        ('weighted_events', 'fine', 'no number of weights is ever too many'),
        ('checklist_steps', 'fine', 'no number of steps is ever too many'),
        ('learned_event_types', 'enough', 'no score is ever ready to be learned'),
        ('learned_history_days', 'enough', 'no score is ever ready to be learned'),
        ('learned_outcomes', 'enough', 'no score is ever ready to be learned'),
        ('communication', none, 'the communication of trials has no band'),
        ('signup_days', 'settled', 'sign-ups of today count for complexity'),
        ('unaided_signups', none, 'product complexity is assumed'),
    ] %}
    {% for check_name in product_signals.health_checks() %}
    {% do used.append(
        (check_name, 'warn', 'product_signals__data_health never warns of it')
    ) %}
    {% endfor %}
    {% do return(used) %}
{% endmacro %}

{# The product_signals__data_health checks that warn from a band on. #}
{% macro health_checks() %}
    {% set of_inputs = [] %}
    {% for input in product_signals.account_inputs(given=false) %}
        {% do of_inputs.append('unknown_in_' ~ input ~ '_rate') %}
    {% endfor %}
    {% for input in product_signals.dated_inputs(given=false) %}
        {% do of_inputs.append(input ~ '_freshness_days') %}
    {% endfor %}
    {% do return([
        'rejected_rows',
        'waiting_rows',
        'conflicting_event_ids',
        'unmapped_event_rate',
        'unknown_user_rate',
        'unknown_account_rate',
        'late_rate',
        'freshness_days',
        'future_events',
        'unseen_events',
        'stopped_events',
        'unmatched_values',
        'emptied_values',
        'removed_users_rate',
        'removed_accounts_rate',
        'configuration_warnings',
        'no_account_rate',
        'stray_rows',
        'cancelled_accounts_in_use',
        'future_created_at',
        'repeated_crm_ids',
        'ids_unfit_for_crm',
        'alike_event_names',
        'clock_minutes',
        'conflicting_mrr',
        'duplicate_subscription_changes',
    ] + of_inputs) %}
{% endmacro %}
