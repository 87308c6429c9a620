{# Users and accounts of which the inputs say something new, and from when. #}
{{ config(materialized='table') }}

{{ product_signals.changed_bounds(
    ref('int_product_signals__input_bounds'), product_signals.latest_run()
) }}
