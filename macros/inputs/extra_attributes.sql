{#
    The further columns that a user slices by: those of the variable
    <entity>_attributes that are no column of the contract anyway; or their
    columns in the package's own tables.
#}
{% macro extra_attributes(entity, quoted=false) %}
    {% set spec = product_signals.input_spec()[entity ~ 's'] %}
    {% set extra = [] %}
    {% for name in product_signals.listed(entity ~ '_attributes') %}
        {% if name | lower not in spec['required']
                and name | lower not in spec['optional'] %}
            {% do extra.append(
                product_signals.quoted(name) if quoted else name | lower
            ) %}
        {% endif %}
    {% endfor %}
    {% do return(extra) %}
{% endmacro %}
