{#
    A published figure: numeric(12,2), halves away from zero.

    Through six decimals first, so that 1.005, which double precision holds as
    1.00499…, rounds up everywhere.
#}
{% macro rounded(number) %}
    {% do return(
        'cast(round(cast(' ~ number
        ~ ' as numeric(18, 6)), 2) as numeric(12, 2))'
    ) %}
{% endmacro %}
