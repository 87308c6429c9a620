{#
    Everything that is wrong with the configuration and with the keys of users
    and accounts: one row per problem, with the row, the value and the fix.

    Errors stop the run (int_product_signals__gate); warnings are logged.
#}
{{ config(materialized='table') }}
{% do product_signals.refuse_bad_inputs() %}

{% set seeds = product_signals.config_spec().keys() | list %}
{% set source = {} %}
{% for seed in seeds %}
{% do source.update({seed: var(seed ~ '_seed')}) %}
{% endfor %}
{% set row_name = product_signals.row_name %}

with {% for seed in seeds -%}
{{ seed }} as (

    {{ product_signals.seed(seed, is_checked=false) }}

),

{% endfor -%}

cells as (

    {% for seed in seeds %}
    select * from (
        {{ product_signals.cell_problems(seed) }}
    ) as {{ seed }}_cells (
        severity, source, row_name, column_name, value, problem, fix
    )
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# -- Catalogue, features and weights -- #}

known_features as (

    select
        'warning' as severity,
        '{{ source["event_catalog"] }}' as source,
        {{ row_name(['event_name'], 'event_catalog') }} as row_name,
        'feature' as column_name,
        event_catalog.feature as value,
        'is not a feature of {{ source["features"] }}' as problem,
        'add the feature there, or correct the name' as fix
    from event_catalog
    left join features
        on event_catalog.feature = features.feature
    where event_catalog.feature is not null and features.feature is null

),

features_in_use as (

    select
        'warning' as severity,
        '{{ source["features"] }}' as source,
        {{ row_name(['feature'], 'features') }} as row_name,
        'feature' as column_name,
        features.feature as value,
        'is a key feature, but no event of the catalogue is part of it:'
        || ' nobody can adopt it' as problem,
        'name it in the column feature of an event, or set is_key to false'
            as fix
    from features
    left join event_catalog
        on features.feature = event_catalog.feature
    where features.is_key and event_catalog.feature is null

),

weighted_events as (

    select
        'warning' as severity,
        '{{ source["event_weights"] }}' as source,
        {{ row_name(['weight_set', 'event_name'], 'event_weights') }}
            as row_name,
        'event_name' as column_name,
        event_weights.event_name as value,
        'is not in {{ source["event_catalog"] }}: it earns points, but is'
        || ' neither activity nor part of a feature' as problem,
        'add the event to the catalogue, or correct the name' as fix
    from event_weights
    left join event_catalog
        on event_weights.event_name = event_catalog.event_name
    where event_catalog.event_name is null

),

weight_counts as (

    select
        weight_set,
        count(case when weight > 0 then 1 end) as weights
    from event_weights
    group by weight_set

),

few_or_many_weights as (

    select
        'warning' as severity,
        '{{ source["event_weights"] }}' as source,
        {{ row_name(['weight_set']) }} as row_name,
        'weight' as column_name,
        cast(weights as text) as value,
        'is the number of weighted events, which the bands of weighted_events'
        || ' call ' || band || ': few say little, many nobody can follow'
            as problem,
        'give more events, or fewer, a weight above 0' as fix
    from weight_counts
    inner join bands
        on
            bands.metric = 'weighted_events'
            and bands.band <> 'fine'
            and weights >= coalesce(lower_bound, weights)
            and (upper_bound is null or weights < upper_bound)

),

weight_medians as (

    select
        weight_set,
        percentile_cont(0.5) within group (order by weight) as median_weight
    from event_weights
    where weight > 0
    group by weight_set

),

login_weights as (

    select
        'warning' as severity,
        '{{ source["event_weights"] }}' as source,
        {{ row_name(['weight_set', 'event_name'], 'event_weights') }}
            as row_name,
        'weight' as column_name,
        cast(event_weights.weight as text) as value,
        'is above the median: coming back is no success by itself' as problem,
        'weigh what users come for higher than logging in' as fix
    from event_weights
    inner join weight_medians
        on event_weights.weight_set = weight_medians.weight_set
    where
        event_weights.weight > weight_medians.median_weight
        and {{ product_signals.full_match(
            'lower(event_weights.event_name)',
            '(.*[^a-z])?(log|sign)(ged|ed)?[^a-z]?in([^a-z].*)?'
        ) }}

),

{# -- Profiles and checklists -- #}

no_profile as (

    select
        'error' as severity,
        '{{ source["score_profiles"] }}' as source,
        '(none)' as row_name,
        'profile' as column_name,
        '' as value,
        'there is no score profile' as problem,
        'add at least one row' as fix
    from (select count(*) as profiles from score_profiles) as counted
    where profiles = 0

),

profile_weights as (

    select
        'error' as severity,
        '{{ source["score_profiles"] }}' as source,
        {{ row_name(['profile'], 'score_profiles') }} as row_name,
        'weight_set' as column_name,
        score_profiles.weight_set as value,
        'has no rows in {{ source["event_weights"] }}' as problem,
        'name a weight set that is there, or add its weights' as fix
    from score_profiles
    left join (
        select distinct weight_set from event_weights
    ) as weight_sets
        on score_profiles.weight_set = weight_sets.weight_set
    where
        weight_sets.weight_set is null
        and score_profiles.weight_set is not null

),

profile_decay as (

    select
        'error' as severity,
        '{{ source["score_profiles"] }}' as source,
        {{ row_name(['profile']) }} as row_name,
        'decay_days' as column_name,
        '' as value,
        'is empty, but decay is ' || decay as problem,
        'write in how many days points fade, or set decay to none' as fix
    from score_profiles
    where decay in ('linear', 'half_life') and decay_days is null

),

filters as (

    select
        '{{ source["score_profiles"] }}' as source,
        {{ row_name(['profile']) }} as row_name,
        filter_entity as entity,
        filter_attribute,
        filter_values
    from score_profiles
    where
        filter_entity is not null
        or filter_attribute is not null
        or filter_values is not null

    union all

    select
        '{{ source["activation_checklists"] }}' as source,
        {{ row_name(['checklist']) }} as row_name,
        entity,
        filter_attribute,
        filter_values
    from activation_checklists
    where filter_attribute is not null or filter_values is not null

),

half_filters as (

    select
        'error' as severity,
        source,
        row_name,
        case
            when entity is null then 'filter_entity'
            when filter_attribute is null then 'filter_attribute'
            else 'filter_values'
        end as column_name,
        '' as value,
        'is empty, but the rest of the filter is not' as problem,
        'fill in the whole filter, or none of it' as fix
    from filters
    where
        entity is null or filter_attribute is null or filter_values is null

),

{# A checklist of users may look at their account too. #}
unknown_filters as (

    select
        'error' as severity,
        source,
        row_name,
        'filter_attribute' as column_name,
        filter_attribute as value,
        'is not an attribute of ' || entity || 's to filter by' as problem,
        case
            when
                entity = 'user'
                and source = '{{ source["score_profiles"] }}'
                then 'use one of {{
                    product_signals.filter_attributes("user") | join(", ")
                }}; more with the variable user_attributes'
            else 'use one of {{
                (product_signals.filter_attributes("account")
                + ["subscription_status"]) | join(", ")
            }}; more with the variable account_attributes'
        end as fix
    from filters
    where
        filter_attribute is not null
        and not (
            filter_attribute in (
                '{{ (product_signals.filter_attributes("account")
                    + ["subscription_status"]) | join("', '") }}'
            )
            and (
                entity = 'account'
                or source = '{{ source["activation_checklists"] }}'
            )
        )
        and not (
            entity = 'user'
            and filter_attribute in (
                '{{ product_signals.filter_attributes("user")
                    | join("', '") }}'
            )
        )

),

