{#
    Selects how likely a group has so many hits by chance, given how many all
    have (Fisher's exact test): p_above, 0 to 1, that it has as many or more,
    and p_exactly that it has just as many.

    relation   has all_count, all_hits, group_count, group_hits: whole numbers
#}
{% macro hypergeometric(relation) -%}
    {%- set log_factorial = product_signals.log_factorial -%}
    select
        all_count,
        all_hits,
        group_count,
        group_hits,
        {# Added up exactly: the same in whatever order. #}
        least(cast(sum(cast(chance as numeric(38, 30))) as double precision), 1)
            as p_above,
        max(case when hits = group_hits then chance end) as p_exactly
    from (
        select
            *,
            {# Postgres ends on a number too small to hold. #}
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
