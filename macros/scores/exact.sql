{#
    A number as a whole count of millionths, still in double precision.

    Sums of fractions depend on the order in which they are added; sums of
    whole numbers don't (up to 2^53). So points are added up as millionths:
    the same rows give the same score in any order, from any warehouse, in a
    full refresh and in an incremental run. from_exact() turns them back.
#}
{% macro exact(number) %}
    {% do return('floor((' ~ number ~ ') * 1e6 + 0.5)') %}
{% endmacro %}
