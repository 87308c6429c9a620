{#
    The logarithm of the factorial of a whole number from 0, to nine digits: by
    Stirling's series of a number eight higher, for it is rough near 0.
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
