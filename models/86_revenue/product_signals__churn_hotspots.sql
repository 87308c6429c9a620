{{ product_signals.public() }}
{% set keys = ['item_1', 'item_2', 'item_3'] %}
{% set clearest = 20 %}

with items as (

    select * from {{ ref('int_product_signals__hotspot_items') }}
    where attribute <> 'all'

),

totals as (

    select
        described_on,
        as_of_date,
        count(*) as all_count,
        sum(case when has_churned then 1 else 0 end) as all_hits,
        cast(sum(mrr) as double precision) as all_mrr,
        cast(sum(case when has_churned then mrr end) as double precision)
            as all_lost_mrr
    from {{ ref('int_product_signals__hotspot_items') }}
    where attribute = 'all'
    group by described_on, as_of_date

),

pairs as (

    select
        others.*,
        items.item as item_1,
        others.item as item_2
    from items
    inner join items as others
        on
            items.account_id = others.account_id
            and items.attribute_number < others.attribute_number

),

memberships as (

    select has_churned, mrr, item as item_1, 0 as item_2, 0 as item_3
    from items
    union all
    select has_churned, mrr, item_1, item_2, 0 as item_3
    from pairs
    union all
    select items.has_churned, items.mrr, item_1, item_2, items.item as item_3
    from pairs
    inner join items
        on
            pairs.account_id = items.account_id
            and pairs.attribute_number < items.attribute_number

),

groups as (

    select
        {{ keys | join(', ') }},
        case when item_2 = 0 then 1 when item_3 = 0 then 2 else 3 end as items,
        count(*) as group_count,
        sum(case when has_churned then 1 else 0 end) as group_hits,
        sum(mrr) as group_mrr,
        sum(case when has_churned then mrr end) as group_lost_mrr
    from memberships
    group by {{ keys | join(', ') }}
    having count(*) >= (select max(least_accounts) from items)

),

