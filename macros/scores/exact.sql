{#
    Points as a whole number of hundred-millionths, still in double precision.

    Sums of fractions depend on the order in which they are added; sums of
    whole numbers don't (up to 2^53, here 90 million points). So points are
    added up as whole numbers: the same rows give the same score in any order,
    from any warehouse, in a full refresh and in an incremental run.
    from_exact() turns them back.
#}
{% macro exact(points) %}
    {% do return('floor((' ~ points ~ ') * 1e8 + 0.5)') %}
{% endmacro %}
