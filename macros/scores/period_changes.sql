{#
    Rows of changes from periods: one more when a period begins, one less when
    it ends, so that sums of them count the periods a day is in.

    key       the column of who the periods belong to
    columns   all columns, in order
    periods   column -> relation with the key, valid_from and valid_to
#}
{% macro period_changes(key, columns, periods) %}
    {%- for column, relation in periods.items() %}
    {%- set last = loop.last %}
    {%- for day, sign in [('valid_from', ''), ('valid_to', '-')] %}
    select
        {{ key }},
        {{ day }} as changed_on,
        {{- product_signals.amounts(columns, {column: sign ~ '1'}) }}
    from {{ relation }}
    {{ 'union all' if not (last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
