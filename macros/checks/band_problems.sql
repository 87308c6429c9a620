{# What is wrong with bands: bounds out of order, and names that nothing reads
   or that something misses. #}
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

        {% for metric, band, consequence in used_bands %}
        select
            '{{ metric }}' as metric,
            {{ "'" ~ band ~ "'" if band else 'cast(null as text)' }} as band,
            '{{ consequence }}' as consequence
        {{ 'union all' if not loop.last }}
        {% endfor %}

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
