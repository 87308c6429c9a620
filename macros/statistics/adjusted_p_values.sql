{#
    Selects a relation with adjusted_p_value, 0 to 1: the share of false
    findings to expect among those that are no less likely (Benjamini and
    Hochberg). Many comparisons find something by chance alone.

    relation   has p_value, null where nothing was tested
    family     a column: each of its values has comparisons of its own
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
