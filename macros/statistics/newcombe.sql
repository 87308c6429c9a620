{#
    The interval of 95 percent of the difference of two shares, -1 to 1, by
    Newcombe's method, from the Wilson interval of each; null where one has no
    whole.

    part, whole               of the first share
    other_part, other_whole   of the one that is taken from it
#}
{% macro newcombe_low(part, whole, other_part, other_whole) -%}
    {{ product_signals.newcombe_bound(
        part, whole, other_part, other_whole, '-'
    ) }}
{%- endmacro %}

{% macro newcombe_high(part, whole, other_part, other_whole) -%}
    {{ product_signals.newcombe_bound(
        part, whole, other_part, other_whole, '+'
    ) }}
{%- endmacro %}

{% macro newcombe_bound(part, whole, other_part, other_whole, sign) -%}
    {%- set bounds = ['low', 'high'] if sign == '-' else ['high', 'low'] -%}
    {%- set share = 'cast(' ~ part ~ ' as double precision) / nullif('
        ~ whole ~ ', 0)' -%}
    {%- set other_share = 'cast(' ~ other_part
        ~ ' as double precision) / nullif(' ~ other_whole ~ ', 0)' -%}
    ({{ share }} - {{ other_share }} {{ sign }} sqrt(
        power({{ share }} - {{ product_signals['wilson_' ~ bounds[0]](
            part, whole
        ) }}, 2)
        + power({{ other_share }} - {{ product_signals['wilson_' ~ bounds[1]](
            other_part, other_whole
        ) }}, 2)
    ))
{%- endmacro %}
