{#
    A model has one row per combination of the columns, and no column of it
    is null, but those listed as nullable.
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