step_checklists as (

    select
        'error' as severity,
        '{{ source["activation_steps"] }}' as source,
        {{ row_name(['checklist', 'step'], 'activation_steps') }} as row_name,
        'checklist' as column_name,
        activation_steps.checklist as value,
        'is not a checklist of {{ source["activation_checklists"] }}'
            as problem,
        'add the checklist there, or correct the name' as fix
    from activation_steps
    left join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist
    where activation_checklists.checklist is null

),

step_events as (

    select
        'error' as severity,
        '{{ source["activation_steps"] }}' as source,
        {{ row_name(['checklist', 'step'], 'activation_steps') }} as row_name,
        'event_name' as column_name,
        activation_steps.event_name as value,
        'is not an event of {{ source["event_catalog"] }}: nobody can meet the'
        || ' step' as problem,
        'add the event there, or correct the name' as fix
    from activation_steps
    left join event_catalog
        on activation_steps.event_name = event_catalog.event_name
    where
        event_catalog.event_name is null
        and activation_steps.event_name is not null

),

lonely_steps as (

    select
        'error' as severity,
        '{{ source["activation_steps"] }}' as source,
        {{ row_name(['checklist', 'step'], 'activation_steps') }} as row_name,
        'min_users' as column_name,
        cast(activation_steps.min_users as text) as value,
        'more than one user can never meet a step of a user' as problem,
        'leave it empty, or make it a checklist of accounts' as fix
    from activation_steps
    inner join activation_checklists
        on activation_steps.checklist = activation_checklists.checklist
    where
        activation_checklists.entity = 'user'
        and activation_steps.min_users > 1

),