{# A group that has the accounts of one with fewer attributes adds nothing. #}
repeated as (

    {% for size, first, second in [
        (2, 'item_1', '0'), (2, 'item_2', '0'), (3, 'item_1', 'item_2'),
        (3, 'item_1', 'item_3'), (3, 'item_2', 'item_3'),
    ] %}
    select groups.item_1, groups.item_2, groups.item_3, groups.items
    from groups
    inner join groups as wider
        on
            groups.items = {{ size }}
            and wider.item_1 = groups.{{ first }}
            and wider.item_2 = {{ 'groups.' if second != '0' }}{{ second }}
            and wider.item_3 = 0
            and wider.group_count = groups.group_count
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

candidates as (

    select
        groups.*,
        totals.*,
        cast(groups.group_hits as double precision) * totals.all_count
        > cast(totals.all_hits as double precision) * groups.group_count
            as is_above
    from groups
    cross join totals
    left join repeated using ({{ keys | join(', ') }})
    where repeated.items is null

),

chances as (

    {{ product_signals.hypergeometric(
        '(select * from candidates where is_above) as above'
    ) }}

),

{# Only higher churn is tested; other groups get a p-value of 1. #}
tested as (

    select
        candidates.*,
        case when candidates.is_above then chances.p_above else 1 end as p_value
    from candidates
    left join chances using (group_count, group_hits)

),

adjusted as (

    {{ product_signals.adjusted_p_values('tested') }}

),

graded as (

    select
        adjusted.*,
        {{ product_signals.band('false_finding_rate', 'adjusted_p_value') }}
            as evidence,
        row_number() over (
            order by p_value, items, {{ keys | join(', ') }}
        ) as place
    from adjusted
    where is_above

),

finding_members as (

    select
        findings.place,
        items.account_id,
        items.has_churned
    from (
        {% for key in keys %}
        select place, items, {{ key }} as item
        from graded
        where evidence = 'clear'
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as findings
    inner join items
        on findings.item = items.item
    group by
        findings.place, findings.items, items.account_id, items.has_churned
    having count(*) = findings.items

),

{# Accounts that a finding shares with each of the clearest. #}
shared as (

    select
        members.place,
        clearer.place as clearer_place,
        count(*) as shared_count,
        sum(case when members.has_churned then 1 else 0 end) as shared_hits
    from finding_members as members
    inner join finding_members as clearer
        on
            members.account_id = clearer.account_id
            and clearer.place < members.place
            and clearer.place <= {{ clearest }}
    group by members.place, clearer.place

),

{# A clearer finding explains another if the part outside it is no worse than
   all else there, and the shared part no worse than the rest of it. A few
   standard errors are allowed: the worst of many parts is worse by chance. #}
explained as (

    select
        shared.place,
        min(shared.clearer_place) as explained_by_place
    from shared
    inner join graded
        on shared.place = graded.place
    inner join graded as clearer
        on shared.clearer_place = clearer.place
    where {{ product_signals.band('standard_errors', 'greatest('
        ~ product_signals.z_score(
            '(graded.group_hits - shared.shared_hits)',
            '(graded.group_count - shared.shared_count)',
            '(clearer.all_hits - clearer.group_hits)',
            '(clearer.all_count - clearer.group_count)'
        ) ~ ', ' ~ product_signals.z_score(
            'shared.shared_hits', 'shared.shared_count',
            '(clearer.group_hits - shared.shared_hits)',
            '(clearer.group_count - shared.shared_count)'
        ) ~ ')') }} = 'chance'
    group by shared.place

),

labelled as (

    select
        graded.*,
        {%- for key in keys %}
        {{ key }}_values.attribute as attribute_{{ loop.index }},
        {{ key }}_values.value as value_{{ loop.index }},
        {%- endfor %}
        item_1_values.attribute || ' = ' || item_1_values.value
        {%- for key in keys[1:] %}
        || coalesce(
            ' and ' || {{ key }}_values.attribute || ' = '
            || {{ key }}_values.value, ''
        )
        {%- endfor %} as combination
    from graded
    {%- for key in keys %}
    left join (select distinct item, attribute, value from items)
        as {{ key }}_values
        on graded.{{ key }} = {{ key }}_values.item
    {%- endfor %}

),

measured as (

    select
        labelled.*,
        explainers.combination as explained_by,
        cast(labelled.all_hits as double precision) / labelled.all_count
        * labelled.group_count as expected_hits,
        labelled.evidence = 'clear' and explainers.place is null as is_finding,
        labelled.group_lost_mrr - labelled.group_mrr * labelled.all_lost_mrr
        / nullif(labelled.all_mrr, 0) as excess_lost_mrr
    from labelled
    left join explained
        on labelled.place = explained.place
    left join labelled as explainers
        on explained.explained_by_place = explainers.place

)

select
    combination,
    items as attributes,
    {%- for key in keys %}
    attribute_{{ loop.index }},
    value_{{ loop.index }},
    {%- endfor %}
    described_on,
    as_of_date as churned_until,
    cast(group_count as integer) as accounts,
    cast(group_hits as integer) as churned_accounts,
    {{ product_signals.percent('group_hits', 'group_count') }} as churn_rate,
    {%- for bound in ['low', 'high'] %}
    {{ product_signals.rounded('100 * ' ~ product_signals.wilson(
        bound, 'group_hits', 'group_count'
    )) }} as churn_rate_{{ bound }},
    {%- endfor %}
    {{ product_signals.percent('all_hits', 'all_count') }}
        as overall_churn_rate,
    {{ product_signals.rounded('group_hits / expected_hits') }} as lift,
    {{ product_signals.rounded('group_hits - expected_hits') }}
        as excess_churned_accounts,
    cast(group_mrr as double precision) as mrr,
    cast(group_lost_mrr as double precision) as lost_mrr,
    excess_lost_mrr,
    cast(tests as integer) as tests,
    p_value,
    adjusted_p_value,
    evidence,
    is_finding,
    explained_by,
    {%- for ranked, excess in [
        ('accounts', 'group_hits - expected_hits'),
        ('mrr', 'coalesce(excess_lost_mrr, 0)'),
    ] %}
    case
        when is_finding then cast(rank() over (
            partition by is_finding order by {{ excess }} desc, place
        ) as integer)
    end as rank_by_{{ ranked }}{{ ',' if not loop.last }}
    {%- endfor %}
from measured
