{#
    Selects the odds ratio that tables of two by two have in common (Mantel and
    Haenszel): the keys, its logarithm log_odds, and standard_error of that
    (Robins, Breslow and Greenland), which holds for few large tables and for
    many small ones. Null where the ratio is 0 or without end.

    relation   a table a row: with_hits, with_misses, without_hits and
               without_misses, with somebody in each
    keys       columns: tables of the same are put together
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
