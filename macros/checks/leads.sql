{# Problems with the thresholds of qualified trials and with personas:
   thresholds out of order, bands that don't exist, and personas that can't be
   told apart. #}
{% macro lead_problems() %}
    {%- set indicators = product_signals.persona_indicators() -%}
    with persona_bands as (

        {% for indicator, metric in indicators.items() %}
        select
            source,
            row_name,
            persona,
            '{{ indicator }}_band' as column_name,
            '{{ metric }}' as metric,
            {{ indicator }}_band as listed
        from trial_personas
        {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    persona_cells as (

        select
            persona_bands.persona,
            persona_bands.column_name,
            bands.band
        from persona_bands
        inner join bands
            on
                persona_bands.metric = bands.metric
                and {{ product_signals.in_list(
                    'bands.band', 'persona_bands.listed'
                ) }}

    ),

    {# Personas that share a band of every indicator. #}
    alike as (

        select
            first_cells.persona,
            other_cells.persona as other_persona
        from persona_cells as first_cells
        inner join persona_cells as other_cells
            on
                first_cells.column_name = other_cells.column_name
                and first_cells.band = other_cells.band
                and first_cells.persona < other_cells.persona
        group by first_cells.persona, other_cells.persona
        having count(distinct first_cells.column_name) = {{ indicators | length
        }}

    )

    {% for column, above in [
        ('qualify_at', 'nudge_at'), ('overdue_above', 'qualify_at')
    ] %}
    select
        'error' as severity,
        source,
        row_name,
        '{{ column }}' as column_name,
        cast({{ column }} as text) as value,
        'is below {{ above }}, which is ' || cast({{ above }} as text)
            as problem,
        'write thresholds in order: nudge_at, qualify_at, overdue_above' as fix
    from pql_thresholds
    where {{ column }} < {{ above }}

    union all
    {% endfor %}

    select
        'error' as severity,
        pql_thresholds.source,
        pql_thresholds.row_name,
        'size_band' as column_name,
        pql_thresholds.size_band as value,
        'is not a band of size_value' as problem,
        'use one of {{ var("bands_seed") }}, or unknown for accounts without a'
        || ' size' as fix
    from pql_thresholds
    left join bands
        on
            bands.metric = 'size_value'
            and pql_thresholds.size_band = bands.band
    where bands.band is null and pql_thresholds.size_band <> 'unknown'

    union all

    select
        'error' as severity,
        persona_bands.source,
        persona_bands.row_name,
        persona_bands.column_name,
        coalesce(persona_bands.listed, '') as value,
        case
            when persona_bands.listed is null then 'is empty'
            else 'is not a band of ' || persona_bands.metric
        end as problem,
        'use bands of ' || persona_bands.metric
        || ' in {{ var("bands_seed") }}, a|b for more than one' as fix
    from persona_bands
    left join persona_cells
        on
            persona_bands.persona = persona_cells.persona
            and persona_bands.column_name = persona_cells.column_name
    where persona_bands.persona <> 'unclassified'
    group by
        persona_bands.source,
        persona_bands.row_name,
        persona_bands.column_name,
        persona_bands.metric,
        persona_bands.listed
    having
        persona_bands.listed is null
        or count(persona_cells.band)
        <= length(persona_bands.listed)
        - length(replace(persona_bands.listed, '|', ''))

    union all

    select
        'error' as severity,
        source,
        row_name,
        case
            when persona = 'unclassified' then 'activation_band'
            when tiebreak_attribute is null then 'tiebreak_attribute'
            else 'tiebreak_values'
        end as column_name,
        case
            when persona = 'unclassified' then coalesce(
                activation_band, engagement_band, communication_band
            )
            else ''
        end as value,
        case
            when persona = 'unclassified'
                then 'is a band, but unclassified is what fits no persona'
            else 'is empty, but the rest of the tiebreak is not'
        end as problem,
        case
            when persona = 'unclassified'
                then 'leave its bands empty, or give the persona another name'
            else 'fill in both, or none of the tiebreak'
        end as fix
    from trial_personas
    where
        (
            persona = 'unclassified'
            and coalesce(activation_band, engagement_band, communication_band)
            is not null
        )
        or (tiebreak_attribute is null and tiebreak_values is not null)
        or (tiebreak_attribute is null and tiebreak_sentiments is not null)
        or (tiebreak_attribute is not null and tiebreak_values is null)

    union all

    select
        'error' as severity,
        others.source,
        others.row_name,
        'persona' as column_name,
        others.persona as value,
        'has the same bands as ' || trial_personas.persona
        || ', and no tiebreak tells them apart' as problem,
        'give them other bands or another tiebreak, or drop one' as fix
    from alike
    inner join trial_personas
        on alike.persona = trial_personas.persona
    inner join trial_personas as others
        on alike.other_persona = others.persona
    where
        coalesce(trial_personas.tiebreak_attribute, '')
        = coalesce(others.tiebreak_attribute, '')
        and coalesce(trial_personas.tiebreak_values, '')
        = coalesce(others.tiebreak_values, '')

    union all

    select
        'warning' as severity,
        '{{ var("pql_thresholds_seed") }}' as source,
        'complexity=' || complexities.complexity || ', size_band='
        || sizes.size_band as row_name,
        'size_band' as column_name,
        sizes.size_band as value,
        'has no threshold: trials of that size are never qualified' as problem,
        'add a row' as fix
    from (select distinct complexity from pql_thresholds) as complexities
    cross join (
        select band as size_band from bands where metric = 'size_value'
        union all
        select 'unknown' as size_band
    ) as sizes
    left join pql_thresholds
        on
            complexities.complexity = pql_thresholds.complexity
            and sizes.size_band = pql_thresholds.size_band
    where pql_thresholds.size_band is null
{%- endmacro %}
