{#
    The interval of 95 percent of a share, by Wilson's score method, 0 to 1;
    null where there is nothing to have a share of.

    part, whole   counts, part being 0 to whole
#}
{% macro wilson_low(part, whole) -%}
    {{ product_signals.wilson_bound(part, whole, '-') }}
{%- endmacro %}

{% macro wilson_high(part, whole) -%}
    {{ product_signals.wilson_bound(part, whole, '+') }}
{%- endmacro %}

{# 1.96 standard deviations: 3.8416 is its square, 1.9208 and 0.9604 a half and
   a quarter of that. #}
{% macro wilson_bound(part, whole, sign) -%}
    case when {{ whole }} > 0 then
        least(1.0, greatest(0.0, (
            {{ part }} + 1.9208 {{ sign }} 1.96 * sqrt(
                cast({{ part }} as double precision)
                * ({{ whole }} - {{ part }}) / {{ whole }} + 0.9604
            )
        ) / ({{ whole }} + 3.8416)))
    end
{%- endmacro %}
