{#
    Which account a user belonged to, in periods that don't overlap. Empty
    without the memberships input.
#}
{{ config(materialized='table') }}

with memberships as (

    {{ product_signals.input_rows('memberships') }}

),

given as (

    select
        user_id,
        account_id,
        role,
        valid_from as started_at,
        coalesce(valid_from_on, {{ product_signals.first_day() }}) as starts_on,
        coalesce(valid_to_on, {{ product_signals.last_day() }}) as ends_on
    from memberships

),

membership_periods as (

    {{ product_signals.periods('given', 'user_id', ['account_id', 'role']) }}

)

select * from membership_periods
