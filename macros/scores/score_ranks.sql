{#
    The relation score_ranks: the rank of each raw score of a profile and day,
    and the percentage that has no more than it. Equal raw scores share a row,
    so that few rows have to be sorted.

    relation   rows with profile, as_of_date and exact_points
    amount     the column that says how many have it
#}
{% macro score_ranks(relation, amount) -%}
score_ranks as (

    select
        profile,
        as_of_date,
        exact_points,
        1 + sum({{ amount }}) over (
            partition by profile, as_of_date
            order by exact_points desc rows unbounded preceding
        ) - {{ amount }} as score_rank,
        100.0 * sum({{ amount }}) over (
            partition by profile, as_of_date
            order by exact_points rows unbounded preceding
        ) / nullif(
            sum({{ amount }}) over (partition by profile, as_of_date), 0
        ) as percentile
    from {{ relation }}

)
{%- endmacro %}
