{#
    Stops the run with every error that int_product_signals__problems found;
    logs what is merely doubtful as warnings.

    problems   that relation
#}
{% macro refuse_bad_configuration(problems) %}
    {% if not execute or flags.WHICH not in ('run', 'build') %}
        {% do return('') %}
    {% endif %}
    {% set errors = [] %}
    {% for row in run_query(
        'select severity, source, row_name, column_name, value, problem, fix'
        ~ ' from ' ~ problems
        ~ ' order by source, row_name, column_name, problem'
    ) %}
        {% set message = row[1] ~ ', row ' ~ row[2] ~ ': ' ~ row[3] ~ ' "'
            ~ row[4] ~ '" ' ~ row[5] ~ '; ' ~ row[6] %}
        {% if row[0] == 'error' %}
            {% do errors.append(message) %}
        {% else %}
            {% do exceptions.warn('product_signals: ' ~ message) %}
        {% endif %}
    {% endfor %}
    {% do product_signals.stop_at(errors) %}
{% endmacro %}

{# Stops the run at settings and variables that make no sense and at inputs that
   cannot be read: what must be right before SQL can check the configuration. #}
{% macro refuse_bad_inputs() %}
    {# Looked at while parsing, too: that is how dbt learns of the inputs. #}
    {% set problems = (
        product_signals.variable_problems() + product_signals.input_problems()
    ) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set mistyped = product_signals.mistyped_variables() %}
        {% for warning in mistyped['warnings'] %}
            {% do exceptions.warn('product_signals: ' ~ warning) %}
        {% endfor %}
        {% do product_signals.stop_at(
            product_signals.setting_problems() + mistyped['errors'] + problems
        ) %}
    {% endif %}
{% endmacro %}

{# Ends the run with all errors at once, as far as anybody would read on; none,
   and it goes on. A line break of a value is written out, one of a fix, which
   is indented, is kept. #}
{% macro stop_at(errors) %}
    {% if errors %}
        {% set lines = errors[:50] | map('replace', '\n', '\\n')
            | map('replace', '\\n    ', '\n    ') %}
        {% do exceptions.raise_compiler_error(
            'product_signals built nothing, because of ' ~ errors | length
            ~ ' problem(s):\n- ' ~ lines | join('\n- ')
            ~ ('\n- and more' if errors | length > 50 else '')
        ) %}
    {% endif %}
{% endmacro %}

{#
    Variables that only look like the package's: {errors, warnings}, messages.

    All under "product_signals:" is meant for the package. Anywhere else a name
    may be the project's own: one or two letters from the package's, it is a
    warning. Where dbt doesn't show its settings to macros, nothing is said.
#}
{% macro mistyped_variables() %}
    {% set found = {'errors': [], 'warnings': []} %}
    {% set packages = (adapter.config or {}).dependencies or {} %}
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
