{#
    Selects the interval that holds 95 percent of a beta distribution, both
    tails alike: the key, low and high, 0 to 1.

    No warehouse has the inverse of the distribution, so its density is added
    up over a thousand steps of the angle whose squared sine is the probability:
    there it is smooth, also towards 0 and 1. Within 0.001 of the true bounds
    where both parameters are 0.5 or more.

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
                {# Beside its peak, for the numbers themselves are too small. #}
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
