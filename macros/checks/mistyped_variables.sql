{#
    Variables that only look like the package's: {errors, warnings}, messages.

    All under "product_signals:" is meant for the package. Anywhere else a name
    may be the project's own: one or two letters from the package's, it is a
    warning. Where dbt doesn't show its settings to macros, nothing is said.
#}
{% macro mistyped_variables() %}
    {% set found = {'errors': [], 'warnings': []} %}
    {% set packages = adapter.config.dependencies or {} %}
    {% if 'product_signals' not in packages %}
        {% do return(found) %}
    {% endif %}
    {% set known = packages['product_signals'].vars.to_dict().keys() | list %}
    {% set given = adapter.config.vars.to_dict() %}
    {% for name in given.get('product_signals', {}) if name not in known %}
        {% do found['errors'].append(
            'variable ' ~ name ~ ' (vars, product_signals) is not a variable of'
            ~ ' the package; did you mean '
            ~ product_signals.nearest(name, known)[1]
            ~ '? Correct the name, or take the variable out'
        ) %}
    {% endfor %}
    {% set elsewhere = given.keys() | list %}
    {% do elsewhere.extend(adapter.config.cli_vars) %}
    {% for name in elsewhere | unique
            if name not in known and name not in packages %}
        {% set letters, meant = product_signals.nearest(
            name, known + ['product_signals']
        ) %}
        {% if letters <= 2 %}
            {% do found['warnings'].append(
                'variable ' ~ name ~ ' is not a variable of the package; if it'
                ~ ' is meant to be ' ~ meant ~ ', correct the name'
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}
