{# What is doubtful about events, features and weights. #}
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
        and {{ product_signals.full_match(
            'lower(event_weights.event_name)',
            '(.*[^a-z])?(log|sign)(ged|ed)?[^a-z]?in([^a-z].*)?'
        ) }}
{%- endmacro %}
