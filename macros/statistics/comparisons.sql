{#
    How many standard errors one share is above another, by their pooled
    variance; 0 if there is nothing to compare.

    part, whole               of the first share
    other_part, other_whole   of the other
#}
{% macro z_score(part, whole, other_part, other_whole) -%}
    {%- set pooled = 'cast(' ~ part ~ ' + ' ~ other_part
        ~ ' as double precision) / (' ~ whole ~ ' + ' ~ other_whole ~ ')' -%}
    case
        when
            {{ whole }} > 0 and {{ other_whole }} > 0
            and {{ part }} + {{ other_part }} > 0
            and {{ part }} + {{ other_part }} < {{ whole }} + {{ other_whole }}
            then (
                cast({{ part }} as double precision) / nullif({{ whole }}, 0)
                - cast({{ other_part }} as double precision)
                / nullif({{ other_whole }}, 0)
            ) / sqrt(
                {{ pooled }} * (1 - {{ pooled }}) * (
                    1.0 / nullif({{ whole }}, 0)
                    + 1.0 / nullif({{ other_whole }}, 0)
                )
            )
        else 0
    end
{%- endmacro %}

{#
    Selects how likely a group has its hits by chance, given everybody's
    (Fisher's exact test): p_above, 0 to 1, for as many or more, and p_exactly
    for just as many.

    relation   has all_count, all_hits, group_count, group_hits: whole numbers
#}
{% macro hypergeometric(relation) -%}
    {%- set log_factorial = product_signals.log_factorial -%}
    select
        all_count,
        all_hits,
        group_count,
        group_hits,
        {# An exact sum is the same in any order. #}
        least(cast(sum(cast(chance as numeric(38, 30))) as double precision), 1)
            as p_above,
        max(case when hits = group_hits then chance end) as p_exactly
    from (
        select
            *,
            {# Postgres raises an error on underflow. #}
            exp(greatest(
                log_chance
                - {{ log_factorial('hits') }}
                - {{ log_factorial('all_hits - hits') }}
                - {{ log_factorial('group_count - hits') }}
                - {{ log_factorial(
                    'all_count - all_hits - group_count + hits'
                ) }},
                -700
            )) as chance
        from (
            select
                counts.*,
                counts.group_hits + numbers.number as hits,
                {{ log_factorial('counts.all_hits') }}
                + {{ log_factorial('counts.all_count - counts.all_hits') }}
                + {{ log_factorial('counts.group_count') }}
                + {{ log_factorial('counts.all_count - counts.group_count') }}
                - {{ log_factorial('counts.all_count') }} as log_chance
            from (
                select distinct
                    all_count,
                    all_hits,
                    group_count,
                    group_hits
                from {{ relation }}
            ) as counts
            inner join {{ ref('int_product_signals__numbers') }} as numbers
                on
                    numbers.number
                    <= least(counts.all_hits, counts.group_count)
                    - counts.group_hits
        ) as possible
    ) as chances
    group by all_count, all_hits, group_count, group_hits
{%- endmacro %}

{#
    The logarithm of the factorial of a whole number from 0, to nine digits:
    Stirling's series for a number eight higher, as it is inaccurate near 0.
#}
{% macro log_factorial(number) -%}
    {%- set n = 'cast(' ~ number ~ ' as double precision)' -%}
    (({{ n }} + 7.5) * ln({{ n }} + 8) - ({{ n }} + 8) + 0.9189385332046727
    + 1 / (12 * ({{ n }} + 8)) - 1 / (360 * power({{ n }} + 8, 3))
    + 1 / (1260 * power({{ n }} + 8, 5))
    - ln(
        {%- for step in range(1, 8) %}
        ({{ n }} + {{ step }}){{ ' *' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}

{#
    Selects a relation with adjusted_p_value, 0 to 1: the expected share of
    false findings among those with no higher p_value (Benjamini and Hochberg).
    Many comparisons find something by chance alone.

    relation   has p_value, null if nothing was tested
    family     a column: each of its values has its own comparisons
#}
{% macro adjusted_p_values(relation, family=none) -%}
    {%- set partition = 'partition by ' ~ family ~ ' ' if family else '' -%}
    select
        *,
        case
            when p_value is not null
                then least(1.0, min(p_value * tests / p_place) over (
                    {{ partition }}order by p_value desc
                ))
        end as adjusted_p_value
    from (
        select
            *,
            count(p_value) over ({{ partition }}) as tests,
            nullif(count(p_value) over (
                {{ partition }}order by p_value
            ), 0) as p_place
        from {{ relation }}
    ) as placed
{%- endmacro %}

{#
    Selects the common odds ratio of two-by-two tables (Mantel and Haenszel):
    the keys, its logarithm log_odds, and standard_error of that (Robins,
    Breslow and Greenland), which holds for few large tables and for many small
    ones. Null if the ratio is 0 or infinite.

    relation   one row per table, none of them empty: with_hits, with_misses,
               without_hits and without_misses
    keys       columns: tables with the same keys are combined
#}
{% macro mantel_haenszel(relation, keys) -%}
    {%- set keys = keys | join(', ') -%}
    select
        {{ keys }},
        ln(nullif(more, 0) / nullif(less, 0)) as log_odds,
        sqrt(
            same_more / (2 * nullif(more * more, 0))
            + (same_less + other_more) / (2 * nullif(more * less, 0))
            + other_less / (2 * nullif(less * less, 0))
        ) as standard_error
    from (
        select
            {{ keys }},
            sum(more) as more,
            sum(less) as less,
            sum(more * same) as same_more,
            sum(less * same) as same_less,
            sum(more * (1 - same)) as other_more,
            sum(less * (1 - same)) as other_less
        from (
            select
                {{ keys }},
                with_hits * without_misses / everybody as more,
                with_misses * without_hits / everybody as less,
                (with_hits + without_misses) / everybody as same
            from (
                select
                    {{ keys }},
                    {%- for cell in [
                        'with_hits',
                        'with_misses',
                        'without_hits',
                        'without_misses',
                    ] %}
                    cast({{ cell }} as double precision) as {{ cell }},
                    {%- endfor %}
                    cast(
                        with_hits + with_misses + without_hits + without_misses
                        as double precision
                    ) as everybody
                from {{ relation }}
            ) as tables
        ) as shares
        group by {{ keys }}
    ) as sums
{%- endmacro %}

{#
    How unequally amounts are spread over rows, 0 (all equal) to nearly 1 (one
    has all): the Gini coefficient, an aggregate; null if all are 0.

    amount   0 or more
    place    the row's place by amount, from 1 for the smallest
#}
{% macro gini(amount, place) -%}
    (2.0 * sum({{ place }} * {{ amount }}) / nullif(sum({{ amount }}), 0)
    - (count(*) + 1)) / count(*)
{%- endmacro %}
