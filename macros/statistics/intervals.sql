{#
    A bound of the 95 percent interval of a share, by Wilson's score method, 0
    to 1; null if there is nothing to have a share of.

    bound         low or high
    part, whole   counts, part being 0 to whole

    1.96 standard deviations: 3.8416 is its square, 1.9208 and 0.9604 are half
    and a quarter of that.
#}
{% macro wilson(bound, part, whole) -%}
    {%- set sign = '-' if bound == 'low' else '+' -%}
    case when {{ whole }} > 0 then
        least(1.0, greatest(0.0, (
            {{ part }} + 1.9208 {{ sign }} 1.96 * sqrt(
                cast({{ part }} as double precision)
                * ({{ whole }} - {{ part }}) / {{ whole }} + 0.9604
            )
        ) / ({{ whole }} + 3.8416)))
    end
{%- endmacro %}

{#
    A bound of the 95 percent interval of the difference of two shares, -1 to 1,
    by Newcombe's method, from the Wilson interval of each; null if one has no
    whole.

    bound                     low or high
    part, whole               of the first share
    other_part, other_whole   of the one that is subtracted
#}
{% macro newcombe(bound, part, whole, other_part, other_whole) -%}
    {%- set sign, other_bound = ('-', 'high') if bound == 'low'
        else ('+', 'low') -%}
    {%- set share = 'cast(' ~ part ~ ' as double precision) / nullif('
        ~ whole ~ ', 0)' -%}
    {%- set other_share = 'cast(' ~ other_part
        ~ ' as double precision) / nullif(' ~ other_whole ~ ', 0)' -%}
    ({{ share }} - {{ other_share }} {{ sign }} sqrt(
        power({{ share }} - {{ product_signals.wilson(
            bound, part, whole
        ) }}, 2)
        + power({{ other_share }} - {{ product_signals.wilson(
            other_bound, other_part, other_whole
        ) }}, 2)
    ))
{%- endmacro %}

{#
    A bound of the 95 percent interval of the ratio of two shares, above 0, by
    the method of Zou and Donner: Newcombe's, of the logarithms. Unlike that of
    the usual standard error, it isn't too short if all of a few have what is
    counted. Null if nobody of one has it.

    bound                     low or high
    part, whole               of the first share
    other_part, other_whole   of the one that it is divided by
#}
{% macro zou_donner(bound, part, whole, other_part, other_whole) -%}
    {%- set sign, other_bound = ('-', 'high') if bound == 'low'
        else ('+', 'low') -%}
    {%- set share = '(cast(' ~ part ~ ' as double precision) / '
        ~ whole ~ ')' -%}
    {%- set other_share = '(cast(' ~ other_part ~ ' as double precision) / '
        ~ other_whole ~ ')' -%}
    case when {{ part }} > 0 and {{ other_part }} > 0 then
        {{ share }} / {{ other_share }} * exp(0 {{ sign }} sqrt(
            power(ln({{ share }} / {{ product_signals.wilson(
                bound, part, whole
            ) }}), 2)
            + power(ln({{ other_share }} / {{ product_signals.wilson(
                other_bound, other_part, other_whole
            ) }}), 2)
        ))
    end
{%- endmacro %}

{#
    Selects the central 95 percent interval of a beta distribution: the key, low
    and high, 0 to 1.

    No warehouse has the inverse of the distribution, so its density is summed
    over a thousand steps of the angle whose squared sine is the probability:
    there it is smooth, even near 0 and 1. Within 0.001 of the true bounds if
    both parameters are 0.5 or more.

    relation      a relation with the key, and both parameters above 0
    key           its column
    alpha, beta   the parameters, as SQL
#}
{% macro beta_interval(relation, key, alpha, beta) %}
    {%- set steps = 1000 %}
    {%- set width = '(pi() / ' ~ 2 * steps ~ ')' %}
    select
        {{ key }},
        {%- for name, share in {'low': 0.025, 'high': 0.975}.items() %}
        power(sin(max(
            case
                when so_far >= {{ share }} * total
                    and so_far - density < {{ share }} * total
                    then {{ width }} * (
                        number + 1 - (so_far - {{ share }} * total) / density
                    )
            end
        )), 2) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            {{ key }},
            number,
            density,
            sum(density) over (
                partition by {{ key }} order by number
                rows unbounded preceding
            ) as so_far,
            sum(density) over (partition by {{ key }}) as total
        from (
            select
                {{ key }},
                number,
                {# Relative to its peak, because the numbers are too small. #}
                exp(greatest(
                    log_density - max(log_density) over (
                        partition by {{ key }}
                    ), -600
                )) as density
            from (
                select
                    relation.{{ key }},
                    numbers.number,
                    (2 * ({{ alpha }}) - 1)
                    * ln(sin({{ width }} * (numbers.number + 0.5)))
                    + (2 * ({{ beta }}) - 1)
                    * ln(cos({{ width }} * (numbers.number + 0.5)))
                        as log_density
                from {{ relation }} as relation
                inner join {{ ref('int_product_signals__numbers') }} as numbers
                    on numbers.number < {{ steps }}
            ) as logarithms
        ) as densities
    ) as sums
    group by {{ key }}
{%- endmacro %}
