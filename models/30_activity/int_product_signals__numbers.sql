{# 0, 1, 2 … 16,383: more days than any history has. #}
{{ config(
    materialized='table',
    indexes=product_signals.index_on('number'),
) }}

select cast(generated_number - 1 as integer) as number
from ({{ dbt.generate_series(16384) }}) as series