step_counts as (

    select
        activation_checklists.checklist,
        activation_checklists.entity,
        count(activation_steps.step) as steps
    from activation_checklists
    left join activation_steps
        on activation_checklists.checklist = activation_steps.checklist
    group by activation_checklists.checklist, activation_checklists.entity

),

empty_checklists as (

    select
        'error' as severity,
        '{{ source["activation_checklists"] }}' as source,
        {{ row_name(['checklist']) }} as row_name,
        'checklist' as column_name,
        checklist as value,
        'has no steps' as problem,
        'add steps to {{ source["activation_steps"] }}, or drop the checklist'
            as fix
    from step_counts
    where steps = 0

),

checklist_lengths as (

    select
        'warning' as severity,
        '{{ source["activation_checklists"] }}' as source,
        {{ row_name(['checklist']) }} as row_name,
        'checklist' as column_name,
        cast(steps as text) as value,
        'is its number of steps, which the bands of checklist_steps call '
        || band || ': few tell nobody apart, many nobody finishes' as problem,
        'add or drop steps in {{ source["activation_steps"] }}' as fix
    from step_counts
    inner join bands
        on
            bands.metric = 'checklist_steps'
            and bands.band <> 'fine'
            and steps >= coalesce(lower_bound, steps)
            and (upper_bound is null or steps < upper_bound)
    where steps > 0

),

{# -- Bands -- #}

ordered_bands as (

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

broken_bands as (

    select
        'error' as severity,
        '{{ source["bands"] }}' as source,
        {{ row_name(['metric', 'band']) }} as row_name,
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

),

{# What goes by a band's name has no effect without that band. #}
missing_bands as (

    select
        'warning' as severity,
        '{{ source["bands"] }}' as source,
        'metric=' || needed.metric as row_name,
        'metric' as column_name,
        needed.metric as value,
        'has no band' || coalesce(' ' || needed.band, 's') || ': '
        || needed.consequence as problem,
        'add it' as fix
    from (
        {% for metric, band, consequence in product_signals.used_bands() %}
        select
            '{{ metric }}' as metric,
            {{ "'" ~ band ~ "'" if band else 'cast(null as text)' }} as band,
            '{{ consequence }}' as consequence
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as needed
    left join (
        select
            metric,
            band
        from bands
        union distinct
        select
            metric,
            null
        from bands
    ) as banded
        on
            needed.metric = banded.metric
            and coalesce(needed.band, '') = coalesce(banded.band, '')
    where banded.metric is null

),

unknown_bands as (

    select
        'warning' as severity,
        '{{ source["bands"] }}' as source,
        {{ row_name(['metric', 'band'], 'bands') }} as row_name,
        'metric' as column_name,
        bands.metric as value,
        'is nothing that has bands' as problem,
        'correct the name, or drop the row' as fix
    from bands
    left join metrics
        on bands.metric = metrics.metric
    where
        metrics.metric is null
        and bands.metric not in (
            '{{ (product_signals.used_bands() | map(attribute=0) | list + [
                "received_rows", "accepted_rows", "duplicate_rows",
                "communication", "nps", "csat",
            ]) | join("', '") }}'
        )

),

