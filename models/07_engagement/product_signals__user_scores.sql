{# Every day, or Sundays and the last day, by the variable history_grain. #}
{{ product_signals.incremental_by_day('as_of_date') }}
{{ product_signals.public() }}

select user_scores.*
from {{ ref('int_product_signals__user_scores') }} as user_scores
{% if var('history_grain') == 'week' -%}
cross join {{ ref('int_product_signals__scope') }} as scope
{% endif -%}
where
    {{ product_signals.in_rebuild('user_scores.as_of_date') }}
    {%- if var('history_grain') == 'week' %}
    and (
        {{ product_signals.days_since_sunday('user_scores.as_of_date') }} = 0
        or user_scores.as_of_date = scope.as_of_date
    )
    {%- endif %}
