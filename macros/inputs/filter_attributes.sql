{#
    The attributes of an entity that filters and segments may use: the columns
    of its input that are categories or amounts, and the user's own.
#}
{% macro filter_attributes(entity) %}
    {% set names = [] %}
    {% set named = (
        product_signals.listed(entity ~ '_attributes') | map('lower') | list
    ) %}
    {% for column, type in (
        product_signals.input_spec()[entity ~ 's']['optional'].items()
    ) %}
        {% if column in named or (type != 'timestamp' and column not in [
            'account_name', 'domain', 'crm_id',
            'email', 'full_name', 'is_internal',
        ]) %}
            {% do names.append(column) %}
        {% endif %}
    {% endfor %}
    {% do return(names + product_signals.extra_attributes(entity)) %}
{% endmacro %}
