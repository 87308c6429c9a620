{#
    What the users input said of each user over time, from the attribute
    history; its first row also holds for earlier days. Users who are gone
    keep their values.
#}
{% set columns = product_signals.remembered_columns('user') %}

with attributes as (

    {{ product_signals.remembered('user') }}

)

select
    entity_id as user_id,
    valid_from,
    valid_to,
    is_there,
    {%- for column in columns %}
    {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from attributes
