{#
    The log of ended runs that earlier runs left behind, none before the
    first, nor where the bounds they left are gone, nor where it is of a version
    that did not number runs.
#}
{% macro completed_runs() %}
    {% set found = [] %}
    {% for name in ['input_bounds', 'profile_bounds', 'ended_runs'] %}
        {% do found.append(product_signals.left_behind(name)) %}
    {% endfor %}
    {% if none not in found
            and 'run_number' in product_signals.column_types(found[-1]) %}
        {% do return(found[-1]) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
