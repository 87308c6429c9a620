{#
    Selects whether anything is known of what a metric needs: an input of its
    own, or a column of the accounts, users or events input that is not always
    empty.
#}
{% macro input_is_there(input) %}
    {%- set column = var('size_column') | lower if input == 'size_column'
        else input %}
    select
        '{{ input }}' as input,
    {%- if input in product_signals.input_spec() %}
        {{ 'true' if var(input ~ '_model') else 'false' }} as is_there
    {%- elif input == 'event_value' %}
        {{ 'true' if product_signals.has_column('events', input) else 'false'
        }} as is_there
    {%- elif input == 'size_column'
            or input in product_signals.account_columns() %}
        count({{ product_signals.quoted(column) }}) > 0 as is_there
    from {{ ref('stg_product_signals__accounts') }}
    {%- else %}
        count({{ input }}) > 0 as is_there
    from {{ ref('stg_product_signals__users') }}
    {%- endif %}
{%- endmacro %}
