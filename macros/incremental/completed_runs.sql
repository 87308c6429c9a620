{#
    The log of completed runs that earlier runs left behind, none before the
    first, nor where what they knew of the inputs is gone, nor where it is of a
    version that did not number runs.
#}
{% macro completed_runs() %}
    {% set found = [] %}
    {% for name in ['known_inputs', 'completed_runs'] %}
        {% do found.append(product_signals.left_behind(name)) %}
    {% endfor %}
    {% if none not in found
            and 'run_number' in product_signals.column_types(found[-1]) %}
        {% do return(found[-1]) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
