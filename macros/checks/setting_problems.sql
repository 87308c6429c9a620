{#
    Settings of models that the package can't work with: a project's defaults
    for all of its models are defaults for the package's, too, and win over
    what its models say.

    What a model needs is in its meta: needs, setting -> the values it may
    have. A model that says nothing has to be a table.
#}
{% macro setting_problems() %}
    {% set models = {} %}
    {% for node in graph.nodes.values()
            if node.package_name == 'product_signals'
            and node.resource_type == 'model' %}
        {% set needs = node.config.meta.get(
            'needs', {'materialized': ['table']}
        ) %}
        {% for setting, values in needs.items()
                if node.config[setting] not in values %}
            {% do models.setdefault(
                (setting, node.config[setting] | string, values | join(' or ')),
                []
            ).append(node.name) %}
        {% endfor %}
    {% endfor %}
    {% set problems = [] %}
    {% for (setting, value, needed), names in models.items() %}
        {% do problems.append(
            'setting +' ~ setting ~ ' "' ~ value ~ '" of ' ~ names[0]
            ~ (' and ' ~ (names | length - 1) ~ ' more models'
                if names | length > 1 else '')
            ~ ' has to be ' ~ needed ~ '; take it out where your'
            ~ ' dbt_project.yml says so for product_signals, or let it speak'
            ~ ' of your own models only:\n'
            ~ '    models:\n'
            ~ '      ' ~ project_name ~ ':\n'
            ~ '        +' ~ setting ~ ': ' ~ value
        ) %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}
