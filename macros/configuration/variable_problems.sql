{# What is wrong with the variables, one message each. #}
{% macro variable_problems() %}
    {% set problems = [] %}
    {% for name in ['as_of_date', 'history_start'] %}
        {% set value = var(name) | string %}
        {% if value and not modules.re.match(
            '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', value
        ) %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ value
                ~ '" is no date; write YYYY-MM-DD or leave it empty'
            ) %}
        {% endif %}
    {% endfor %}
    {% if var('history_grain') not in ['day', 'week'] %}
        {% do problems.append(
            'variable history_grain "' ~ var('history_grain')
            ~ '" is unknown; write day or week'
        ) %}
    {% endif %}
    {% if var('timezone') not in modules.pytz.all_timezones %}
        {% do problems.append(
            'variable timezone "' ~ var('timezone')
            ~ '" is no zone; write an IANA name such as Europe/Berlin'
        ) %}
    {% endif %}
    {% for name in [
        'adoption_window_days', 'seen_days', 'trend_threshold',
        'renewal_window_days', 'onboarding_days',
    ] %}
        {% if var(name) is not number or var(name) < 1 %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ var(name)
                ~ '" is no number from 1 up; write one'
            ) %}
        {% endif %}
    {% endfor %}
    {% set amounts = [] %}
    {% for column, type in product_signals.account_columns().items() %}
        {% if type == 'number' %}
            {% do amounts.append(column) %}
        {% endif %}
    {% endfor %}
    {% if var('size_column') | lower not in (
        amounts + product_signals.extra_attributes('account')
    ) %}
        {% do problems.append(
            'variable size_column "' ~ var('size_column')
            ~ '" is no amount of an account; write one of '
            ~ amounts | join(', ') ~ ' or a column of account_attributes'
        ) %}
    {% endif %}
    {% for name in [
        'account_attributes', 'user_attributes', 'excluded_actor_types'
    ] %}
        {% if var(name) is string or var(name) is not sequence %}
            {% do problems.append(
                'variable ' ~ name ~ ' "' ~ var(name)
                ~ '" is no list; write [a, b]'
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(problems) %}
{% endmacro %}
