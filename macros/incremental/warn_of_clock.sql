{#
    Says so where this run began before the last one did, by their clocks. Runs
    are put in order without them, but the last day that is scored goes by this
    run's.
#}
{% macro warn_of_clock() %}
    {% set runs = product_signals.left_behind('runs') %}
    {% if not runs or flags.WHICH not in ('run', 'build')
            or 'run_number' not in product_signals.column_types(runs) %}
        {% do return('') %}
    {% endif %}
    {% set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') %}
    {% for row in run_query(
        'select started_at from ' ~ runs ~ ' order by run_number desc limit 1'
    ) if row[0] | string > now %}
        {% do exceptions.warn(
            'product_signals: by its clock, this run began at ' ~ now
            ~ ' UTC, before the last one (' ~ (row[0] | string)[:19] ~ '): one'
            ~ ' of the two clocks is wrong. Only days that are over by this'
            ~ ' clock are scored; set it right and run dbt again'
        ) %}
    {% endfor %}
{% endmacro %}
