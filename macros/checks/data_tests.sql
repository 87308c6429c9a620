{#
    A model has one row per combination of the columns, and these are never
    null, except those listed as nullable.
#}
{% test grain(model, columns, nullable=[]) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns if column not in nullable %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}

{# The grain of a private model, for developers of this package. #}
{% test private_grain(model, columns, nullable=[]) %}

{{ config(enabled=var('product_signals_private_tests', false)) }}
{{ product_signals.test_grain(model, columns, nullable) }}

{% endtest %}

{#
    Warns if a check in product_signals__data_health does, and logs the details.
    Never warns with --empty.

    check_name   the check; a name that ends in _ stands for all that start with
                 it
#}
{% test data_health(model, check_name) %}

{{ config(severity='warn') }}
{% set name = "check_name" if not check_name.endswith('_')
    else 'substr(check_name, 1, ' ~ check_name | length ~ ')' %}
{% set query %}
select
    check_name,
    status,
    value,
    threshold,
    detail
from {{ model }}
where
    {{ name }} = '{{ check_name }}'
    and status in ('warn', 'error')
    {%- if flags.EMPTY %}
    and 1 = 0
    {%- endif %}
{% endset %}
{% if execute and flags.WHICH in ('build', 'test') %}
{% for row in run_query(query) %}
{% do log(
    'product_signals data health: ' ~ row[1] ~ ' ' ~ row[0]
    ~ (' = ' ~ row[2] | float | round(2) if row[2] is not none)
    ~ (', from ' ~ row[3] ~ ' on a warning' if row[1] == 'warn')
    ~ (': ' ~ row[4] if row[4]),
    info=true
) %}
{% endfor %}
{% endif %}
{{ query }}

{% endtest %}
