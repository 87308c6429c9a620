{#
    By how many standard errors one share is above another, by their pooled
    variance; 0 where there is nothing to compare.

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
