{# The package's models that the project switches off in its dbt_project.yml,
   as dbt reads it: product_signals, folder, model, +enabled: false. #}
{% macro switched_off() %}
    {% set names = [] %}
    {% set folders = adapter.config.models.get('product_signals', {}) %}
    {% for folder in folders.values() if folder is mapping %}
        {% for name, settings in folder.items() if settings is mapping %}
            {% if false in [
                settings.get('+enabled'), settings.get('enabled')
            ] %}
                {% do names.append(name) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}
