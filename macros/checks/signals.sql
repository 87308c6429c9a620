{# Problems with signals themselves. #}
{% macro signal_problems() %}
    select
        'error' as severity,
        signals.source,
        signals.row_name,
        'suppressed_by' as column_name,
        signals.suppressed_by as value,
        'suppresses itself, or is suppressed by this one in turn: nobody would'
        || ' see either' as problem,
        'correct the name, or leave it out' as fix
    from signals
    inner join signals as others
        on {{ product_signals.in_list(
            'others.signal', 'signals.suppressed_by'
        ) }}
    where {{ product_signals.in_list(
        'signals.signal', "coalesce(others.suppressed_by, '')"
    ) }}

    union all

    select
        'error' as severity,
        source,
        row_name,
        'min_days' as column_name,
        cast(min_days as text) as value,
        'is not a number of days for an event, which happens on one' as problem,
        'write 1, or make it a state' as fix
    from signals
    where kind = 'event' and min_days > 1 and is_enabled

    union all

    select
        'error' as severity,
        source,
        row_name,
        'closed_by' as column_name,
        closed_by as value,
        'closes a state, and an event is over after its grace days' as problem,
        'leave it out, or make it a state' as fix
    from signals
    where kind = 'event' and closed_by is not null and is_enabled

    union all

    select
        'error' as severity,
        signals.source,
        signals.row_name,
        'signal' as column_name,
        signals.signal as value,
        'is switched on without a condition: it can never hold' as problem,
        'add conditions to {{ var("signal_conditions_seed") }}, or set'
        || ' is_enabled to false' as fix
    from signals
    left join signal_conditions
        on signals.signal = signal_conditions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_conditions.signal is null

    union all

    select
        'warning' as severity,
        signals.source,
        signals.row_name,
        'signal' as column_name,
        signals.signal as value,
        'has no action: nobody will know what to do' as problem,
        'add one to {{ var("signal_actions_seed") }}' as fix
    from signals
    left join signal_actions
        on signals.signal = signal_actions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_actions.signal is null

    union all

    select
        'error' as severity,
        source,
        row_name,
        'teams' as column_name,
        teams as value,
        'names no team: nobody will hear of it' as problem,
        'write a team, a|b for more than one' as fix
    from signals
    where replace(replace(teams, '|', ''), ' ', '') = ''

    union all

    select
        'warning' as severity,
        signal_actions.source,
        signal_actions.row_name,
        'team' as column_name,
        signal_actions.team as value,
        'is not one of the teams of the signal, ' || signals.teams
        || ': it will not hear of it' as problem,
        'add the team to {{ var("signals_seed") }}, or correct the name' as fix
    from signal_actions
    inner join signals
        on signal_actions.signal = signals.signal
    where
        signals.is_enabled
        and not {{ product_signals.in_list(
            'signal_actions.team', 'signals.teams'
        ) }}

    union all

    {# Flows are optional, so a build says nothing. -#}
    select
        'note' as severity,
        source,
        row_name,
        'signal' as column_name,
        signal as value,
        'is about guided flows, but no event has both a flow and a flow_step:'
        || ' it can never hold' as problem,
        'give them to the events of a flow in'
        || ' {{ var("event_catalog_seed") }}, or set is_enabled to false' as fix
    from signals
    where
        is_enabled
        and signal in (
            select signal from conditions
            where subject_type = 'flow'
        )
        and not exists (
            select 1 from event_catalog
            where flow is not null and flow_step is not null
        )
{%- endmacro %}

{#
    Problems with single conditions of signals: their metric, operator and
    values. group_problems() compares the conditions of a signal.

    Reads the relation conditions: signal_conditions with what is known about
    their signal and metric.
#}
{% macro condition_problems() %}
    {%- set number = '-?[0-9]{1,15}([.][0-9]+)?' -%}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set lists = {
        'number': ('cell', number ~ '( *[|] *' ~ number ~ ')*'),
        'boolean': ('lower(cell)', '(true|false)( *[|] *(true|false))*'),
        'date': ('cell', date ~ '( *[|] *' ~ date ~ ')*'),
    } -%}
    with cells as (

        select
            *,
            'value' as column_name,
            value as cell
        from conditions

        union all

        select
            *,
            'clear_value' as column_name,
            clear_value as cell
        from conditions
        where clear_value is not null

    ),

    {# The only texts that some metrics can have. #}
    known_texts as (

        {% for metric, banded in {
            'tenure_band': 'tenure_days',
            'size_band': 'size_value',
            'score_band': 'score',
            'activation_band': 'activation_rate',
            'active_user_band': 'active_user_rate',
            'adoption_band': 'adoption_rate',
            'habit_band': 'habit',
            'health_grade': 'health_score',
        }.items() %}
        select
            '{{ metric }}' as metric,
            band as known
        from bands
        where metric = '{{ banded }}'
        union all
        {% endfor %}
        {% for metric, texts in {
            'trend': ['new', 'rising', 'falling', 'flat'],
            'lifecycle_stage': ['trial', 'onboarding', 'adopted', 'renewal'],
            'expected_stage': ['trial', 'onboarding', 'adopted'],
            'account_status': ['trial', 'paid', 'cancelled'],
        }.items() %}
        {% for text in texts %}
        select
            '{{ metric }}' as metric,
            '{{ text }}' as known
        {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
        {% endfor %}

    )

    select
        'error' as severity,
        source,
        row_name,
        'metric' as column_name,
        metric as value,
        'is not a metric of ' || entity || 's' as problem,
        'use a metric of {{ var("metrics_seed") }}' || case
            when entity in ('account', 'user')
                then ', or attribute_<name> for one that the variable '
                    || entity || '_attributes names'
            else ''
        end as fix
    from conditions
    where value_type is null and metric is not null

    union all

    select
        'error' as severity,
        source,
        row_name,
        'operator' as column_name,
        operator as value,
        'does not work on ' || metric || ', which is a ' || value_type
            as problem,
        'use = != in not_in is_null is_not_null' as fix
    from conditions
    where
        value_type in ('text', 'boolean')
        and operator in ('<', '<=', '>', '>=')

    union all

    select
        'error' as severity,
        source,
        row_name,
        column_name,
        coalesce(cell, '') as value,
        case
            when cell is null then 'is empty, but ' || operator || ' needs one'
            else 'is not a ' || value_type || ', as ' || metric || ' is'
        end as problem,
        case value_type
            when 'number' then 'write a number'
            when 'boolean' then 'write true or false'
            when 'date' then 'write a date, YYYY-MM-DD'
            else 'write what to compare with'
        end || case
            when operator in ('in', 'not_in') then ', or several: a|b' else ''
        end as fix
    from cells
    where
        operator not in ('is_null', 'is_not_null')
        and (
            cell is null
            {%- for type, (written, pattern) in lists.items() %}
            or (
                value_type = '{{ type }}'
                and not {{ product_signals.full_match(written, pattern) }}
            )
            {%- endfor %}
            or (
                operator not in ('in', 'not_in')
                and value_type in ('number', 'boolean', 'date')
                and position('|' in cell) > 0
            )
        )

    union all

    select
        'error' as severity,
        cells.source,
        cells.row_name,
        cells.column_name,
        cells.cell as value,
        'is not what ' || cells.metric || ' can be' as problem,
        'write one of ' || {{ dbt.listagg(
            measure='known_texts.known',
            delimiter_text="', '",
            order_by_clause='order by known_texts.known'
        ) }} as fix
    from cells
    inner join known_texts
        on cells.metric = known_texts.metric
    where
        cells.operator in ('=', '!=', 'in', 'not_in') and cells.cell is not null
    group by
        cells.source,
        cells.row_name,
        cells.column_name,
        cells.metric,
        cells.cell
    having
        count(
            case
                when {{ product_signals.in_list(
                    'known_texts.known', 'cells.cell'
                ) }}
                    then 1
            end
        ) <= length(cells.cell) - length(replace(cells.cell, '|', ''))

    union all

    select
        'error' as severity,
        source,
        row_name,
        'clear_value' as column_name,
        cast(clear_number as text) as value,
        'is harder to meet than the value ' || cast(number as text)
        || ': an open signal must be easier to keep than to open' as problem,
        'leave it empty, or move it to the other side of the value' as fix
    from conditions
    where
        (operator in ('>', '>=') and clear_number > number)
        or (operator in ('<', '<=') and clear_number < number)

    union all

    select
        'warning' as severity,
        source,
        row_name,
        'value' as column_name,
        cast(number as text) as value,
        'is less than one percent' as problem,
        'write percentages as 0 to 100: 75, not 0.75' as fix
    from conditions
    where unit = 'percent' and number > 0 and number < 1

    union all

    select
        'warning' as severity,
        source,
        row_name,
        'value' as column_name,
        cast(number as text) as value,
        case operator
            when '>' then 'is not below 100'
            when '<' then 'is not above 0'
            when '<=' then 'is below 0'
            else case when number > 100 then 'is above 100' else 'is below 0'
                end
        end || ': it can never hold' as problem,
        'write a number that ' || metric || ' can be, 0 to 100' as fix
    from conditions
    where
        unit in ('percent', '0-100')
        {# Of these, more than all is possible. #}
        and metric not in (
            'seats_used_rate', 'capacity_used_rate', 'usage_vs_baseline'
        )
        and (
            (operator in ('=', '>=') and number > 100)
            or (operator = '>' and number >= 100)
            or (operator in ('=', '<=') and number < 0)
            or (operator = '<' and number <= 0)
        )

    union all

    {# 90 is what the package's rules have: another number was chosen. -#}
    select
        'warning' as severity,
        source,
        row_name,
        'value' as column_name,
        value,
        'is not the variable renewal_window_days, '
        || '{{ var("renewal_window_days") }}: it only moves the renewal stage'
            as problem,
        'write {{ var("renewal_window_days") }}; or, if 90 is meant, the'
        || ' operator < and 91' as fix
    from conditions
    where
        metric = 'days_to_contract_end'
        and operator = '<='
        and number = 90
        and number <> {{ var("renewal_window_days") }}
{%- endmacro %}

{# Problems with conditions that must hold together. Reads the relation
   conditions, like condition_problems(). #}
{% macro group_problems() %}
    {# No value lies between these bounds: the group can't hold. -#}
    with bounds as (

        select
            source,
            signal,
            condition_group,
            metric,
            max(case when operator in ('>', '>=', '=') then number end)
                as lowest,
            min(case when operator in ('<', '<=', '=') then number end)
                as highest,
            max(case when operator = '>' then number end) as above,
            min(case when operator = '<' then number end) as below
        from conditions
        group by source, signal, condition_group, metric

    )

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['signal', 'condition_group']) }}
            as row_name,
        'value' as column_name,
        coalesce(cast(lowest as text), '') || ' and '
        || coalesce(cast(highest as text), '') as value,
        'are bounds of ' || metric || ' that leave nothing between them'
            as problem,
        'correct one of them, or move it to a group of its own' as fix
    from bounds
    where lowest > highest or above >= highest or below <= lowest

    union all

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['signal', 'condition_group']) }}
            as row_name,
        'value' as column_name,
        min(value) || ' and ' || max(value) as value,
        'are two values that ' || metric || ' should have at once' as problem,
        'use the operator in, or move one to a group of its own' as fix
    from conditions
    where value_type <> 'number' and operator = '='
    group by source, signal, condition_group, metric
    having min(value) <> max(value)

    union all

    {# An event is about one user, feature, event or flow, not two. #}
    select
        'error' as severity,
        '{{ var("signal_conditions_seed") }}' as source,
        {{ product_signals.row_name(['signal']) }} as row_name,
        'metric' as column_name,
        min(metric) || ' and ' || max(metric) as value,
        'name two subjects of one event' as problem,
        'make two signals of it' as fix
    from conditions
    where kind = 'event' and subject_type is not null
    group by signal
    having min(metric) <> max(metric)
{%- endmacro %}
