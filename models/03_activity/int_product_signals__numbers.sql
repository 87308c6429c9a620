{# 0, 1, 2 … 16,383: more days than any history has. Looked up by ranges, for
   which Postgres would else try all of them. #}
{{ config(materialized='table', indexes=[{'columns': ['number']}]) }}

select cast(generated_number - 1 as integer) as number
from ({{ dbt.generate_series(16384) }}) as series
