{# Warnings about events, features and weights. #}
{% macro catalogue_problems() %}
    with weight_counts as (

        select
            weight_set,
            count(case when weight > 0 then 1 end) as weights
        from event_weights
        group by weight_set

    ),

    weight_medians as (

        select
            weight_set,
            percentile_cont(0.5) within group (order by weight)
                as median_weight
        from event_weights
        where weight > 0
        group by weight_set

    )

    select
        'warning' as severity,
        features.source,
        features.row_name,
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

    union all

    select
        'warning' as severity,
        '{{ var("event_catalog_seed") }}' as source,
        '(any)' as row_name,
        'counts_as_activity' as column_name,
        'false' as value,
        'is so for every event: nobody is ever active' as problem,
        'set it to true for the events that people come for' as fix
    from event_catalog
    having count(case when counts_as_activity then 1 end) = 0

    union all

    select
        'warning' as severity,
        '{{ var("event_weights_seed") }}' as source,
        {{ product_signals.row_name(['weight_set']) }} as row_name,
        'weight' as column_name,
        cast(weight_counts.weights as text) as value,
        'is the number of weighted events, which the bands of weighted_events'
        || ' call ' || bands.band || ': few say little, many nobody can follow'
            as problem,
        'give more events, or fewer, a weight above 0' as fix
    from weight_counts
    inner join bands
        on
            bands.metric = 'weighted_events'
            and bands.band <> 'fine'
            and weights >= coalesce(bands.lower_bound, weights)
            and (bands.upper_bound is null or weights < bands.upper_bound)

    union all

    select
        'warning' as severity,
        event_weights.source,
        event_weights.row_name,
        'weight' as column_name,
        cast(event_weights.weight as text) as value,
        'is above the median: coming back is not a success by itself'
            as problem,
        'weigh what users come for higher than logging in' as fix
    from event_weights
    inner join weight_medians
        on event_weights.weight_set = weight_medians.weight_set
    where
        event_weights.weight > weight_medians.median_weight
        {# As words, or as in UserLoggedIn. #}
        and (
            {{ product_signals.full_match(
                'lower(event_weights.event_name)',
                '(.*[^a-z])?(log|sign)(ged|ed)?[^a-z]?in([^a-z].*)?'
            ) }}
            or {{ product_signals.full_match(
                'event_weights.event_name',
                '((.*[^A-Za-z])?(log|sign)|.*(Log|Sign))(ged|ed)?'
                ~ '[^A-Za-z]?[Ii]n([^a-z].*)?'
            ) }}
        )
{%- endmacro %}

{# Problems with score profiles, and with filters of profiles and checklists. #}
{% macro profile_problems() %}
    {%- set of_users = product_signals.filter_attributes('user') -%}
    {%- set of_accounts = (
        product_signals.filter_attributes('account') + ['subscription_status']
    ) -%}
    {# A users' checklist may look at their account, too. -#}
    with filters as (

        select
            source,
            row_name,
            filter_entity as entity,
            filter_entity as looks_at,
            filter_attribute,
            filter_values
        from score_profiles
        where
            filter_entity is not null
            or filter_attribute is not null
            or filter_values is not null

        union all

        select
            source,
            row_name,
            entity,
            'both' as looks_at,
            filter_attribute,
            filter_values
        from activation_checklists
        where filter_attribute is not null or filter_values is not null

    )

    select
        'error' as severity,
        '{{ var("score_profiles_seed") }}' as source,
        '(none)' as row_name,
        'profile' as column_name,
        '' as value,
        'is empty: there is no score profile' as problem,
        'add at least one row' as fix
    from (select count(*) as profiles from score_profiles) as counted
    where profiles = 0

    union all

    select
        'error' as severity,
        source,
        row_name,
        'decay_days' as column_name,
        '' as value,
        'is empty, but decay is ' || decay as problem,
        'write in how many days points fade, or set decay to none' as fix
    from score_profiles
    where decay <> 'none' and decay_days is null

    union all

    select
        'warning' as severity,
        source,
        row_name,
        'period_days' as column_name,
        cast(period_days as text) as value,
        'is not below the variable seen_days, {{ var("seen_days") }}: whoever'
        || ' was seen is whoever counts, and an average over them never falls'
            as problem,
        'shorten it, raise seen_days, or set account_method to total' as fix
    from score_profiles
    where
        period_days >= {{ var('seen_days') }}
        and account_method <> 'total'

    union all

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
    where entity is null or filter_attribute is null or filter_values is null

    union all

    select
        'error' as severity,
        source,
        row_name,
        'filter_attribute' as column_name,
        filter_attribute as value,
        'is not an attribute of ' || entity || 's to filter by' as problem,
        case looks_at
            when 'user'
                then 'use one of {{ of_users | join(", ") }};'
                    || ' more with the variable user_attributes'
            else 'use one of {{ of_accounts | join(", ") }};'
                || ' more with the variable account_attributes'
        end as fix
    from filters
    where
        entity is not null
        and filter_attribute is not null
        and not (
            looks_at in ('account', 'both')
            and filter_attribute in ('{{ of_accounts | join("', '") }}')
        )
        and not (
            entity = 'user'
            and filter_attribute in ('{{ of_users | join("', '") }}')
        )
{%- endmacro %}

{# Problems with the components of the health score. #}
{% macro health_problems() %}
    with components as (

        select
            health_components.*,
            metrics.value_type
        from health_components
        left join metrics
            on
                health_components.metric = metrics.metric
                and metrics.entity = 'account'

    )

    select
        'error' as severity,
        source,
        row_name,
        'metric' as column_name,
        metric as value,
        case
            when value_type is null then 'is not a metric of accounts'
            when value_type = 'number'
                then 'comes from the health score itself'
            else 'is a ' || value_type || ', and health is made of numbers'
        end as problem,
        'use a metric of {{ var("metrics_seed") }} whose value_type is number'
            as fix
    from components
    where
        metric is not null
        and (
            coalesce(value_type, '') <> 'number'
            or metric in ('{{ product_signals.health_metrics() | join("', '")
            }}')
        )

    union all

    select
        'error' as severity,
        source,
        row_name,
        'ceiling' as column_name,
        cast(ceiling as text) as value,
        'is the floor, too: nothing lies between 0 and 100' as problem,
        'write what makes 100; below the floor if less is better' as fix
    from components
    where floor = ceiling

    union all

    select
        'error' as severity,
        source,
        row_name,
        'component' as column_name,
        component as value,
        'has a |, which separates the names in health_missing' as problem,
        'choose another name' as fix
    from components
    where position('|' in component) > 0

    union all

    select
        'error' as severity,
        source,
        {{ product_signals.row_name(['lifecycle_stage', 'tier']) }}
            as row_name,
        'weight' as column_name,
        cast(max(weight) as text) as value,
        'is the highest weight there, so nothing makes a score' as problem,
        'give a component a weight above 0, or drop the rows' as fix
    from components
    group by source, lifecycle_stage, tier
    having max(weight) = 0
{%- endmacro %}