{# A rate of n steps moves in steps of 100 / n: a bound in between is the same
   as the next one up, which is rarely what was meant. #}
rate_bounds as (

    select
        '{{ source["bands"] }}' as source,
        {{ row_name(['metric', 'band']) }} as row_name,
        'lower_bound' as column_name,
        lower_bound as bound,
        'account' as entity
    from bands
    where metric = 'activation_rate' and lower_bound > 0

    union all

    select
        '{{ source["signal_conditions"] }}' as source,
        {{ row_name(
            ['signal', 'condition_group', 'condition_number'],
            'signal_conditions'
        ) }} as row_name,
        'value' as column_name,
        {{ product_signals.config_value(
            'signal_conditions.value', 'number'
        ) }} as bound,
        signals.entity
    from signal_conditions
    inner join signals
        on signal_conditions.signal = signals.signal
    where
        signal_conditions.metric = 'activation_rate'
        and signal_conditions.operator in ('=', '>=', '<')

),

unreachable_bounds as (

    select
        'warning' as severity,
        rate_bounds.source,
        rate_bounds.row_name,
        rate_bounds.column_name,
        cast(rate_bounds.bound as text) as value,
        'cannot be reached exactly with the ' || cast(
            step_counts.steps as text
        ) || ' steps of checklist ' || step_counts.checklist as problem,
        'the next rate is ' || cast(
            ceil(rate_bounds.bound * step_counts.steps / 100)
            * 100 / step_counts.steps as text
        ) as fix
    from rate_bounds
    inner join step_counts
        on rate_bounds.entity = step_counts.entity
    where
        step_counts.steps > 0
        and rate_bounds.bound > 0
        and rate_bounds.bound <= 100
        and abs(
            rate_bounds.bound * step_counts.steps / 100
            - floor(rate_bounds.bound * step_counts.steps / 100 + 0.5)
        ) > 0.001

),

{# -- Signals -- #}

condition_signals as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        {{ row_name(
            ['signal', 'condition_group', 'condition_number'],
            'signal_conditions'
        ) }} as row_name,
        'signal' as column_name,
        signal_conditions.signal as value,
        'is not a signal of {{ source["signals"] }}' as problem,
        'add the signal there, or correct the name' as fix
    from signal_conditions
    left join signals
        on signal_conditions.signal = signals.signal
    where signals.signal is null and signal_conditions.signal is not null

),

conditions as (

    select
        {{ row_name(
            ['signal', 'condition_group', 'condition_number'],
            'signal_conditions'
        ) }} as row_name,
        signal_conditions.signal,
        signal_conditions.condition_group,
        signal_conditions.metric,
        signal_conditions.operator,
        signal_conditions.value,
        signal_conditions.clear_value,
        signals.entity,
        signals.kind,
        metrics.value_type,
        metrics.unit,
        metrics.subject_type
    from signal_conditions
    inner join signals
        on signal_conditions.signal = signals.signal
    left join metrics
        on
            signal_conditions.metric = metrics.metric
            and signals.entity = metrics.entity

),

condition_metrics as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        row_name,
        'metric' as column_name,
        metric as value,
        'is not a metric of ' || entity || 's' as problem,
        'use a metric of {{ source["metrics"] }}' as fix
    from conditions
    where value_type is null and metric is not null

),

condition_operators as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
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

),

condition_cells as (

    select
        row_name,
        metric,
        operator,
        value_type,
        'value' as column_name,
        value as cell
    from conditions

    union all

    select
        row_name,
        metric,
        operator,
        value_type,
        'clear_value' as column_name,
        coalesce(clear_value, value) as cell
    from conditions

),

