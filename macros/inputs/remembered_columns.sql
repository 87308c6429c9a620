{#
    What product_signals__attribute_history keeps of a user or an account:
    column -> type. Names, emails and CRM ids are not kept: they are today's
    everywhere, unless somebody slices by them.

    entity   user or account
#}
{% macro remembered_columns(entity) %}
    {% set columns = {} %}
    {% if entity == 'user' %}
        {% do columns.update({
            'account_id': 'text',
            'role': 'text',
            'is_internal': 'boolean',
        }) %}
    {% else %}
        {% for column, type in product_signals.account_columns().items() %}
            {% if column not in [
                'account_name', 'domain', 'crm_id',
                'trial_started_at', 'converted_at', 'cancelled_at',
            ] %}
                {% do columns.update({column: type}) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% for column in product_signals.remembered_days(entity) %}
        {% do columns.update({column: 'date'}) %}
    {% endfor %}
    {% set types = product_signals.input_spec()[entity ~ 's']['optional'] %}
    {% for attribute in product_signals.filter_attributes(entity) %}
        {% do columns.update({
            product_signals.remembered_as(entity, attribute):
                types.get(attribute, 'text')
        }) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}
