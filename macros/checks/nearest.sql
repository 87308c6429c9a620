{#
    The name that takes the fewest letters to make of another, and how many:
    (letters, name).

    name    what somebody wrote
    names   what it may be meant to be
#}
{% macro nearest(name, names) %}
    {% set found = [] %}
    {% for other in names %}
        {# Letters from the first ones of name to the first ones of other. #}
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
