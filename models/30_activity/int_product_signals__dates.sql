{# Every day that is scored. #}
with dates as (

    select scope.history_start + numbers.number as date_day
    from {{ ref('int_product_signals__scope') }} as scope
    inner join {{ ref('int_product_signals__numbers') }} as numbers
        on numbers.number <= scope.as_of_date - scope.history_start

)

select * from dates
