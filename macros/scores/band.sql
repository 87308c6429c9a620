{#
    The band of a metric that a value lies in, null where in none: lower bound
    included, upper bound not, an empty bound open. Bands are few and rows are
    many, so they become SQL before the query runs.

    metric   as in the bands seed
    value    SQL; null lies in no band
#}
{% macro band(metric, value) %}
    {% set bands = product_signals.seed('bands') %}
    {% set cases = [] %}
    {% if product_signals.is_loaded('bands') %}
        {# With a sign in front, or dbt would take "01" for the number 1. #}
        {% for row in run_query(
            "select '=' || band, '>= ' || cast(lower_bound as text),"
            ~ " '< ' || cast(upper_bound as text) from (" ~ bands
            ~ ") as bands where metric = '" ~ metric
            ~ "' order by band_order, band"
        ) %}
            {% set bounds = [value ~ ' is not null'] %}
            {% for bound in row.values()[1:] if bound is not none %}
                {% do bounds.append(value ~ ' ' ~ bound) %}
            {% endfor %}
            {% do cases.append(
                'when ' ~ bounds | join(' and ') ~ ' then '
                ~ product_signals.text_literal(row[0][1:])
            ) %}
        {% endfor %}
    {% endif %}
    {% if not cases %}
        {% do return('cast(null as text)') %}
    {% endif %}
    {% do return('case ' ~ cases | join(' ') ~ ' end') %}
{% endmacro %}
