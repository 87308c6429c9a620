select * from {{ source('trestle', 'assessments') }}
