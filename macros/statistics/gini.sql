{#
    How unequally amounts are spread over rows, 0 (all alike) to nearly 1 (one
    has all): the Gini coefficient, an aggregate; null if all are 0.

    amount   from 0
    place    the row's place by amount, from 1 for the smallest
#}
{% macro gini(amount, place) -%}
    (2.0 * sum({{ place }} * {{ amount }}) / nullif(sum({{ amount }}), 0)
    - (count(*) + 1)) / count(*)
{%- endmacro %}
