{#
    The log of ended runs that earlier runs left behind, none before the
    first, nor where the bounds they left are gone.
#}
{% macro completed_runs() %}
    {% set found = [] %}
    {% for name in ['input_bounds', 'profile_bounds', 'ended_runs'] %}
        {% do found.append(product_signals.left_behind(name)) %}
    {% endfor %}
    {% do return(found[-1] if none not in found else none) %}
{% endmacro %}