condition_values as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
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
    from condition_cells
    where
        operator not in ('is_null', 'is_not_null')
        and (
            cell is null
            or (
                value_type = 'number'
                and not {{ product_signals.full_match(
                    'cell',
                    '-?[0-9]{1,15}([.][0-9]+)?'
                    ~ '( *[|] *-?[0-9]{1,15}([.][0-9]+)?)*'
                ) }}
            )
            or (
                value_type = 'boolean'
                and not {{ product_signals.full_match(
                    'lower(cell)', '(true|false)( *[|] *(true|false))*'
                ) }}
            )
            or (
                value_type = 'date'
                and not {{ product_signals.full_match(
                    'cell',
                    '[0-9]{4}-[0-9]{2}-[0-9]{2}'
                    ~ '( *[|] *[0-9]{4}-[0-9]{2}-[0-9]{2})*'
                ) }}
            )
            or (
                operator not in ('in', 'not_in')
                and value_type in ('number', 'boolean', 'date')
                and position('|' in cell) > 0
            )
        )

),

{# The texts that some metrics are limited to. #}
known_texts as (

    {% for metric, banded in {
        'tenure_band': 'tenure_days',
        'size_band': 'size_value',
        'score_band': 'score',
        'activation_band': 'activation_rate',
        'adoption_band': 'adoption_rate',
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

),

condition_texts as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        cells.row_name,
        cells.column_name,
        cells.cell as value,
        'is not what ' || cells.metric || ' can be' as problem,
        'write one of ' || {{ dbt.listagg(
            measure='known_texts.known',
            delimiter_text="', '",
            order_by_clause='order by known_texts.known'
        ) }} as fix
    from condition_cells as cells
    inner join known_texts
        on cells.metric = known_texts.metric
    where
        cells.operator in ('=', '!=', 'in', 'not_in') and cells.cell is not null
    group by cells.row_name, cells.column_name, cells.metric, cells.cell
    having
        count(
            case
                when {{ product_signals.in_list(
                    'known_texts.known', 'cells.cell'
                ) }}
                    then 1
            end
        ) <= length(cells.cell) - length(replace(cells.cell, '|', ''))

),

numeric_conditions as (

    select
        row_name,
        signal,
        condition_group,
        metric,
        operator,
        unit,
        {{ product_signals.config_value('value', 'number') }} as value,
        {{ product_signals.config_value('clear_value', 'number') }}
            as clear_value
    from conditions
    where value_type = 'number'

),

clear_values as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        row_name,
        'clear_value' as column_name,
        cast(clear_value as text) as value,
        'is harder to meet than the value ' || cast(value as text)
        || ': an open signal must be easier to keep than to open' as problem,
        'leave it empty, or move it to the other side of the value' as fix
    from numeric_conditions
    where
        (operator in ('>', '>=') and clear_value > value)
        or (operator in ('<', '<=') and clear_value < value)

),

fractions as (

    select
        'warning' as severity,
        '{{ source["signal_conditions"] }}' as source,
        row_name,
        'value' as column_name,
        cast(value as text) as value,
        'is less than one percent' as problem,
        'write percentages as 0 to 100: 75, not 0.75' as fix
    from numeric_conditions
    where unit = 'percent' and value > 0 and value < 1

),

{# Bounds of one group that no value lies between: the group can never hold. #}
impossible_groups as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        {{ row_name(['signal', 'condition_group'], 'bounds') }} as row_name,
        'value' as column_name,
        coalesce(cast(lowest as text), '') || ' and '
        || coalesce(cast(highest as text), '') as value,
        'are bounds of ' || metric || ' that leave nothing between them'
            as problem,
        'correct one of them, or move it to a group of its own' as fix
    from (
        select
            signal,
            condition_group,
            metric,
            max(
                case when operator in ('>', '>=', '=') then value end
            ) as lowest,
            min(
                case when operator in ('<', '<=', '=') then value end
            ) as highest,
            max(case when operator = '>' then value end) as above,
            min(case when operator = '<' then value end) as below
        from numeric_conditions
        group by signal, condition_group, metric
    ) as bounds
    where lowest > highest or above >= highest or below <= lowest

),

impossible_texts as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        {{ row_name(['signal', 'condition_group'], 'conditions') }}
            as row_name,
        'value' as column_name,
        min(value) || ' and ' || max(value) as value,
        'are two values that ' || metric || ' should have at once' as problem,
        'use the operator in, or move one to a group of its own' as fix
    from conditions
    where value_type <> 'number' and operator = '='
    group by signal, condition_group, metric
    having min(value) <> max(value)

),

