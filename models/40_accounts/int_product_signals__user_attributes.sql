{#
    What the users input said of each user, and when: from the attribute
    history, whose first row holds for all the days before it. Who is gone
    keeps their values.
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
