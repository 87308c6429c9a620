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
