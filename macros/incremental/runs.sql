{#
    The run under way, or else the last one: its row of
    int_product_signals__runs as a dict. Empty while dbt parses and before the
    first run.
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

{#
    A private table as the run before left it, none where there is none. Not a
    ref: it is read before this run builds it.

    name   the model's, without its prefix
#}
{% macro left_behind(name) %}
    {% if not execute %}
        {% do return(none) %}
    {% endif %}
    {% set node = graph.nodes[
        'model.product_signals.int_product_signals__' ~ name
    ] %}
    {% do return(adapter.get_relation(
        node['database'], node['schema'], node['alias']
    )) %}
{% endmacro %}

{# The settings without which a log of runs would forget those before. #}
{% macro log_needs() %}
    {% do return({
        'materialized': ['incremental'],
        'incremental_strategy': ['append', 'product_signals_by_day'],
        'on_schema_change': ['append_new_columns'],
    }) %}
{% endmacro %}

{#
    Whether this run reads all rows of the inputs. With --empty or --sample it
    only tries the models out: the next real run builds everything anew.
#}
{% macro is_real() %}
    {% do return(not flags.EMPTY and not flags.SAMPLE) %}
{% endmacro %}

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

{#
    Ends a run that would change the model's table without the log of runs, or
    without noting what it found of users and accounts, where the model goes
    by them: later runs could not put right what they do not know of. The first
    run has nothing to put right; a retry, which selects nothing itself, belongs
    to the run that it ends.
#}
{% macro refuse_unlogged() %}
    {% if not execute or flags.WHICH not in ('run', 'build')
            or model.unique_id not in selected_resources
            or not product_signals.left_behind('runs') %}
        {% do return('') %}
    {% endif %}
    {# The list grows while it is gone through. #}
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
    The package's models that this run leaves out. One that reads nothing is
    the same as ever: source:app+ does not have it, and misses nothing.
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

{# The package's models and folders of models that the project switches off in
   its dbt_project.yml, as dbt reads it: product_signals, folder, model,
   +enabled: false. #}
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

{# Whether it switches off this model: what is said of the model itself wins
   over what is said of its folder. #}
{% macro is_switched_off(folder, name) %}
    {% set models = product_signals.settings_of_models().get(folder, {}) %}
    {% set own = product_signals.is_enabled(models.get(name)) %}
    {% do return(
        (product_signals.is_enabled(models) if own is none else own) is false
    ) %}
{% endmacro %}

{# What the project's dbt_project.yml says of the package's models. #}
{% macro settings_of_models() %}
    {% set settings = (adapter.config or {}).models or {} %}
    {% do return(settings.get('product_signals', {})) %}
{% endmacro %}

{# Whether settings of a model or folder switch it on or off; none if they say
   neither. #}
{% macro is_enabled(settings) %}
    {% if settings is mapping %}
        {% do return(settings.get('+enabled', settings.get('enabled'))) %}
    {% endif %}
    {% do return(none) %}
{% endmacro %}
