{#
    The current run, or else the last one: its row of int_product_signals__runs
    as a dict. Empty while parsing and before the first run.
#}
{% macro this_run() %}
    {% set runs = ref('int_product_signals__runs') %}
    {% set run = {} %}
    {% if execute and load_relation(runs) %}
        {% set rows = run_query(
            'select * from ' ~ runs ~ " order by case run_id when '"
            ~ invocation_id ~ "' then 0 else 1 end, run_number desc limit 1"
        ) %}
        {% for row in rows %}
            {% for name in rows.column_names %}
                {% do run.update({name | lower: row[name]}) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {% do return(run) %}
{% endmacro %}

{#
    The number of the new run: one more than any in the logs of started and
    completed runs. A full refresh recreates one of them, and older versions
    left them without numbers.
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

{#
    The log of completed runs from earlier runs. None before the first run, if
    the inputs they knew are gone, or if the log is of a version that didn't
    number runs.
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

{#
    A table as the previous run left it, or none. Not a ref, because it is read
    before this run builds it.

    name     the model's name, without its prefix
    prefix   for a public table
#}
{% macro left_behind(name, prefix='int_product_signals__') %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set node = graph.nodes['model.product_signals.' ~ prefix ~ name] %}
    {% do return(adapter.get_relation(
        node['database'], node['schema'], node['alias']
    )) %}
{% endmacro %}

{# The settings that a log of runs needs to keep earlier runs. #}
{% macro log_needs() %}
    {% do return({
        'materialized': ['incremental'],
        'incremental_strategy': ['append', 'product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
    }) %}
{% endmacro %}

{#
    Whether this run reads all rows of the inputs. --empty and --sample only try
    out the models: the next real run rebuilds everything.
#}
{% macro is_real() %}
    {% do return(not flags.EMPTY and not flags.SAMPLE) %}
{% endmacro %}

{#
    Warns if this run started before the last one did, by their clocks. The
    order of runs doesn't depend on clocks, but the last scored day depends on
    this run's.
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

{#
    Stops a run that would change the model's table but leaves out the log of
    runs, or the known inputs, that the model depends on: later runs couldn't
    correct what they don't know of. The first run has nothing to correct. A
    retry, which selects nothing itself, belongs to the run that it completes.
#}
{% macro refuse_unlogged() %}
    {% if not execute or flags.WHICH not in ('run', 'build')
            or model.unique_id not in selected_resources
            or not product_signals.left_behind('runs') %}
        {% do return('') %}
    {% endif %}
    {# The list grows during the loop. #}
    {% set above = [model.unique_id] %}
    {% for id in above if id in graph.nodes %}
        {% for parent in graph.nodes[id].depends_on.nodes
                if parent not in above %}
            {% do above.append(parent) %}
        {% endfor %}
    {% endfor %}
    {% for name in ['runs', 'known_inputs'] %}
        {% set log = 'model.product_signals.int_product_signals__' ~ name %}
        {% if log in above and log not in selected_resources %}
            {% do exceptions.raise_compiler_error(
                'product_signals: ' ~ model.name ~ ' follows from '
                ~ log.split('.')[-1] ~ ', which this run leaves out; select'
                ~ ' models with all they need: +' ~ model.name
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#
    The package's models that this run leaves out. A model that reads nothing
    never changes, so source:app+ can do without it.
#}
{% macro missed_models() %}
    {% set missed = [] %}
    {% if execute %}
        {% for id, node in graph.nodes.items() %}
            {% if node['package_name'] == 'product_signals'
                    and node['resource_type'] == 'model'
                    and node['depends_on']['nodes']
                    and id not in selected_resources %}
                {% do missed.append(node['name']) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(missed) %}
{% endmacro %}

{# The package's models and folders that the project's dbt_project.yml switches
   off, as dbt reads it: product_signals, folder, model, +enabled: false. #}
{% macro switched_off() %}
    {% set names = [] %}
    {% for folder, models in product_signals.settings_of_models().items()
            if models is mapping %}
        {% do names.append(folder)
            if product_signals.is_enabled(models) is false %}
        {% for name, given in models.items()
                if product_signals.is_enabled(given) is false %}
            {% do names.append(name) %}
        {% endfor %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}

{# Whether the project switches off this model: the model's own setting
   overrides its folder's. #}
{% macro is_switched_off(folder, name) %}
    {% set models = product_signals.settings_of_models().get(folder, {}) %}
    {% set own = product_signals.is_enabled(models.get(name)) %}
    {% do return(
        (product_signals.is_enabled(models) if own is none else own) is false
    ) %}
{% endmacro %}

{# The settings for the package's models in dbt_project.yml. #}
{% macro settings_of_models() %}
    {% set settings = (adapter.config or {}).models or {} %}
    {% do return(settings.get('product_signals', {})) %}
{% endmacro %}

{# Whether a model's or folder's settings switch it on or off; none if
   neither. #}
{% macro is_enabled(settings) %}
    {% if settings is mapping %}
        {% do return(settings.get('+enabled', settings.get('enabled'))) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