suppressing_signals as (

    select
        'error' as severity,
        '{{ source["signals"] }}' as source,
        {{ row_name(['signal'], 'signals') }} as row_name,
        'suppressed_by' as column_name,
        signals.suppressed_by as value,
        case
            when others.signal is null
                then 'is not a signal of {{ source["signals"] }}'
            else 'suppresses itself, or is suppressed by this one in turn:'
                || ' nobody would see either'
        end as problem,
        'correct the name, or leave it out' as fix
    from signals
    left join signals as others
        on {{ product_signals.in_list(
            'others.signal', 'signals.suppressed_by'
        ) }}
    where
        signals.suppressed_by is not null
        and (
            others.signal is null
            or {{ product_signals.in_list(
                'signals.signal', "coalesce(others.suppressed_by, '')"
            ) }}
        )

),

event_signals as (

    select
        'error' as severity,
        '{{ source["signals"] }}' as source,
        {{ row_name(['signal']) }} as row_name,
        'min_days' as column_name,
        cast(min_days as text) as value,
        'is not a number of days for an event, which happens on one' as problem,
        'write 1, or make it a state' as fix
    from signals
    where kind = 'event' and min_days > 1 and is_enabled

),

{# An event is about one user, feature, event or flow, not about two. #}
event_subjects as (

    select
        'error' as severity,
        '{{ source["signal_conditions"] }}' as source,
        {{ row_name(['signal']) }} as row_name,
        'metric' as column_name,
        min(metric) || ' and ' || max(metric) as value,
        'name two subjects of one event' as problem,
        'make two signals of it' as fix
    from conditions
    where kind = 'event' and subject_type is not null
    group by signal
    having min(metric) <> max(metric)

),

empty_signals as (

    select
        'error' as severity,
        '{{ source["signals"] }}' as source,
        {{ row_name(['signal'], 'signals') }} as row_name,
        'signal' as column_name,
        signals.signal as value,
        'is switched on without a condition: it can never hold' as problem,
        'add conditions to {{ source["signal_conditions"] }}, or set'
        || ' is_enabled to false' as fix
    from signals
    left join signal_conditions
        on signals.signal = signal_conditions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_conditions.signal is null

),

idle_signals as (

    select
        'warning' as severity,
        '{{ source["signals"] }}' as source,
        {{ row_name(['signal'], 'signals') }} as row_name,
        'signal' as column_name,
        signals.signal as value,
        'has no action: nobody will know what to do' as problem,
        'add one to {{ source["signal_actions"] }}' as fix
    from signals
    left join signal_actions
        on signals.signal = signal_actions.signal
    where
        signals.is_enabled
        and signals.signal is not null
        and signal_actions.signal is null

),

action_signals as (

    select
        'error' as severity,
        '{{ source["signal_actions"] }}' as source,
        {{ row_name(['signal', 'action_order'], 'signal_actions') }}
            as row_name,
        'signal' as column_name,
        signal_actions.signal as value,
        'is not a signal of {{ source["signals"] }}' as problem,
        'add the signal there, or correct the name' as fix
    from signal_actions
    left join signals
        on signal_actions.signal = signals.signal
    where signals.signal is null and signal_actions.signal is not null

),

{# -- Inputs -- #}

input_keys as (

    {% for input in ['users', 'accounts'] %}
    {% set model = product_signals.input_relation(input) %}
    {% set key = product_signals.input_spec()[input]['key'] %}
    {% set columns = product_signals.input_columns(model) %}
    {% set id = product_signals.input_value(key, 'text', columns) %}
    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce({{ id }}, '(empty)') as row_name,
        '{{ key }}' as column_name,
        coalesce({{ id }}, '') as value,
        case
            when {{ id }} is null then 'is missing'
            else 'is the key of ' || cast(count(*) as text) || ' rows'
        end as problem,
        case
            when {{ id }} is null then 'leave such rows out of the model'
            else 'make the model one row per {{ key }}'
        end as fix
    from {{ model }}
    group by {{ id }}
    having {{ id }} is null or count(*) > 1
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# Tenure, activation and much else begin with created_at. #}
missing_dates as (

    {% for input in ['users', 'accounts'] %}
    {% set model = product_signals.input_relation(input) %}
    {% set key = product_signals.input_spec()[input]['key'] %}
    {% set columns = product_signals.input_columns(model) %}
    select
        'warning' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || min(id) as row_name,
        'created_at' as column_name,
        '' as value,
        'is missing in ' || cast(count(*) as text)
        || ' rows: they begin with their first event' as problem,
        'fill it in' as fix
    from (
        select {{ product_signals.input_value(key, 'text', columns) }} as id
        from {{ model }}
        where coalesce(trim(
            {{ product_signals.input_text('created_at', columns) }}
        ), '') = ''
    ) as {{ input }}
    having count(*) > 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{# What decides who lives. Of many values that can't be read, one is named. #}
unread_values as (

    {% for input, spec in product_signals.input_spec().items() %}
    {% set model = product_signals.input_relation(input) %}
    {% set columns = product_signals.input_columns(model) %}
    {% set key = spec.get('key', 'user_id' if input == 'memberships'
        else 'account_id') %}
    {% for column in spec.get('decisive', []) %}
    {% set type = spec['required'].get(column, spec['optional'][column]) %}
    {% set is_unread = product_signals.unread(column, type, columns) %}
    {% if is_unread %}
    select
        'error' as severity,
        '{{ var(input ~ "_model") }}' as source,
        '{{ key }}=' || coalesce(id, '(empty)') as row_name,
        '{{ column }}' as column_name,
        given as value,
        'is not {{ "true or false" if type == "boolean" else "a time" }}'
        || case
            when unread_rows > 1
                then ', nor are those of '
                    || cast(unread_rows - 1 as text) || ' more rows'
            else ''
        end as problem,
        '{{ "write true or false, or leave it empty" if type == "boolean"
            else "write YYYY-MM-DD hh:mm:ss, from 1900 to 2199, or cast it to"
            ~ " a timestamp" }}' as fix
    from (
        select
            id,
            given,
            row_number() over (order by given, id) as place,
            count(*) over () as unread_rows
        from (
            select
                {{ product_signals.input_value(key, 'text', columns) }} as id,
                substr(
                    trim({{ product_signals.input_text(column, columns) }}),
                    1, 100
                ) as given
            from {{ model }}
            where {{ is_unread }}
        ) as unread
    ) as {{ input }}
    where place = 1
    union all
    {% endif %}
    {% endfor %}
    {% endfor %}
    select
        'error',
        '',
        '',
        '',
        '',
        '',
        ''
    where 1 = 0

)

{% for problems in [
    'cells',
    'known_features',
    'features_in_use',
    'weighted_events',
    'few_or_many_weights',
    'login_weights',
    'no_profile',
    'profile_weights',
    'profile_decay',
    'half_filters',
    'unknown_filters',
    'step_checklists',
    'step_events',
    'lonely_steps',
    'empty_checklists',
    'checklist_lengths',
    'broken_bands',
    'missing_bands',
    'unknown_bands',
    'unreachable_bounds',
    'condition_signals',
    'condition_metrics',
    'condition_operators',
    'condition_values',
    'condition_texts',
    'clear_values',
    'fractions',
    'impossible_groups',
    'impossible_texts',
    'suppressing_signals',
    'event_signals',
    'event_subjects',
    'empty_signals',
    'idle_signals',
    'action_signals',
    'input_keys',
    'missing_dates',
    'unread_values',
] %}
select
    severity,
    source,
    row_name,
    column_name,
    value,
    problem,
    fix
from {{ problems }}
{{ 'union all' if not loop.last }}
{% endfor %}
