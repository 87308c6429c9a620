{# A row per user or account, and kind of bound, about which the inputs say
   something new: from which day on. #}
{{ config(
    materialized='table',
    meta={'needs': {'materialized': ['table']}},
) }}

{{ product_signals.changed_bounds(
    ref('int_product_signals__input_bounds'), product_signals.latest_run()
) }}
