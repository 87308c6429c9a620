{#
    The number of the run that begins: one more than any in the logs of runs
    that began and that ended. A full refresh makes one of them anew, a version
    that knew no numbers left them without.
#}
{% macro next_run_number() %}
    {% set numbers = ['0'] %}
    {% for name in ['runs', 'completed_runs'] %}
        {% set log = product_signals.left_behind(name) %}
        {% if log and 'run_number' in product_signals.column_types(log) %}
            {% do numbers.append(
                '(select coalesce(max(run_number), 0) from ' ~ log ~ ')'
            ) %}
        {% endif %}
    {% endfor %}
    {% do return('greatest(' ~ numbers | join(', ') ~ ') + 1') %}
{% endmacro %}
