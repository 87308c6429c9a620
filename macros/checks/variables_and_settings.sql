{# Problems with the variables, one message each. #}
{% macro variable_problems() %}
    {% set problems = [] %}
    {% for name in ['as_of_date', 'history_start', 'rebuild_from'] %}
        {% set value = var(name) | string %}
        {% if value and not product_signals.is_date(value) %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ value
                ~ '" is not a date; write YYYY-MM-DD or leave it empty'
            ) %}
        {% elif value and value < '1990-01-01' %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ value
                ~ '" is before 1990, when no event is accepted; write a later'
                ~ ' day or leave it empty'
            ) %}
        {% endif %}
    {% endfor %}
    {# What a run of a later day has published, earlier days leave alone. #}
    {% if product_signals.is_date(var('as_of_date') | string)
            and var('as_of_date') | string > product_signals.run_date() %}
        {% do problems.append(
            'variable as_of_date "' ~ var('as_of_date')
            ~ '" is yet to come: until then, no run would publish alerts or CRM'
            ~ ' rows; write a day that is over'
        ) %}
    {% endif %}
    {% set last_day = var('as_of_date') or product_signals.run_date() %}
    {% if product_signals.is_date(var('history_start') | string)
            and var('history_start') | string > last_day | string %}
        {% do problems.append(
            'variable history_start "' ~ var('history_start') ~ '" is '
            ~ ('after as_of_date "' ~ last_day ~ '"' if var('as_of_date')
                else 'yet to come: only the last day would be scored')
            ~ '; write an earlier day'
        ) %}
    {% endif %}
    {% if var('only_loaded_by_then') is not boolean %}
        {% do problems.append(
            'variable only_loaded_by_then "' ~ var('only_loaded_by_then')
            ~ '" is neither true nor false; write one'
        ) %}
    {% elif var('only_loaded_by_then') and not var('as_of_date') %}
        {% do problems.append(
            'variable only_loaded_by_then is true, but as_of_date is empty;'
            ~ ' set the day'
        ) %}
    {% elif var('only_loaded_by_then')
            and not product_signals.has_column('events', 'loaded_at') %}
        {% do problems.append(
            'variable only_loaded_by_then is true, but model '
            ~ var('events_model') ~ ' has no column loaded_at; add it, or set'
            ~ ' the variable to false'
        ) %}
    {% endif %}
    {% if var('history_grain') not in ['day', 'week'] %}
        {% do problems.append(
            'variable history_grain "' ~ var('history_grain')
            ~ '" is unknown; write day or week'
        ) %}
    {% endif %}
    {% if var('product_complexity') not in ['', 'simple', 'complex'] %}
        {% do problems.append(
            'variable product_complexity "' ~ var('product_complexity')
            ~ '" is unknown; write simple or complex, or leave it empty'
        ) %}
    {% endif %}
    {% if not product_signals.is_time_zone(var('timezone')) %}
        {% do problems.append(
            'variable timezone "' ~ var('timezone')
            ~ '" is not a time zone; write an IANA name such as Europe/Berlin'
        ) %}
    {% endif %}
    {% for name in [
        'active_window_days', 'adoption_window_days', 'seen_days',
        'renewal_window_days', 'onboarding_days', 'lookback_days',
        'max_rebuild_days',
    ] %}
        {% set least = 0 if name == 'max_rebuild_days' else 1 %}
        {% if var(name) is not integer or var(name) is boolean
                or not least <= var(name) <= 3660 %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ var(name)
                ~ '" is not a whole number from ' ~ least
                ~ ' to 3660; write one'
            ) %}
        {% endif %}
    {% endfor %}
    {% set threshold = var('trend_threshold') %}
    {% if threshold is not number or threshold is boolean
            or not 0 < threshold < 1e15 %}
        {% do problems.append(
            'variable trend_threshold "' ~ threshold
            ~ '" is not a number above 0; write one'
        ) %}
    {% endif %}
    {% set amounts = [] %}
    {% for column, type in product_signals.account_columns().items() %}
        {% if type in ['number', 'quantity'] %}
            {% do amounts.append(column) %}
        {% endif %}
    {% endfor %}
    {% if var('size_column') | lower not in (
        amounts + product_signals.extra_attributes('account')
    ) %}
        {% do problems.append(
            'variable size_column "' ~ var('size_column')
            ~ '" is not an amount of an account; write one of '
            ~ amounts | join(', ') ~ ' or a column of account_attributes'
        ) %}
    {% endif %}
    {% for name in [
        'account_attributes', 'user_attributes', 'excluded_actor_types',
        'urgent_priorities',
    ] %}
        {% set value = var(name) %}
        {% if value is string or value is mapping or value is not sequence
                or product_signals.listed(name) | length < value | length %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ value
                ~ '" is not a list of texts; write [a, b]'
            ) %}
        {% endif %}
    {% endfor %}
    {% for name in ['account_attributes', 'user_attributes'] %}
        {% set required = product_signals.input_spec()[
            name | replace('_attributes', 's')
        ]['required'] %}
        {% set named = product_signals.listed(name) | map('lower') | list %}
        {% for attribute in product_signals.listed(name) %}
            {% if named[:loop.index0] | select('eq', attribute | lower) | list %}
                {% do problems.append(
                    'variable ' ~ name ~ ' has "' ~ attribute
                    ~ '" twice; take one out'
                ) %}
            {% elif not modules.re.fullmatch(
                '[A-Za-z_][A-Za-z0-9_]*', attribute
            ) %}
                {% do problems.append(
                    'variable ' ~ name ~ ' has "' ~ attribute
                    ~ '", which is not a plain column name; give the column one'
                    ~ ' of letters, digits and _ in your model'
                ) %}
            {% elif attribute | lower in product_signals.reserved_attributes() %}
                {% do problems.append(
                    'variable ' ~ name ~ ' has "' ~ attribute
                    ~ '", a name that the package uses itself; give the'
                    ~ ' column another one in your model, such as own_'
                    ~ attribute | lower
                ) %}
            {% elif attribute | lower in required %}
                {% do problems.append(
                    'variable ' ~ name ~ ' has "' ~ attribute
                    ~ '", a required column, by which nothing is sliced; take'
                    ~ ' it out, or add a column to slice by, such as'
                    ~ ' created_month'
                ) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% set actor_types = ['human', 'agent', 'automation', 'system'] %}
    {% for actor_type in product_signals.listed('excluded_actor_types') %}
        {% if actor_type not in actor_types %}
            {% do problems.append(
                'variable excluded_actor_types has "' ~ actor_type
                ~ '"; actors are ' ~ actor_types | join(', ')
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}

{#
    Variables that only look like the package's: {errors, warnings}, messages.

    Everything under "product_signals:" is meant for the package. Elsewhere, a
    name may be the project's own, so it is only a warning if it is one or two
    letters off. Returns nothing if dbt hides its settings from macros.
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

{# The texts that a variable lists, without anything that isn't a text, which
   variable_problems() refuses. #}
{% macro listed(name) %}
    {% set value = var(name) %}
    {% if value is string or value is mapping or value is not sequence %}
        {% do return([]) %}
    {% endif %}
    {% do return(value | select('string') | list) %}
{% endmacro %}

{# Whether a text is an existing day, YYYY-MM-DD. #}
{% macro is_date(text) %}
    {% if not modules.re.fullmatch(
        '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text
    ) or text[:4] == '0000' %}
        {% do return(false) %}
    {% endif %}
    {% set month = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) %}
    {# 30 February would be in March. #}
    {% set day = month + modules.datetime.timedelta(text[8:] | int - 1) %}
    {% do return(day.month == month.month) %}
{% endmacro %}

{#
    The name with the fewest letters changed, and how many: (letters, name).

    name    what somebody wrote
    names   what they may have meant
#}
{% macro nearest(name, names) %}
    {% set found = [] %}
    {% for other in names %}
        {# Edit distances from the start of name to starts of other. #}
        {% set rows = [range(other | length + 1) | list] %}
        {% for letter in name %}
            {% set row = [loop.index] %}
            {% for instead in other %}
                {% do row.append([
                    row[-1] + 1,
                    rows[-1][loop.index] + 1,
                    rows[-1][loop.index0] + (letter != instead),
                ] | min) %}
            {% endfor %}
            {% do rows.append(row) %}
        {% endfor %}
        {% do found.append((rows[-1][-1], other)) %}
    {% endfor %}
    {% do return(found | min) %}
{% endmacro %}

{#
    Model settings that the package can't work with. A project's defaults for
    all of its models also apply to the package's, and override what those say.

    A model's meta says what it needs: needs, setting -> the values allowed. A
    model without needs has to be a table.
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
